namespace Rhoflow.Data;

/// <summary>
/// Labelled examples from NumPy's files. <c>FILE.npz</c> holds x and y (or x_train and y_train, data and target, arr_0 and arr_1 …, in
/// upper or lower case), and may hold x_test and y_test. <c>FILE.npy</c> (or .npy.gz) holds x, with y in <c>FILE_y.npy</c> in the same
/// folder;
/// without that, a two-dimensional array has the label in its last column. x is N × d, or images N × H × W, N × H × W × C or N × C × H × W;
/// y is N numbers (±1, classes 0 … C−1, any targets) or texts, which name classes. Bytes and float32 are kept as they are.
/// </summary>
public static class Numpy
{
    /// <summary>The examples of a .npz or .npy file; Test is null where there is none.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="format">What is not to be guessed; null: everything is.</param>
    /// <exception cref="DataException">A file or array is missing, damaged or of a shape that does not fit; file, offset, expected and
    /// found.</exception>
    public static (Dataset Train, Dataset? Test) Read(string path, DataFormat? format = null)
    {
        format ??= DataFormat.Guessed;
        if (path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
            return NumpyArchive.Use(path, format, a => ReadArchive(path, a, format));
        var name = Stem(path);
        var x = ReadFile(path, format);
        if (LabelFile(path) is { } labels)
            return (new NumpyExamples(name, path, x, labels, ReadFile(labels, format), format)
            { Label = Path.GetFileName(labels) }.Build(null), null);
        if (x.Sizes is not [> 0, > 1] || x.Values is string[])
            throw new DataException($"{path}: an array of shape ({string.Join(", ", x.Sizes)}); labels were expected in "
                + $"{name}_y.npy in the same folder, or in the last column of a two-dimensional array");
        var (inputs, y) = SplitLastColumn(x);
        return (new NumpyExamples(name, path, inputs, path, y, format) { Label = "last column" }.Build(null), null);
    }

    /// <summary>Where the labels of a .npy file lie: FILE_y.npy or FILE_y.npy.gz; null if there is neither.</summary>
    public static string? LabelFile(string path) =>
        DataFile.Find(Path.GetDirectoryName(Path.GetFullPath(path))!, Stem(path) + "_y.npy");

    // Without .npy, .npz and .gz.
    private static string Stem(string path)
    {
        var name = Path.GetFileName(path);
        return Path.GetFileNameWithoutExtension(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name);
    }

    private static NumpyArray ReadFile(string path, DataFormat format)
    {
        using var file = DataFile.Open(path, format.MaxBytes);
        return NumpyArray.Read(file);
    }

    private static (Dataset, Dataset?) ReadArchive(string path, NumpyArchive archive, DataFormat format)
    {
        var name = Stem(path);
        NumpyExamples Part(string part, (string X, string Y) names)
        {
            var (x, y) = (archive.Read(names.X), archive.Read(names.Y));
            return new(part, x.Name, x.Array, y.Name, y.Array, format)
            {
                File = Path.GetFileName(path),
                Label = $"array '{names.Y}'",
                Facts = names == ("x", "y") ? [] : [$"inputs: array '{names.X}'"],
            };
        }
        var train = Part(name, archive.Train());
        var test = archive.Test() is { } names ? Part(name + " test", names) : null;
        train.Facts = [.. train.Facts, .. archive.Others is { Length: > 0 } others ? [$"not read: {DataReading.Few(others)}"]
            : Array.Empty<string>()];
        return (train.Build(test), test?.Build(train));
    }

    private static (NumpyArray X, NumpyArray Y) SplitLastColumn(NumpyArray table)
    {
        int rows = table.Sizes[0], columns = table.Sizes[1];
        (NumpyArray, NumpyArray) Split<T>(T[] values)
        {
            var (x, y) = (new T[rows * (columns - 1)], new T[rows]);
            for (var n = 0; n < rows; n++)
            {
                values.AsSpan(n * columns, columns - 1).CopyTo(x.AsSpan(n * (columns - 1)));
                y[n] = values[n * columns + columns - 1];
            }
            return (new NumpyArray([rows, columns - 1], x), new NumpyArray([rows], y));
        }
        return table.Values switch { byte[] v => Split(v), float[] v => Split(v), _ => Split((double[])table.Values) };
    }
}
