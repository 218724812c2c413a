using Rhoflow.Lab.Runs;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// What a run of the paper's own size gave when it was run to its end: hours of training, of which the table of observations is kept in
/// papers/PAPER/results/figure-NN/NAME.csv, so that figures can show it beside what is computed now.
/// </summary>
internal sealed class KeptRun : IObservations
{
    private readonly string _name;
    private readonly string[] _columns;
    private readonly IReadOnlyList<double[]> _rows;

    private KeptRun(string name, Stream stream)
    {
        _name = name;
        (_columns, _rows) = MetricsFile.Read(stream, name);
    }

    private KeptRun(KeptRun table, IReadOnlyList<double[]> rows) => (_name, _columns, _rows) = (table._name, table._columns, rows);

    /// <summary>A column, one number per observation; NaN = not measured there.</summary>
    public double[] this[string column] => Array.IndexOf(_columns, column) is >= 0 and var i
        ? [.. _rows.Select(r => r[i])]
        : throw new ArgumentException($"{_name} has no column '{column}'", nameof(column));

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string column) => _columns.Contains(column);

    /// <summary>The last number of a column.</summary>
    public double Last(string column) => this[column][^1];

    /// <summary>Rows of the columns <c>NAME1</c> to <c>NAMEk</c>, an array that was kept with the table.</summary>
    public double[][] Rows(string name, int count)
    {
        double[][] columns = [.. Enumerable.Range(1, count).Select(i => this[FormattableString.Invariant($"{name}{i}")])];
        return [.. Enumerable.Range(0, _rows.Count).Select(r => columns.Select(c => c[r]).ToArray())];
    }

    /// <summary>The runs of a table that holds several, one for each number in a column (<c>seed</c>), in the order of the table.</summary>
    public IReadOnlyList<KeptRun> By(string column)
    {
        var key = Array.IndexOf(_columns, column);
        return key < 0 ? throw new ArgumentException($"{_name} has no column '{column}'", nameof(column))
            : [.. _rows.GroupBy(r => r[key]).Select(group => new KeptRun(this, [.. group]))];
    }

    /// <summary>The kept run, or null where none was run to its end yet.</summary>
    /// <param name="figure">Paper key and figure: <c>square-loss/figure-01</c>.</param>
    /// <param name="name">The file's name without ending: <c>norm-0.1</c>.</param>
    public static KeptRun? Find(string figure, string name)
    {
        var path = $"{figure.Replace("/", "/results/", StringComparison.Ordinal)}/{name}.csv";
        using var stream = typeof(KeptRun).Assembly.GetManifestResourceStream(path);
        return stream is null ? null : new KeptRun($"papers/{path}", stream);
    }
}
