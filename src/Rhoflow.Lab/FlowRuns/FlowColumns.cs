using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Observations;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>The columns of a flow's metrics.csv and how a row is read off an observation. NaN: not measured here.</summary>
internal sealed class FlowColumns
{
    private readonly FlowExperiment _experiment;
    private readonly Flow _flow;
    private readonly EmpiricalRisk? _risk, _test;
    private readonly double[]? _limit;

    private FlowColumns(FlowExperiment experiment, Flow flow, EmpiricalRisk? risk, Dataset? test)
    {
        (_experiment, _flow) = (experiment, flow);
        _risk = risk?.Copy();
        _test = test is null || risk is null ? null : new EmpiricalRisk(flow.Network, risk.Loss, test, risk.Reduction);
        Table = new MeasureTable(experiment.Observe, new MeasureSetting(flow.Network, risk?.Loss, risk?.Data, test)
        {
            FeatureLayers = experiment.Observe.Detail.FeatureLayers(flow.Network.Depth),
            WeightDecay = flow.Lambda,
            TailReplicates = experiment.Observe.Detail.TailReplicates,
        });
        var notes = new List<string>(Table.Notes);
        _limit = experiment.Observe.Wants("direction") ? Limit(experiment, flow, risk?.Data, notes) : null;
        Notes = notes;
    }

    /// <summary>Columns and arrays.</summary>
    public MeasureTable Table { get; }

    /// <summary>Why a family that was asked for could not be measured.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <param name="risk">The training risk; null for the scalar equations.</param>
    /// <exception cref="NotSeparableException">The family direction was named, and the data have none.</exception>
    public static FlowColumns For(FlowExperiment experiment, Flow flow, EmpiricalRisk? risk, Dataset? test) =>
        new(experiment, flow, risk, test);

    /// <summary>What to remember between observations, from the start on.</summary>
    internal History Start(double[] theta)
    {
        var (rhoK, v) = (new double[_flow.Network.Depth], new double[_flow.Network.ParameterCount]);
        _flow.Split((_experiment.Flow.From is { } from ? from.ToInstant() : _flow.Begin).LogT, _flow.Start(theta), rhoK, v);
        return new History(_flow.Network, rhoK, v);
    }

    /// <summary>One observation.</summary>
    /// <param name="steps">Integration steps so far.</param>
    /// <param name="isEnd">Whether it is the first or the last.</param>
    /// <param name="cancellation">Ends the measuring.</param>
    /// <param name="watch">Told where it stands.</param>
    internal Observation Observe(FlowPoint point, long steps, History history, bool isEnd, CancellationToken cancellation = default,
        MeasureWatch? watch = null)
    {
        using var train = Table.Needs(MeasureNeed.Features) ? Linearize(point, _risk?.Data, cancellation) : null;
        using var test = Table.Needs(MeasureNeed.Features) ? Linearize(point, _test?.Data, cancellation) : null;
        FeatureMatrix? Of(Linearization? passes, int k) => Table.Setting.FeatureLayers.Contains(k) ? passes?.Features(k) : null;
        var input = new MeasureInput(Table.Setting, point)
        {
            Risk = _risk,
            Test = _test is null ? null : OnTest(_test, point),
            Limit = _limit,
            History = history,
            Features = FeatureMemo.Of(k => Of(train, k)),
            TestFeatures = FeatureMemo.Of(k => Of(test, k)),
        };
        return Table.Read([steps, double.NaN, point.T, point.Log10T, point.Tau], input, need =>
            _experiment.Observe.Detail.IsDue(need, isEnd), (_, _) => Linearize(point, _risk?.Data, cancellation),
            cancellation, watch);
    }

    // Null where there are no data, and where W or ρ leave the range of a double.
    private Linearization? Linearize(FlowPoint point, Dataset? data, CancellationToken cancellation) =>
        data is null || !double.IsFinite(point.Rho) || point.Weights() is not { } theta || !Array.TrueForAll(theta, double.IsFinite)
            ? null : Linearization.Of<double>(_flow.Network, _risk!.Loss, data, _risk.Reduction, theta, default, threads: 1,
                cancellation);

    private static TestResult OnTest(EmpiricalRisk test, Snapshot s)
    {
        var f = test.Outputs(s.V).ToArray();
        var sign = s.Rho < 0 ? -1.0 : 1;
        for (var n = 0; n < f.Length; n++) f[n] *= sign;
        return new TestResult(f, test.Data.Y.ToArray(), 1, test.LogLossScaled(s.V, s.Rho));
    }

    private static double[]? Limit(FlowExperiment experiment, Flow flow, Dataset? train, List<string> notes)
    {
        var why = train is null ? "the scalar equations have no direction"
            : !flow.Network.IsLinear ? "only a linear network has one direction to compare"
            : null;
        if (why is null) return LimitDirection.Of(train!, experiment.Loss.Loss, experiment.Observe.IsLenient, notes);
        if (experiment.Observe.Measures is not ["default"]) notes.Add($"direction_error is not measured: {why}");
        return null;
    }
}
