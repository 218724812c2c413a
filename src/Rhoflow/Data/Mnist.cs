using System.Buffers.Binary;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// MNIST (LeCun, Cortes and Burges): 60,000 + 10,000 grey images of handwritten digits, 28 × 28, from the official idx files, plain or
/// gzip'ed. An idx file is a big-endian header (magic number, count, for images rows and columns) and then one byte per number.
/// </summary>
public static class Mnist
{
    private const int ImageMagic = 0x803, LabelMagic = 0x801;

    /// <summary>28 × 28 × 1.</summary>
    public static readonly TensorShape Shape = new(28, 28, 1);

    /// <summary>0 … 9.</summary>
    public static readonly IReadOnlyList<string> ClassNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>Images and labels of the training part.</summary>
    public static readonly IReadOnlyList<string> TrainFiles = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"];

    /// <summary>Images and labels of the test part.</summary>
    public static readonly IReadOnlyList<string> TestFiles = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>The training part, in the official order, y = 0 … 9.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="classes">Keep examples of these classes only; null: of all.</param>
    /// <exception cref="DataException">A file is missing, truncated or not of this format; its name, the offset, what was expected and what
    /// found.</exception>
    public static Dataset Train(string folder, IReadOnlyList<string>? classes = null) => Read("mnist", folder, TrainFiles, classes);

    /// <summary>The test part, in the official order, y = 0 … 9.</summary>
    /// <inheritdoc cref="Train"/>
    public static Dataset Test(string folder, IReadOnlyList<string>? classes = null) => Read("mnist test", folder, TestFiles, classes);

    /// <summary>A part of which some examples are to be chosen.</summary>
    /// <param name="test">The test part; otherwise the training part.</param>
    /// <inheritdoc cref="Train"/>
    internal static LentImages Lend(bool test, string folder, IReadOnlyList<string>? classes)
    {
        var (name, files) = test ? ("mnist test", TestFiles) : ("mnist", TrainFiles);
        return LentImages.Read(name, Shape, allocate => Read(name, folder, files, classes, allocate));
    }

    private static Dataset Read(string name, string folder, IReadOnlyList<string> files, IReadOnlyList<string>? classes)
    {
        byte[] x = [];
        var (y, names) = Read(name, folder, files, classes, bytes => x = GC.AllocateUninitializedArray<byte>(bytes));
        return Dataset.Of(name, x, y, Shape.Count, names, Shape);
    }

    private static (double[] Y, IReadOnlyList<string> ClassNames) Read(
        string name, string folder, IReadOnlyList<string> files, IReadOnlyList<string>? classes, Func<int, Memory<byte>> allocate)
    {
        string Path(string file) => DataFile.Find(folder, file)
            ?? throw new DataException($"there is no file '{file}' or '{file}.gz' in {folder}");
        var (imagePath, labelPath) = (Path(files[0]), Path(files[1]));
        var keep = ClassFilter.Of(name, ClassNames, classes);
        var labels = ReadLabels(labelPath);
        using var file = DataFile.Open(imagePath);
        var header = Header(file, ImageMagic, "images", 3);
        if (header[0] != labels.Length)
            throw new DataException(
                $"{imagePath}: its header (byte 4) counts {header[0]} images, but {labelPath} has {labels.Length} labels");
        if (header[1] != Shape.Height || header[2] != Shape.Width)
            throw new DataException(
                $"{imagePath}: its header (byte 8) says images of {header[1]} × {header[2]}; {Shape.Height} × {Shape.Width} was expected");
        var count = labels.Count(l => keep[l]);
        if (count == 0) throw new DataException($"{labelPath}: no example of {string.Join(", ", classes ?? ClassNames)}");
        RequireLength(file, (long)labels.Length * Shape.Count);
        if (count > int.MaxValue / Shape.Count)
            throw new DataException($"{labelPath}: {count} images are more than this program can hold");
        var x = allocate(checked(count * Shape.Count));
        var y = new double[count];
        var skipped = new byte[Shape.Count];
        for (int n = 0, k = 0; n < labels.Length; n++)
        {
            file.ReadExactly(keep[labels[n]] ? x.Span.Slice(k * Shape.Count, Shape.Count) : skipped, $"image {n} of {labels.Length}");
            if (keep[labels[n]]) y[k++] = labels[n];
        }
        file.RequireEnd("the last image");
        return (y, ClassNames);
    }

    private static byte[] ReadLabels(string path)
    {
        using var file = DataFile.Open(path);
        var count = Header(file, LabelMagic, "labels", 1)[0];
        RequireLength(file, count);
        var labels = new byte[count];
        file.ReadExactly(labels, $"the {count} labels");
        file.RequireEnd("the last label");
        var wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)9);
        return wrong < 0 ? labels
            : throw new DataException($"{path}: label {wrong} (byte {8 + wrong}) is {labels[wrong]}; labels are 0 … 9");
    }

    private static int[] Header(DataFile file, int magic, string what, int numbers)
    {
        var bytes = new byte[4 * (1 + numbers)];
        file.ReadExactly(bytes, "the header");
        var found = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (found != magic)
            throw new DataException(
                $"{file.Name}: the magic number (byte 0) is {found}; {magic} was expected, as {what} in idx format have it");
        var sizes = new int[numbers];
        for (var i = 0; i < numbers; i++) sizes[i] = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + 4 * i));
        return sizes[0] > 0 ? sizes
            : throw new DataException($"{file.Name}: its header (byte 4) counts {sizes[0]} {what}; at least one is needed");
    }

    // Before memory is allocated: a damaged count must not claim gigabytes.
    private static void RequireLength(DataFile file, long rest)
    {
        if (!file.IsPacked && file.Length != file.Offset + rest)
            throw new DataException(
                $"{file.Name}: {file.Length} bytes were found; {file.Offset + rest} were expected by its header (byte 4)");
        file.RequireRoomFor(file.Offset + rest, "its header (byte 4)");
    }
}
