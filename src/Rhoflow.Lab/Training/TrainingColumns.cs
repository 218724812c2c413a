using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Training;

/// <summary>The columns of a descent's metrics.csv and how a row is read off a replica. NaN: not measured here.</summary>
public sealed class TrainingColumns
{
    // Entries of the data up to which the limit's direction is solved for unless it is asked for by name: seconds, not minutes.
    private const long LargestLimit = 1_000_000;

    private readonly IReadOnlyList<(Measure Measure, int Width, bool Wanted)> _measures;
    private readonly MeasureSetting _setting;
    private readonly double[] _targets;
    private readonly Dataset? _test;
    private readonly Network _network;
    private readonly double[]? _limit;

    internal TrainingColumns(Experiment experiment, Network network, Dataset train, Dataset? test)
    {
        (_network, _targets, _test) = (network, train.Y.ToArray(), test);
        _setting = new MeasureSetting(network, experiment.Loss.Loss, train, test);
        var notes = new List<string>();
        _measures = ColumnSet.Measured(experiment.Observe, _setting);
        Names = [.. ColumnSet.Clocks, .. _measures.SelectMany(m => m.Measure.Columns(_setting))];
        if (!experiment.Observe.IsLenient)
            notes.AddRange(experiment.Observe.Measures.Where(static m => !MeasureCatalog.Families.Contains(m) || MeasureCatalog.All.Where(x => x.Family == m).All(static x => x.Need >= MeasureNeed.Gradients))
                .Select(static m => $"the family '{m}' is not measured on descents in this version"));
        var linear = network.IsChain && network.Layers.All(static l => l.Activation.Kind == ActivationKind.Identity) && network.Outputs == 1;
        var feasible = !experiment.Observe.IsLenient || (long)train.Count * train.Inputs <= LargestLimit;
        if (linear && feasible && experiment.Observe.Wants("direction")) _limit = LimitDirection.Of(train, experiment.Loss.Loss, experiment.Observe.IsLenient, notes);
        else if (!experiment.Observe.IsLenient && experiment.Observe.Wants("direction")) notes.Add("direction_error is not measured: only a linear network with one output has one direction to compare");
        if (Homogeneity.Of(network).Reason is { } reason) notes.Add($"the network is not exactly homogeneous: {reason}");
        Notes = notes;
    }

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Why something that was asked for could not be measured, and what to know about what was.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Margins of an observation.</summary>
    public int Examples => _targets.Length;

    /// <summary>One row.</summary>
    internal (double[] Row, TrainingPoint Point) Observe<T>(Training<T> training, Replica<T> replica) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var outputs = new double[_targets.Length * _network.Outputs];
        var score = training.Evaluate(replica, outputs: outputs);
        var point = TrainingPoint.Of(_network, replica, outputs, _targets, score.LogLoss);
        var input = new MeasureInput(_setting, point)
        {
            Test = _test is null ? null : OnTest(training, replica, _test, point.LogRho),
            Limit = _limit,
        };
        var (t, tau) = Clocks(training, replica);
        var row = new List<double>(Names.Count) { replica.State.Step, replica.State.Epoch + (double)replica.State.StepInEpoch / training.StepsAnEpoch, t, Math.Log10(t), tau };
        foreach (var (measure, width, wanted) in _measures)
        {
            if (wanted) row.AddRange(measure.Values(input));
            else row.AddRange(Enumerable.Repeat(double.NaN, width));
        }
        return ([.. row], point);
    }

    private TestResult OnTest<T>(Training<T> training, Replica<T> replica, Dataset test, double logRho) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var outputs = new double[test.Count * _network.Outputs];
        var score = training.Evaluate(replica, test, outputs: outputs);
        TrainingPoint.Normalize(outputs, logRho);
        return new TestResult(outputs, test.Y.ToArray(), _network.Outputs, score.LogLoss);
    }

    // t = Σ η: the time of the flow that the descent steps along. With η/L it is τ = ∫ L dt that grows by η a step.
    private static (double T, double Tau) Clocks<T>(Training<T> training, Replica<T> replica) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var rule = replica.Options.Rule;
        double sum = 0, correction = 0;
        for (var epoch = 0; epoch <= replica.State.Epoch; epoch++)
        {
            var steps = epoch < replica.State.Epoch ? training.StepsAnEpoch : replica.State.StepInEpoch;
            var term = rule.LearningRate.At(epoch) * steps - correction;
            var next = sum + term;
            correction = next - sum - term;
            sum = next;
        }
        return rule.Scale switch
        {
            StepScale.Plain => (sum, double.NaN),
            StepScale.LossBased => (double.NaN, sum),
            _ => (double.NaN, double.NaN),
        };
    }
}
