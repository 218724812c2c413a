using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Export;

/// <summary>The rows of one run, as the columns of a table have them.</summary>
internal sealed class ExportRows
{
    private readonly RunRecord _run;
    private readonly int[] _places;
    private readonly IReadOnlyList<double[]> _rows;
    private readonly Dictionary<string, double[][]> _arrays;

    private ExportRows(RunRecord run, int[] places, IReadOnlyList<double[]> rows, Dictionary<string, double[][]> arrays) =>
        (_run, _places, _rows, _arrays) = (run, places, rows, arrays);

    /// <summary>The run.</summary>
    public RunRecord Run => _run;

    /// <summary>How many.</summary>
    public int Count => _rows.Count;

    /// <summary>Reads metrics.csv, and of arrays those that are columns.</summary>
    public static ExportRows Read(RunRecord run, IReadOnlyList<ExportColumn> columns)
    {
        var metrics = run.Folder.File("metrics.csv");
        var (names, rows) = File.Exists(metrics) ? MetricsFile.Read(metrics) : ([], []);
        var arrays = new Dictionary<string, double[][]>(StringComparer.Ordinal);
        foreach (var column in columns.Where(static c => c.Source == ExportSource.Array))
        {
            var file = run.Folder.File(Path.Combine("arrays", column.Of + ".npy"));
            if (File.Exists(file)) arrays[column.Of] = Npy.Read(file);
        }
        int[] places = [.. columns.Select(c => c.Source == ExportSource.Quantity ? Array.IndexOf(names, c.Of) : -1)];
        return new ExportRows(run, places, rows, arrays);
    }

    /// <summary>A number of a quantity or a key; null where there is none.</summary>
    public double? Real(ExportColumn column, int at, int row)
    {
        if (column.Source != ExportSource.Quantity) return RunColumn.Key(column.Of).Value(_run).Number;
        return _places[at] >= 0 && _rows[row][_places[at]] is var value && !double.IsNaN(value) ? value : null;
    }

    /// <summary>A whole number of a key, or the row; null where there is none.</summary>
    public long? Whole(ExportColumn column, int row) =>
        column.Source == ExportSource.Place ? row : ExportColumn.Whole(RunColumn.Key(column.Of).Value(_run));

    /// <summary>A key that is true or false; null where there is none.</summary>
    public bool? Truth(ExportColumn column) => RunColumn.Key(column.Of).Value(_run).Text is { } text ? text == "true" : null;

    /// <summary>A word of a key, or of the run; null where there is none.</summary>
    public string? Text(ExportColumn column) => (column.Source, column.Of) switch
    {
        (ExportSource.Place, "run") => _run.Folder.Id,
        (ExportSource.Place, _) => _run.Folder.Name,
        _ => RunColumn.Key(column.Of).Value(_run).Text,
    };

    /// <summary>A row of an array; null where there is none.</summary>
    public double[]? List(ExportColumn column, int row) =>
        _arrays.TryGetValue(column.Of, out var rows) && row < rows.Length ? rows[row] : null;
}
