using System.Globalization;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Plots;

/// <summary>A run as figures take it: the keys of its config, the columns of metrics.csv, its arrays.</summary>
internal sealed class PlotRun
{
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[][]> _arrays = new(StringComparer.Ordinal);

    private PlotRun(RunRecord record, string[] columns, IReadOnlyList<double[]> rows)
    {
        (Record, Rows) = (record, rows);
        for (var i = 0; i < columns.Length; i++) _columns.TryAdd(columns[i], i);
    }

    /// <summary>Its folder, keys and summary.</summary>
    public RunRecord Record { get; }

    /// <summary>The observations.</summary>
    public IReadOnlyList<double[]> Rows { get; }

    /// <summary>Its id.</summary>
    public string Id => Record.Folder.Id;

    /// <summary>The columns of metrics.csv.</summary>
    public IReadOnlyCollection<string> Columns => _columns.Keys;

    /// <summary>The arrays that lie in its folder.</summary>
    public IEnumerable<string> Arrays => Directory.Exists(Record.Folder.File("arrays"))
        ? Directory.EnumerateFiles(Record.Folder.File("arrays"), "*.npy").Select(static f => Path.GetFileNameWithoutExtension(f)!)
            .Order(StringComparer.Ordinal) : [];

    /// <summary>Whether it has a column.</summary>
    public bool Has(string column) => _columns.ContainsKey(column);

    /// <summary>A column of an observation; NaN where it has none.</summary>
    public double At(int row, string column) => _columns.TryGetValue(column, out var c) ? Rows[row][c] : double.NaN;

    /// <summary>A column as a signed logarithm: that of t from log10_t, where doubles end.</summary>
    public SignedLog Wide(int row, string column) =>
        _columns.ContainsKey(column) && At(row, column) is var v && (double.IsFinite(v) && v != 0 || !Has("log10_" + column))
            ? SignedLog.Of(v) : Power(At(row, "log10_" + column));

    /// <summary>An array, a row an observation; none where it has none.</summary>
    /// <exception cref="RunFolderException">It cannot be read.</exception>
    public double[][] Array(string name)
    {
        if (_arrays.TryGetValue(name, out var known)) return known;
        var file = Record.Folder.File(Path.Combine("arrays", name + ".npy"));
        try
        {
            return _arrays[name] = File.Exists(file) ? Npy.Read(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFolderException($"an array cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The value of a key as a person reads it; null where its config has none.</summary>
    public string? Key(string name) => Record.Keys.TryGetValue(name, out var value) ? RunKeys.Text(value) : null;

    /// <summary>The value of a key as a number; NaN where it is none.</summary>
    public double Number(string key) =>
        double.TryParse(Key(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN;

    /// <summary>Reads a run. One that has observed nothing has no rows.</summary>
    /// <exception cref="RunFolderException">Its table cannot be read.</exception>
    public static PlotRun Read(RunRecord record)
    {
        var file = record.Folder.File("metrics.csv");
        try
        {
            var (columns, rows) = File.Exists(file) ? MetricsFile.Read(file) : ([], []);
            return new PlotRun(record, columns, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFolderException($"the table of a run cannot be read: {e.Message}", e);
        }
    }

    private static SignedLog Power(double exponent) => double.IsNegativeInfinity(exponent) ? SignedLog.Of(0)
        : new SignedLog(1, exponent * Math.Log(10));
}
