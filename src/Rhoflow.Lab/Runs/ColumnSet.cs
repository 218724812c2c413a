using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Runs;

/// <summary>The columns of metrics.csv and how a row is read off an observation. NaN: not measured here.</summary>
public sealed class ColumnSet
{
    /// <summary>What every run's table has, measured or not; rho_k stands for rho_1 … rho_K.</summary>
    private static readonly string[] Everybody =
        ["log10_loss", "train_error", "test_error", "log10_rho", "rho", "rho_k", "margin_min", "margin_mean", "smoothed_margin", "direction_error"];

    internal static readonly string[] Clocks = ["step", "epoch", "t", "log10_t", "tau"];

    private readonly IReadOnlyList<(Measure Measure, int Width, bool Wanted)> _measures;
    private readonly MeasureSetting _setting;
    private readonly EmpiricalRisk? _risk, _test;
    private readonly double[]? _limit;

    private ColumnSet(Experiment experiment, Flow flow, EmpiricalRisk? risk, Dataset? test)
    {
        var observe = experiment.Observe;
        _setting = new MeasureSetting(flow.Network, risk?.Loss, risk?.Data, test);
        _risk = risk?.Copy();
        _test = test is null ? null : new EmpiricalRisk(flow.Network, experiment.Loss.Loss, test, experiment.Loss.Reduction);
        _measures = Measured(observe, _setting);
        Names = [.. Clocks, .. _measures.SelectMany(m => m.Measure.Columns(_setting))];
        var notes = new List<string>();
        if (!observe.IsLenient)
            notes.AddRange(observe.Measures.Except(MeasureCatalog.Families).Select(static m => $"the family '{m}' is not measured on flows in this version"));
        _limit = observe.Wants("direction") ? Limit(experiment, flow, risk?.Data, notes) : null;
        Notes = notes;
    }

    /// <summary>The measures that have columns; those not wanted are there because every table has them.</summary>
    internal static IReadOnlyList<(Measure Measure, int Width, bool Wanted)> Measured(ObserveConfig observe, MeasureSetting setting) =>
        [.. MeasureCatalog.All.Where(m => observe.Wants(m.Family) || Everybody.Contains(m.Name)).Select(m => (m, m.Columns(setting).Length, observe.Wants(m.Family)))];

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Why a family that was asked for could not be measured.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <param name="risk">The training risk; null for the scalar equations.</param>
    /// <exception cref="NotSeparableException">The direction's limit was asked for by name, and the data have none.</exception>
    public static ColumnSet For(Experiment experiment, Flow flow, EmpiricalRisk? risk, Dataset? test) => new(experiment, flow, risk, test);

    /// <summary>One row.</summary>
    /// <param name="steps">Integration steps so far.</param>
    public double[] Row(FlowPoint point, long steps)
    {
        var row = new List<double>(Names.Count) { steps, double.NaN, point.T, point.Log10T, point.Tau };
        var input = new MeasureInput(_setting, point) { Risk = _risk, Test = _test is null ? null : OnTest(_test, point), Limit = _limit };
        foreach (var (measure, width, wanted) in _measures)
        {
            if (wanted) row.AddRange(measure.Values(input));
            else row.AddRange(Enumerable.Repeat(double.NaN, width));
        }
        return [.. row];
    }

    private static TestResult OnTest(EmpiricalRisk test, Snapshot s)
    {
        var f = test.Outputs(s.V).ToArray();
        var sign = s.Rho < 0 ? -1.0 : 1;
        for (var n = 0; n < f.Length; n++) f[n] *= sign;
        return new TestResult(f, test.Data.Y.ToArray(), 1, test.LogLossScaled(s.V, s.Rho));
    }

    private static double[]? Limit(Experiment experiment, Flow flow, Dataset? train, List<string> notes)
    {
        var why = train is null ? "the scalar equations have no direction"
            : flow.Network.Layers.Any(static l => l.Activation.Kind != ActivationKind.Identity) ? "only a linear network has one direction to compare"
            : null;
        if (why is null) return LimitDirection.Of(train!, experiment.Loss.Loss, experiment.Observe.IsLenient, notes);
        if (experiment.Observe.Measures is not ["default"]) notes.Add($"direction_error is not measured: {why}");
        return null;
    }
}
