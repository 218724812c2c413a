using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// CIFAR-10 (A. Krizhevsky, Learning multiple layers of features from tiny images, 2009): 50,000 + 10,000 colour images of 32 × 32 in ten
/// classes, from the official binary version. A record is a label byte and three planes (red, green, blue) of 1,024 bytes; here
/// they become x[n][row][column][channel]. Files may be gzip'ed one by one.
/// </summary>
public static class Cifar10
{
    private const int Pixels = 1024, Record = 1 + 3 * Pixels, OfficialLength = 10_000 * Record;

    /// <summary>32 × 32 × 3.</summary>
    public static readonly TensorShape Shape = new(32, 32, 3);

    /// <summary>The official class names, in the order of the labels.</summary>
    public static readonly IReadOnlyList<string> ClassNames =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The official training files.</summary>
    public static readonly IReadOnlyList<string> TrainFiles =
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];

    /// <summary>The official test file.</summary>
    public const string TestFile = "test_batch.bin";

    /// <summary>The file with the class names, one per line; without it the official names hold.</summary>
    public const string NamesFile = "batches.meta.txt";

    /// <summary>The training part, in the official order, y = 0 … 9.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="classes">Keep examples of these classes only; null: of all.</param>
    /// <exception cref="DataException">A file is missing, truncated or not of this format; its name, the offset, what was expected and what
    /// found.</exception>
    public static Dataset Train(string folder, IReadOnlyList<string>? classes = null) => Read("cifar10", folder, TrainFiles, classes);

    /// <summary>The test part, in the official order, y = 0 … 9.</summary>
    /// <inheritdoc cref="Train"/>
    public static Dataset Test(string folder, IReadOnlyList<string>? classes = null) => Read("cifar10 test", folder, [TestFile], classes);

    /// <summary>A part of which some examples are to be chosen.</summary>
    /// <param name="test">The test part; otherwise the training part.</param>
    /// <inheritdoc cref="Train"/>
    internal static LentImages Lend(bool test, string folder, IReadOnlyList<string>? classes)
    {
        var (name, files) = test ? ("cifar10 test", [TestFile]) : ("cifar10", TrainFiles);
        return LentImages.Read(name, Shape, allocate => Read(name, folder, files, classes, allocate));
    }

    private static Dataset Read(string name, string folder, IReadOnlyList<string> files, IReadOnlyList<string>? classes)
    {
        byte[] x = [];
        var (y, names) = Read(name, folder, files, classes, bytes => x = GC.AllocateUninitializedArray<byte>(bytes));
        if (y.Length * Shape.Count < x.Length) Array.Resize(ref x, y.Length * Shape.Count);
        return Dataset.Of(name, x, y, Shape.Count, names, Shape);
    }

    // The images stand at the beginning of the memory that is allocated.
    private static (double[] Y, IReadOnlyList<string> ClassNames) Read(
        string name, string folder, IReadOnlyList<string> files, IReadOnlyList<string>? classes, Func<int, Memory<byte>> allocate)
    {
        var names = ReadNames(folder);
        var keep = ClassFilter.Of(name, names, classes);
        var paths = files.Select(f => DataFile.Find(folder, f)
            ?? throw new DataException($"there is no file '{f}' or '{f}.gz' in {folder}")).ToArray();
        var opened = new DataFile?[paths.Length];
        try
        {
            for (var f = 0; f < paths.Length; f++) opened[f] = DataFile.Open(paths[f]);
            // Every file fills its own section, so they are read at the same time; what the filter left open is closed up afterwards.
            var first = new int[paths.Length + 1];
            for (var f = 0; f < paths.Length; f++)
            {
                var records = (long)first[f] + Records(opened[f]!);
                first[f + 1] = records <= int.MaxValue / Shape.Count ? (int)records
                    : throw new DataException($"{paths[f]}: {records} images are more than this program can hold");
            }
            var x = allocate(checked(first[^1] * Shape.Count));
            var y = new byte[first[^1]];
            var kept = new int[paths.Length];
            var failed = new DataException?[paths.Length];
            Parallel.For(0, paths.Length, f =>
            {
                try
                {
                    kept[f] = ReadFile(opened[f]!, keep, x.Span[(first[f] * Shape.Count)..], y.AsSpan(first[f], first[f + 1] - first[f]));
                }
                catch (DataException e)
                {
                    failed[f] = e;
                }
            });
            if (Array.Find(failed, e => e is not null) is { } error) throw error;
            var count = 0;
            for (var f = 0; f < paths.Length; f++)
            {
                x.Span.Slice(first[f] * Shape.Count, kept[f] * Shape.Count).CopyTo(x.Span[(count * Shape.Count)..]);
                y.AsSpan(first[f], kept[f]).CopyTo(y.AsSpan(count));
                count += kept[f];
            }
            if (count == 0) throw new DataException($"{string.Join(", ", paths)}: no example of {string.Join(", ", classes ?? names)}");
            return (Array.ConvertAll(y[..count], static b => (double)b), names);
        }
        finally
        {
            foreach (var file in opened) file?.Dispose();
        }
    }

    // How many records to allocate. A packed file of another size than the official ones may be of several members: it is unpacked once to
    // count them. Nothing is allocated for a part of a record, and reading it finds the fault.
    private static int Records(DataFile file)
    {
        if (!file.IsPacked && file.Length % Record != 0) throw NotWhole(file, file.Length);
        var length = !file.IsPacked || (file.Length == OfficialLength && file.Length / 1100 <= file.PackedLength) ? file.Length
            : DataFile.Measure(file.Name);
        return (int)Math.Min(length / Record, int.MaxValue);
    }

    private static int ReadFile(DataFile file, bool[] keep, Span<byte> x, Span<byte> y)
    {
        var chunk = new byte[Record * 64];
        int r = 0, kept = 0;
        for (var more = true; more;)
        {
            var found = file.Read(chunk);
            more = found == chunk.Length;
            if (found % Record != 0) throw NotWhole(file, file.Offset);
            for (var at = 0; at < found; at += Record, r++)
            {
                var label = chunk[at];
                if (label >= keep.Length)
                    throw new DataException(
                        $"{file.Name}: record {r} (byte {(long)r * Record}) has the label {label}; labels are 0 … {keep.Length - 1}");
                if (!keep[label]) continue;
                if (kept++ >= y.Length) continue;
                y[kept - 1] = label;
                Interleave(chunk.AsSpan(at + 1, 3 * Pixels), x.Slice((kept - 1) * 3 * Pixels, 3 * Pixels));
            }
        }
        file.RequireWhole();
        return r > 0 ? kept : throw new DataException($"{file.Name}: is empty; records of {Record} bytes were expected");
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        ReadOnlySpan<byte> red = planes[..Pixels], green = planes.Slice(Pixels, Pixels), blue = planes.Slice(2 * Pixels, Pixels);
        for (int p = 0, at = 0; p < red.Length; p++, at += 3)
        {
            pixels[at] = red[p];
            pixels[at + 1] = green[p];
            pixels[at + 2] = blue[p];
        }
    }

    private static DataException NotWhole(DataFile file, long length) => new(
        $"{file.Name}: its content ends at byte {length}, {length % Record} bytes into record {length / Record}; a multiple of {Record} "
        + $"bytes was expected (a label and 3 × {Pixels} pixels each)");

    private static IReadOnlyList<string> ReadNames(string folder)
    {
        var path = Path.Combine(folder, NamesFile);
        if (!File.Exists(path)) return ClassNames;
        var names = File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0).ToArray();
        return names.Length == ClassNames.Count && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length
            ? names
            : throw new DataException($"{path}: {ClassNames.Count} different class names were expected, one per line; found "
                + $"{(names.Length == 0 ? "none" : string.Join(", ", names))}");
    }
}
