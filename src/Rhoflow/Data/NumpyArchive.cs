using System.IO.Compression;

namespace Rhoflow.Data;

/// <summary>The arrays of a .npz file by name, and which of them are inputs and labels.</summary>
internal sealed class NumpyArchive : IDisposable
{
    private static readonly string[] InputNames =
        ["x", "x_train", "train_x", "xtrain", "data", "inputs", "input", "features", "images", "train_images", "train_data", "arr_0"];
    private static readonly string[] LabelNames =
        ["y", "y_train", "train_y", "ytrain", "target", "targets", "labels", "label", "classes", "train_labels", "train_targets", "arr_1"];
    private static readonly string[] TestInputNames = ["x_test", "test_x", "xtest", "test_images", "test_data"];
    private static readonly string[] TestLabelNames = ["y_test", "test_y", "ytest", "test_labels", "test_targets"];

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly DataFormat _format;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private NumpyArchive(string path, ZipArchive archive, DataFormat format) => (_path, _archive, _format) = (path, archive, format);

    /// <summary>
    /// Calls <paramref name="use"/> with an archive; whatever is wrong with the archive becomes a sentence with its name.
    /// </summary>
    /// <exception cref="DataException">It is missing, damaged or none, or what <paramref name="use"/> finds.</exception>
    public static T Use<T>(string path, DataFormat format, Func<NumpyArchive, T> use)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var archive = new NumpyArchive(path, new ZipArchive(stream, ZipArchiveMode.Read), format);
            return use(archive);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"there is no data file '{path}'", e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException
            or OverflowException)
        {
            throw new DataException($"{path}: not a zip archive, or a damaged one: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the data file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Names of arrays that were not read.</summary>
    public string[] Others => [.. Names.Where(n => !_read.Contains(n)).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Names => _archive.Entries.Select(e => NameOf(e.FullName)).Distinct(StringComparer.Ordinal);

    /// <summary>The names of the arrays of the training part.</summary>
    /// <exception cref="DataException">None, or several that may be.</exception>
    public (string X, string Y) Train() => (Need("x", InputNames), Need("y", LabelNames));

    /// <summary>The names of the arrays of the test part; null: there is none.</summary>
    /// <exception cref="DataException">One without the other, or several that may be.</exception>
    public (string X, string Y)? Test() =>
        Find("x-test", TestInputNames) is { } x ? (x, Need("y-test", TestLabelNames)) : null;

    /// <summary>Reads an array.</summary>
    public (string Name, NumpyArray Array) Read(string name)
    {
        var entries = _archive.Entries.Where(e => NameOf(e.FullName) == name).ToArray();
        if (entries.Length > 1) throw new DataException($"{_path}: there are {entries.Length} arrays called '{name}'");
        _read.Add(name);
        using var file = DataFile.Over(entries[0].Open(), $"{_path} ({name})", entries[0].Length, entries[0].CompressedLength,
            entries[0].Crc32, _format.MaxBytes);
        return (file.Name, NumpyArray.Read(file));
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private string Need(string key, string[] names) => Find(key, names) ?? throw new DataException(
        $"{_path}: there is no array '{names[0]}' or '{names[1]}'; it has "
        + $"{(Names.Any() ? DataReading.Few(_archive.Entries.Select(e => e.FullName), 20) : "none")}. data.arrays: "
        + "{x: NAME, y: NAME} names them");

    // By the config's name; else by the usual names in any case. x goes before x_train; of others side by side none is chosen.
    private string? Find(string key, string[] names)
    {
        string[] Like(string name) => [.. Names.Where(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase))];
        string? One(string[] found, string wanted) => found.Length < 2 || found.Contains(wanted, StringComparer.Ordinal)
            ? found.Length < 2 ? found.FirstOrDefault() : wanted
            : throw new DataException($"{_path}: the arrays {string.Join(" and ", found)} may all be the {key}; data.arrays: {{{key}: "
                + $"{found[0]}}} says which");
        if (_format.Arrays is { } given)
        {
            if (given.GetValueOrDefault(key) is { } name)
                return One(Like(name), name) ?? throw new DataException(
                    $"{_path}: data.arrays.{key}: there is no array '{name}'; it has {DataReading.Few(Names, 20)}");
            if (key is "x-test" or "y-test") return null;
        }
        return Like(names[0]) is { Length: > 0 } first ? One(first, names[0])
            : One([.. names.SelectMany(Like).Distinct(StringComparer.Ordinal)], "");
    }

    private static string NameOf(string entry) => entry.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? entry[..^4] : entry;
}
