using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Export;

/// <summary>
/// The observations of many runs as one long table: run (its id), name, row, the keys in which the runs differ, and every column of their
/// metrics.csv. One run is in memory at a time.
/// </summary>
public sealed class ExportTable
{
    private ExportTable(IReadOnlyList<RunRecord> runs, IReadOnlyList<ExportColumn> columns) => (Runs, Columns) = (runs, columns);

    /// <summary>The runs, in the order of their rows.</summary>
    public IReadOnlyList<RunRecord> Runs { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<ExportColumn> Columns { get; }

    /// <summary>The table of some runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="allKeys">Every key of their configs, not only those in which they differ.</param>
    /// <param name="arrays">The rows of arrays/*.npy too.</param>
    /// <exception cref="RunFolderException">A run cannot be read.</exception>
    public static ExportTable Of(IReadOnlyList<RunRecord> runs, bool allKeys = false, bool arrays = false)
    {
        string[] quantities = [.. runs.SelectMany(static r => Guarded(r, static f => MetricsFile.Columns(f.File("metrics.csv"))))
            .Distinct(StringComparer.Ordinal)];
        string[] lists = arrays ? [.. runs.SelectMany(Arrays).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : [];
        var table = new RunColumns(runs);
        var keys = allKeys ? table.Keys.Where(static k => k != "name") : table.Differing;
        ExportColumn[] place =
        [
            new("run", ExportType.Text, ExportSource.Place, "run"),
            new("name", ExportType.Text, ExportSource.Place, "name"),
            new("row", ExportType.Whole, ExportSource.Place, "row"),
        ];
        string[] taken = [.. place.Select(static p => p.Name), .. quantities];
        string Free(string name, string prefix) => taken.Contains(name) ? $"{prefix}.{name}" : name;
        return new ExportTable(runs,
        [
            .. place,
            .. keys.Select(k => new ExportColumn(Free(k, "config"), ExportColumn.TypeOf(runs.Select(RunColumn.Key(k).Value)),
                ExportSource.Key, k)),
            .. quantities.Select(static q => new ExportColumn(q, ExportType.Real, ExportSource.Quantity, q)),
            .. lists.Select(a => new ExportColumn(Free(a, "array"), ExportType.List, ExportSource.Array, a)),
        ]);
    }

    /// <summary>The same with some of its columns only; run, name and row stay.</summary>
    /// <param name="names">Separated by commas; the last part of a key's name is enough.</param>
    /// <param name="option">Where they were typed, for errors.</param>
    /// <exception cref="ConfigException">There is no such column.</exception>
    public ExportTable With(string names, string option)
    {
        var all = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0) throw new ConfigException($"{option} '{names}' names no column; write KEY,KEY,…");
        var chosen = all.Select(name => Find(name) ?? throw new ConfigException($"{option}: there is no column '{name}'{Hint(name)}"));
        return new ExportTable(Runs, [.. Columns.Where(static c => c.Source == ExportSource.Place).Concat(chosen).Distinct()]);
    }

    private ExportColumn? Find(string name) => Columns.FirstOrDefault(c => c.Name == name)
        ?? Columns.FirstOrDefault(c => c.Name.EndsWith("." + name, StringComparison.Ordinal));

    private string Hint(string name)
    {
        string[] all = [.. Columns.Select(static c => c.Name)];
        return Nearest.Words(name, all) is { Length: > 0 } near ? $"; nearest: {string.Join(", ", near)}"
            : $"; there are: {string.Join(", ", all)}";
    }

    /// <summary>The rows of each run, one run after the other.</summary>
    /// <exception cref="RunFolderException">A run cannot be read.</exception>
    internal IEnumerable<ExportRows> Rows() => Runs.Select((r, i) =>
    {
        Reading?.Invoke(i);
        return Guarded(r, f => ExportRows.Read(r, Columns));
    });

    /// <summary>Told the number of each run, from 0, before it is read; what it throws ends the export.</summary>
    internal Action<int>? Reading { get; set; }

    private static IEnumerable<string> Arrays(RunRecord run) => Directory.Exists(run.Folder.File("arrays"))
        ? Directory.EnumerateFiles(run.Folder.File("arrays"), "*.npy").Select(static f => Path.GetFileNameWithoutExtension(f)!) : [];

    private static T Guarded<T>(RunRecord run, Func<RunFolder, T> read)
    {
        try
        {
            return read(run.Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFolderException($"the run folder '{run.Folder.Path}' cannot be read: {e.Message}", e);
        }
    }
}
