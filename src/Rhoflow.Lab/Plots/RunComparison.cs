using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Plots;

/// <summary>A key in which two configs differ; null where one has no such key.</summary>
public sealed record KeyDifference(string Key, string? A, string? B);

/// <summary>A quantity of both runs' last observations.</summary>
/// <param name="Quantity">The column.</param>
/// <param name="A">In the first run; NaN where it is not measured.</param>
/// <param name="B">In the second.</param>
public sealed record LastDifference(string Quantity, double A, double B)
{
    /// <summary>B − A.</summary>
    public double Difference => B - A;

    /// <summary>|B − A| / max(|A|, |B|): 0 for equal ones, also two zeros or infinities; NaN where one is not measured.</summary>
    public double Relative => RunComparison.Relative(A, B);
}

/// <summary>A column over the observations that both runs made at the same place.</summary>
/// <param name="Column">The column.</param>
/// <param name="Compared">Observations at which both have it.</param>
/// <param name="Largest">The largest relative difference.</param>
/// <param name="At">Where that is, on the clock.</param>
/// <param name="First">Where they first differ at all; null: nowhere.</param>
public sealed record CurveDifference(string Column, int Compared, double Largest, double At, double? First);

/// <summary>Two runs beside each other: configs, last observations, curves.</summary>
public sealed class RunComparison
{
    // What every panel would show along x, and what is no result.
    private static readonly string[] s_clocks = ["step", "epoch", "t", "log10_t", "tau"];

    private RunComparison(PlotRun a, PlotRun b)
    {
        (A, B) = (a.Record, b.Record);
        Keys =
        [
            .. a.Record.Keys.Keys.Concat(b.Record.Keys.Keys).Distinct(StringComparer.Ordinal)
                .Select(k => new KeyDifference(k, a.Key(k), b.Key(k))).Where(static d => d.A != d.B),
        ];
        Common = [.. a.Columns.Where(b.Has)];
        OnlyA = [.. a.Columns.Where(c => !b.Has(c))];
        OnlyB = [.. b.Columns.Where(c => !a.Has(c))];
        Last = a.Rows.Count == 0 || b.Rows.Count == 0 ? []
            : [.. Common.Select(c => new LastDifference(c, a.At(a.Rows.Count - 1, c), b.At(b.Rows.Count - 1, c)))];
        Clock = Traces.Clock([a, b]) is var clock && Common.Contains(clock) ? clock
            : Common.FirstOrDefault(s_clocks.Contains)
                ?? throw new ConfigException("the two runs have no clock in common (step, epoch, t)");
        Curves = [.. Common.Where(static c => !s_clocks.Contains(c)).Select(c => Curve(a, b, c))];
    }

    /// <summary>The first run.</summary>
    public RunRecord A { get; }

    /// <summary>The second run.</summary>
    public RunRecord B { get; }

    /// <summary>The keys in which their configs differ.</summary>
    public IReadOnlyList<KeyDifference> Keys { get; }

    /// <summary>The columns that both have.</summary>
    public IReadOnlyList<string> Common { get; }

    /// <summary>The columns of the first run only.</summary>
    public IReadOnlyList<string> OnlyA { get; }

    /// <summary>The columns of the second run only.</summary>
    public IReadOnlyList<string> OnlyB { get; }

    /// <summary>Their last observations.</summary>
    public IReadOnlyList<LastDifference> Last { get; }

    /// <summary>The column that says when an observation was made.</summary>
    public string Clock { get; }

    /// <summary>The columns over their observations.</summary>
    public IReadOnlyList<CurveDifference> Curves { get; }

    /// <summary>Compares two runs.</summary>
    /// <exception cref="ConfigException">They have no clock in common.</exception>
    /// <exception cref="RunFolderException">One cannot be read.</exception>
    public static RunComparison Of(RunRecord a, RunRecord b) => new(PlotRun.Read(a), PlotRun.Read(b));

    /// <summary>|b − a| / max(|a|, |b|).</summary>
    public static double Relative(double a, double b) => a.Equals(b) && !double.IsNaN(a) || a == b ? 0
        : double.IsInfinity(a) || double.IsInfinity(b) ? double.PositiveInfinity : Math.Abs(b - a) / Math.Max(Math.Abs(a), Math.Abs(b));

    /// <summary>What tells the runs apart in a legend: the keys in which they differ, or their ids.</summary>
    internal PlotPicture Picture()
    {
        string[] drawn = [.. Curves.Where(static c => c.Compared > 0 || c.Largest is double.NaN).Select(static c => c.Column)
            .Where(c => !c.StartsWith("log10_", StringComparison.Ordinal) || !Common.Contains(c[6..]))];
        var config = new PlotConfig
        {
            X = Clock,
            Y = drawn,
            Color = "run",
            Title = $"{A.Folder.Id} and {B.Folder.Id}",
            Name =
            $"compare-{A.Folder.Id}-{B.Folder.Id}"
        };
        return Plot.Of(config, [A, B]);
    }

    /// <summary>{"a", "b", "config", "summary", "curves", "only_a", "only_b"}.</summary>
    public JsonObject ToJson()
    {
        static JsonObject Run(RunRecord r) =>
            new() { ["name"] = r.Folder.Name, ["id"] = r.Folder.Id, ["status"] = r.StatusWord, ["folder"] = r.Folder.Path };
        return new JsonObject
        {
            ["a"] = Run(A),
            ["b"] = Run(B),
            ["config"] = new JsonArray([.. Keys.Select(static k => (JsonNode)new JsonObject
            {
                ["key"] = k.Key,
                ["a"] = RunKeys.ToJson(k.A),
                ["b"] = RunKeys.ToJson(k.B),
            })]),
            ["summary"] = new JsonArray([.. Last.Select(static d => (JsonNode)new JsonObject
            {
                ["quantity"] = d.Quantity,
                ["a"] = RunDocument.Number(d.A),
                ["b"] = RunDocument.Number(d.B),
                ["difference"] = RunDocument.Number(d.Difference),
                ["relative"] = RunDocument.Number(d.Relative),
            })]),
            ["curves"] = new JsonArray([.. Curves.Select(c => (JsonNode)new JsonObject
            {
                ["column"] = c.Column,
                ["clock"] = Clock,
                ["compared"] = c.Compared,
                ["largest_relative"] = RunDocument.Number(c.Largest),
                ["at"] = RunDocument.Number(c.At),
                ["first_difference"] = c.First is { } f ? RunDocument.Number(f) : null,
            })]),
            ["only_a"] = new JsonArray([.. OnlyA.Select(static c => (JsonNode)c)]),
            ["only_b"] = new JsonArray([.. OnlyB.Select(static c => (JsonNode)c)]),
        };
    }

    private CurveDifference Curve(PlotRun a, PlotRun b, string column)
    {
        var there = Enumerable.Range(0, b.Rows.Count).GroupBy(i => b.At(i, Clock)).ToDictionary(static g => g.Key, static g => g.Last());
        var (compared, largest, at, first) = (0, double.NaN, double.NaN, (double?)null);
        for (var i = 0; i < a.Rows.Count; i++)
        {
            if (!there.TryGetValue(a.At(i, Clock), out var j)) continue;
            var (x, y) = (a.At(i, column), b.At(j, column));
            if (double.IsNaN(x) || double.IsNaN(y)) continue;
            compared++;
            var relative = Relative(x, y);
            if (relative > 0) first ??= a.At(i, Clock);
            if (!(relative <= largest)) (largest, at) = (relative, a.At(i, Clock));
        }
        return new CurveDifference(column, compared, largest, at, first);
    }
}
