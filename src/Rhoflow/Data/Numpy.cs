using System.IO.Compression;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// Labelled examples from NumPy's files. <c>FILE.npz</c> holds x and y (or x_train and y_train), and may hold x_test and y_test.
/// <c>FILE.npy</c> holds x, with y in <c>FILE_y.npy</c> in the same folder; without that, a two-dimensional array has the label in its last
/// column. x is N × d, or images N × H × W or N × H × W × C; y is N numbers: ±1, classes 0 … C−1, or any targets. Bytes and float32 are
/// kept as they are.
/// </summary>
public static class Numpy
{
    /// <summary>The examples of a .npz or .npy file; Test is null where there is none.</summary>
    /// <exception cref="DataException">A file or array is missing, damaged or of a shape that does not fit; file, offset, expected and
    /// found.</exception>
    public static (Dataset Train, Dataset? Test) Read(string path)
    {
        if (path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) return ReadArchive(path);
        var labels = LabelFile(path);
        var x = ReadFile(path);
        if (File.Exists(labels)) return (Build(Path.GetFileNameWithoutExtension(path), path, x, labels, ReadFile(labels), null), null);
        if (x.Sizes is not [> 0, > 1])
            throw new DataException($"{path}: an array of shape ({string.Join(", ", x.Sizes)}); labels were expected in "
                + $"{Path.GetFileName(labels)} in the same folder, or in the last column of a two-dimensional array");
        var (inputs, y) = SplitLastColumn(x);
        return (Build(Path.GetFileNameWithoutExtension(path), path, inputs, path, y, null), null);
    }

    /// <summary>Where the labels of a .npy file may lie: FILE_y.npy.</summary>
    public static string LabelFile(string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path) + "_y.npy");

    private static NumpyArray ReadFile(string path)
    {
        using var file = DataFile.Open(path);
        return NumpyArray.Read(file);
    }

    private static (Dataset, Dataset?) ReadArchive(string path)
    {
        using var stream = OpenArchive(path);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var (name, have) = (Path.GetFileNameWithoutExtension(path), string.Join(", ", archive.Entries.Select(e => e.FullName)));
            (string Name, NumpyArray Array)? Find(params string[] names)
            {
                foreach (var n in names)
                    if (archive.GetEntry(n + ".npy") is { } entry)
                    {
                        using var file = DataFile.Over(entry.Open(), $"{path} ({n})", entry.Length);
                        return (file.Name, NumpyArray.Read(file));
                    }
                return null;
            }
            (string Name, NumpyArray Array) Need(params string[] names) =>
                Find(names) ?? throw new DataException(
                    $"{path}: there is no array '{string.Join("' or '", names)}'; it has {(have.Length == 0 ? "none" : have)}");
            var (x, y) = (Need("x", "x_train"), Need("y", "y_train"));
            if (Find("x_test") is not { } xTest) return (Build(name, x.Name, x.Array, y.Name, y.Array, null), null);
            var yTest = Need("y_test");
            var all = Targets(y.Name, y.Array).Concat(Targets(yTest.Name, yTest.Array)).ToArray();
            return (Build(name, x.Name, x.Array, y.Name, y.Array, all),
                Build(name + " test", xTest.Name, xTest.Array, yTest.Name, yTest.Array, all));
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{path}: not a zip archive, or a damaged one: {e.Message}", e);
        }
    }

    private static FileStream OpenArchive(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"there is no data file '{path}'", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the data file '{path}' cannot be read: {e.Message}", e);
        }
    }

    // Whether labels are class indices is seen from the training and test labels together.
    private static Dataset Build(string name, string xName, NumpyArray x, string yName, NumpyArray y, double[]? allTargets)
    {
        var sizes = x.Sizes;
        TensorShape? shape = sizes.Count switch { 3 => new(sizes[1], sizes[2], 1), 4 => new(sizes[1], sizes[2], sizes[3]), _ => null };
        if (sizes.Count is < 2 or > 4 || sizes.Contains(0))
            throw new DataException(
                $"{xName}: inputs of shape ({string.Join(", ", sizes)}); N × d, N × H × W or N × H × W × C was expected");
        var targets = Targets(yName, y);
        if (targets.Length != sizes[0]) throw new DataException($"{yName}: {targets.Length} labels for the {sizes[0]} examples of {xName}");
        var (inputs, classes) = (shape?.Count ?? sizes[1], Csv.IndexNames(allTargets ?? targets));
        return x.Values switch
        {
            byte[] v => Dataset.Of(name, v, targets, inputs, classes, shape),
            float[] v => Dataset.Of(name, v, targets, inputs, classes, shape),
            _ => Dataset.Of(name, (double[])x.Values, targets, inputs, classes, shape),
        };
    }

    private static double[] Targets(string name, NumpyArray y) => y.Sizes is [> 0] or [> 0, 1]
        ? y.Values switch
        {
            byte[] v => Array.ConvertAll(v, static b => (double)b),
            float[] v => Array.ConvertAll(v, static f => (double)f),
            _ => (double[])y.Values,
        }
        : throw new DataException($"{name}: labels of shape ({string.Join(", ", y.Sizes)}); one number per example was expected");

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
