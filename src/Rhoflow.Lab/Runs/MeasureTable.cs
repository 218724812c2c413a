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

    /// <summary>What outputs by other statistics of batch normalization are looked at for: everything that no history enters.</summary>
    private static readonly string[] InEvaluation =
        ["log10_loss", "train_error", "test_error", "log10_test_loss", "log10_rho", "rho", "rho_k", "margin_min", "margin_mean",
            "abs_f_mean", "margin_curve", "test_margin_mean", "rho_equilibrium", "average_separability"];

    private static readonly string[] s_clocks = ["step", "epoch", "t", "log10_t", "tau"];

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<Measure, (string Why, int Times)> _failed = [];
    private readonly List<Measure> _notReached = [];

    /// <param name="observe">What is wanted.</param>
    /// <param name="setting">What it is wanted of.</param>
    /// <param name="without">Those of what is wanted that are left out; null: none.</param>
    public MeasureTable(ObserveConfig observe, MeasureSetting setting, IReadOnlySet<Measure>? without = null)
    {
        Setting = setting;
        var refused = new List<(string, string)>();
        foreach (var measure in MeasureCatalog.All)
        {
            var wanted = observe.Wants(measure) && without?.Contains(measure) != true;
            if (wanted && measure.Refuse(setting) is { } why)
            {
                wanted = false;
                if (observe.Measures is not ["default"]) refused.Add(($"{measure.Family}/{measure.Name}", why));
            }
            if (wanted || InEveryTable.Contains(measure.Name))
                _entries.Add(Entry.Of(measure, setting, wanted));
        }
        if (observe.Detail.Beside is { } beside && setting.Network.StatisticsCount > 0)
        {
            _entries.AddRange(_entries.Where(static e => e.Wanted && InEvaluation.Contains(e.Measure.Name))
                .Select(e => e with { Prefix = BatchNormWords.Prefix(beside) }).ToArray());
        }
        Names = [.. s_clocks, .. _entries.SelectMany(static e => e.Columns)];
        Arrays = [.. Wanted.SelectMany(static e => e.Measure.Arrays.Zip(e.Lengths, (a, n) => (e.Prefix + a.Name, n)))];
        if (Names.GroupBy(static n => n).FirstOrDefault(static g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"two measures have a column '{twice.Key}'");
        Refused = refused;
    }

    /// <summary>
    /// Cancelled, <see cref="Read"/> gives what was measured until then, and the rest is NaN: for who looks once. A run's rows are whole.
    /// </summary>
    public bool KeepsPart { get; init; }

    /// <summary>Those that an observation that was cancelled did not come to.</summary>
    public IReadOnlyList<Measure> NotReached => _notReached;

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

    /// <summary>What could not be computed at some observation, and why: the others were.</summary>
    public IEnumerable<(string What, string Why)> Failed => _failed.Select(static f => ($"{f.Key.Family}/{f.Key.Name}",
        f.Value.Times == 1 ? f.Value.Why : $"{f.Value.Why} (the first of {f.Value.Times} observations)"));

    /// <summary>The same in sentences.</summary>
    public IEnumerable<string> Failures => Failed.Select(static f => $"{f.What} could not be computed: {f.Why}");

    /// <summary>The measures taken, each with its columns.</summary>
    public IEnumerable<(Measure Measure, string[] Columns)> Taken =>
        Wanted.Where(static e => e.Prefix.Length == 0).Select(static e => (e.Measure, e.Columns));

    /// <summary>Whether outputs by other statistics of batch normalization are measured beside.</summary>
    public bool HasBeside => _entries.Any(static e => e.Prefix.Length > 0);

    /// <summary>Whether anything wanted needs that.</summary>
    public bool Needs(MeasureNeed need) => Wanted.Any(e => e.Measure.Need == need);

    /// <summary>One row of metrics.csv and one of every array.</summary>
    /// <param name="clocks">step, epoch, t, log10_t, tau.</param>
    /// <param name="input">What needs no derivatives.</param>
    /// <param name="isDue">Whether measures of a need are taken; NaN otherwise.</param>
    /// <param name="passes">Makes the derivatives for a need, through the statistics of batch normalization or not, if there are any to
    /// take.</param>
    /// <param name="cancellation">Looked at between measures, and by those that take long.</param>
    /// <param name="watch">Told where it stands.</param>
    /// <param name="beside">The same network by other statistics of batch normalization, where <see cref="HasBeside"/>.</param>
    /// <exception cref="OperationCanceledException">Cancelled: there is no row.</exception>
    internal Observation Read(ReadOnlySpan<double> clocks, MeasureInput input, Func<MeasureNeed, bool> isDue,
        Func<MeasureNeed, bool, Linearization?> passes, CancellationToken cancellation = default, MeasureWatch? watch = null,
        MeasureInput? beside = null)
    {
        watch?.Begin([.. Wanted.Select(static e => e.Measure).Where(m => isDue(m.Need))]);
        try
        {
            return Row(clocks, input with { Cancellation = cancellation, Part = watch is null ? null : watch.Part },
                beside is null ? null : beside with { Cancellation = cancellation }, isDue, passes, watch);
        }
        finally
        {
            watch?.End();
        }
    }

    private Observation Row(ReadOnlySpan<double> clocks, MeasureInput input, MeasureInput? beside, Func<MeasureNeed, bool> isDue,
        Func<MeasureNeed, bool, Linearization?> passes, MeasureWatch? watch)
    {
        using var derivatives = new Derivatives(passes, Setting.Network.StatisticsCount > 0);
        var row = new List<double>(Names.Count);
        row.AddRange(clocks);
        var arrays = new List<double[]>(Arrays.Count);
        foreach (var entry in _entries)
        {
            var (measure, wanted, width, lengths) = (entry.Measure, entry.Wanted, entry.Columns.Length, entry.Lengths);
            if (!KeepsPart) input.Cancellation.ThrowIfCancellationRequested();
            var ended = wanted && input.Cancellation.IsCancellationRequested;
            if (ended) _notReached.Add(measure);
            if (!wanted || ended || !isDue(measure.Need))
            {
                row.AddRange(NotMeasured(width));
                if (wanted) arrays.AddRange(lengths.Select(NotMeasured));
                continue;
            }
            double[] values;
            double[][] curves;
            try
            {
                watch?.Begin(measure);
                var seen = entry.Prefix.Length == 0 ? input with { Passes = derivatives.Of(measure) }
                    : beside ?? throw new InvalidOperationException($"{entry.Prefix}{measure.Name} is measured by other statistics");
                watch?.Takes(seen.Passes);
                values = measure.Values(seen);
                curves = [.. measure.Arrays.Select(a => a.Values(seen))];
            }
            catch (OperationCanceledException) when (KeepsPart && input.Cancellation.IsCancellationRequested)
            {
                _notReached.Add(measure);
                values = NotMeasured(width);
                curves = [.. lengths.Select(NotMeasured)];
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                // One measure that fails, of weights near overflow for instance, takes nothing else with it.
                Fail(measure, e);
                values = NotMeasured(width);
                curves = [.. lengths.Select(NotMeasured)];
            }
            if (values.Length != width)
                throw new InvalidOperationException($"{measure.Name} gave {values.Length} numbers for {width} columns");
            row.AddRange(values);
            arrays.AddRange(curves);
        }
        return new Observation(input.Snapshot, [.. row], arrays);
    }

    private void Fail(Measure measure, Exception e) =>
        _failed[measure] = _failed.TryGetValue(measure, out var before) ? (before.Why, before.Times + 1) : (e.Message, 1);

    private static double[] NotMeasured(int count) => [.. Enumerable.Repeat(double.NaN, count)];

    private IEnumerable<Entry> Wanted => _entries.Where(static e => e.Wanted);

    // Not wanted ones are there because every table has them.
    private sealed record Entry(Measure Measure, bool Wanted, string[] Own, int[] Lengths)
    {
        public string Prefix { get; init; } = "";

        public string[] Columns => [.. Own.Select(c => Prefix + c)];

        public static Entry Of(Measure measure, MeasureSetting setting, bool wanted) =>
            new(measure, wanted, measure.Columns(setting), [.. measure.Arrays.Select(a => a.Length(setting))]);
    }
}

/// <summary>What is written of one observation.</summary>
/// <param name="Point">The network.</param>
/// <param name="Row">A row of metrics.csv.</param>
/// <param name="Arrays">A row of every array of the <see cref="MeasureTable"/>.</param>
internal sealed record Observation(Snapshot Point, double[] Row, IReadOnlyList<double[]> Arrays);
