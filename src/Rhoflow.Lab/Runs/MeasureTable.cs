using Rhoflow.Lab.Experiments;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// Which measures a run takes of every observation: the columns of metrics.csv, the arrays beside it, and how both are filled.
/// </summary>
internal sealed class MeasureTable
{
    /// <summary>What every run's table has, measured or not; rho_k stands for rho_1 … rho_K.</summary>
    private static readonly string[] InEveryTable =
        ["log10_loss", "train_error", "test_error", "log10_rho", "rho", "rho_k", "margin_min", "margin_mean", "smoothed_margin",
            "direction_error"];

    private static readonly string[] s_clocks = ["step", "epoch", "t", "log10_t", "tau"];

    private readonly List<Entry> _entries = [];

    /// <param name="observe">What is wanted.</param>
    /// <param name="setting">What it is wanted of.</param>
    public MeasureTable(ObserveConfig observe, MeasureSetting setting)
    {
        Setting = setting;
        var refused = new List<(string, string)>();
        foreach (var measure in MeasureCatalog.All)
        {
            var wanted = observe.Wants(measure);
            if (wanted && measure.Refuse(setting) is { } why)
            {
                wanted = false;
                if (observe.Measures is not ["default"]) refused.Add(($"{measure.Family}/{measure.Name}", why));
            }
            if (wanted || InEveryTable.Contains(measure.Name))
                _entries.Add(new Entry(measure, measure.Columns(setting).Length, wanted,
                    [.. measure.Arrays.Select(a => a.Length(setting))]));
        }
        Names = [.. s_clocks, .. _entries.SelectMany(e => e.Measure.Columns(setting))];
        Arrays = [.. Wanted.SelectMany(static e => e.Measure.Arrays.Zip(e.Lengths, static (a, n) => (a.Name, n)))];
        if (Names.GroupBy(static n => n).FirstOrDefault(static g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"two measures have a column '{twice.Key}'");
        Refused = refused;
    }

    /// <summary>What is measured of what.</summary>
    public MeasureSetting Setting { get; }

    /// <summary>The columns of metrics.csv: the clocks, then the measures.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Name and row length of every array.</summary>
    public IReadOnlyList<(string Name, int Length)> Arrays { get; }

    /// <summary>What was asked for and does not apply, and why.</summary>
    public IReadOnlyList<(string What, string Why)> Refused { get; }

    /// <summary>The same in sentences.</summary>
    public IEnumerable<string> Notes => Refused.Select(static r => $"{r.What} is not measured: {r.Why}");

    /// <summary>The measures taken, each with its columns.</summary>
    public IEnumerable<(Measure Measure, string[] Columns)> Taken => Wanted.Select(e => (e.Measure, e.Measure.Columns(Setting)));

    /// <summary>Whether anything wanted needs that.</summary>
    public bool Needs(MeasureNeed need) => Wanted.Any(e => e.Measure.Need == need);

    /// <summary>One row of metrics.csv and one of every array.</summary>
    /// <param name="clocks">step, epoch, t, log10_t, tau.</param>
    /// <param name="input">What needs no derivatives.</param>
    /// <param name="isDue">Whether measures of a need are taken; NaN otherwise.</param>
    /// <param name="passes">Makes the derivatives for a need, if there are any to take.</param>
    internal Observation Read(ReadOnlySpan<double> clocks, MeasureInput input, Func<MeasureNeed, bool> isDue,
        Func<MeasureNeed, Linearization?> passes)
    {
        using var gradients = isDue(MeasureNeed.Gradients) && Needs(MeasureNeed.Gradients) ? passes(MeasureNeed.Gradients) : null;
        using var curvature = isDue(MeasureNeed.Curvature) && Needs(MeasureNeed.Curvature) ? passes(MeasureNeed.Curvature) : null;
        var row = new List<double>(Names.Count);
        row.AddRange(clocks);
        var arrays = new List<double[]>(Arrays.Count);
        foreach (var (measure, width, wanted, lengths) in _entries)
        {
            if (!wanted || !isDue(measure.Need))
            {
                row.AddRange(Enumerable.Repeat(double.NaN, width));
                if (wanted) arrays.AddRange(lengths.Select(static n => Enumerable.Repeat(double.NaN, n).ToArray()));
                continue;
            }
            var seen = input with { Passes = measure.Need == MeasureNeed.Curvature ? curvature : gradients };
            var values = measure.Values(seen);
            if (values.Length != width)
                throw new InvalidOperationException($"{measure.Name} gave {values.Length} numbers for {width} columns");
            row.AddRange(values);
            arrays.AddRange(measure.Arrays.Select(a => a.Values(seen)));
        }
        return new Observation(input.Snapshot, [.. row], arrays);
    }

    private IEnumerable<Entry> Wanted => _entries.Where(static e => e.Wanted);

    // Not wanted ones are there because every table has them.
    private sealed record Entry(Measure Measure, int Width, bool Wanted, int[] Lengths);
}

/// <summary>What is written of one observation.</summary>
/// <param name="Point">The network.</param>
/// <param name="Row">A row of metrics.csv.</param>
/// <param name="Arrays">A row of every array of the <see cref="MeasureTable"/>.</param>
internal sealed record Observation(Snapshot Point, double[] Row, IReadOnlyList<double[]> Arrays);
