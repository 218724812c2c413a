using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>The columns of a descent's metrics.csv and how a row is read off a replica. NaN: not measured here.</summary>
internal sealed class DescentColumns
{
    // Entries of the data up to which the limit's direction is solved for unless it is asked for by name: seconds, not minutes.
    private const long LargestLimit = 1_000_000;

    private const long LargestFeatures = 4_000_000_000;

    private readonly DetailConfig _detail;
    private readonly Dataset _train;
    private readonly Dataset _curved;
    private readonly Dataset? _test;
    private readonly Network _network;
    private readonly Loss _loss;
    private readonly double[]? _limit;
    private readonly BatchNormView _view, _beside;

    internal DescentColumns(DescentExperiment experiment, Network network, Dataset train, Dataset? test)
    {
        (_network, _loss, _train, _test) = (network, experiment.Loss.Loss, train, test);
        var observe = experiment.Observe;
        _detail = observe.Detail;
        Table = new MeasureTable(observe, new MeasureSetting(network, _loss, train, test)
        {
            IsSingle = experiment.Precision == Precision.Float32,
            FeatureLayers = observe.Detail.FeatureLayers(network.Depth),
            WeightDecay = DecayOf(experiment),
            TailReplicates = observe.Detail.TailReplicates,
        });
        RequireMemory(experiment, train, test);
        var notes = new List<string>(Table.Notes);
        _curved = train;
        if (Table.Needs(MeasureNeed.Curvature) && observe.Detail.CurvatureExamples < train.Count)
        {
            _curved = train.Choose([.. Enumerable.Range(0, observe.Detail.CurvatureExamples)]);
            notes.Add($"curvature is that of the loss on the first {_curved.Count} of {train.Count} training examples "
                + "(observe.curvature-examples)");
        }
        _view = new BatchNormView(network, _loss, Reduction.Mean, _detail.BatchNorm, experiment.Descent.Batch);
        _beside = _view with { Asked = _detail.Beside };
        if (Table.HasBeside) notes.AddRange(_beside.Notes(train, []).Select(static n => $"beside: {n}"));
        notes.AddRange(_view.Notes(train, [.. Table.Taken.Where(static t => t.Measure.GoesThroughStatistics)
            .Select(t => t.Measure.Need == MeasureNeed.Curvature ? _curved : train).Distinct()]));
        if (!_detail.Gradients && Table.Needs(MeasureNeed.Gradients))
            notes.Add("measures that need gradients are taken at the first and the last observation (observe.gradients: always for all)");
        if (Curvature is { Products: > 0 } forecast)
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"an observation of curvature takes about {forecast.Products} Hessian products of {forecast.LayerFlops.Sum() / 1e9:g2} "
                + $"GFLOP on {_curved.Count} examples, and {forecast.Bytes / 1e6:n0} MB"));
        if (!_detail.Curvature && Table.Needs(MeasureNeed.Curvature))
            notes.Add("measures of curvature are taken at the first and the last observation (observe.curvature: always for all)");
        foreach (var (asked, need, key) in new[] { (_detail.Gradients, MeasureNeed.Gradients, "gradients: always"),
            (_detail.Curvature, MeasureNeed.Curvature, "curvature: always"),
            (_detail.Features is not { Count: 0 }, MeasureNeed.Features, "features") })
            if (asked && !Table.Needs(need))
                notes.Add($"observe.{key} says nothing here: no measure that is taken needs {need.ToString().ToLowerInvariant()}");
        var linear = network.IsChain && network.IsLinear && network.Outputs == 1;
        var feasible = !observe.IsLenient || (long)train.Count * train.Inputs <= LargestLimit;
        if (linear && feasible && observe.Wants("direction")) _limit = LimitDirection.Of(train, _loss, observe.IsLenient, notes);
        else if (!observe.IsLenient && observe.Wants("direction"))
            notes.Add("direction_error is not measured: only a linear network with one output has one direction to compare");
        if (Homogeneity.Of(network).Reason is { } reason) notes.Add($"the network is not exactly homogeneous: {reason}");
        Notes = notes;
    }

    /// <summary>λ of λ‖W‖²; NaN where layers have different ones.</summary>
    public static double DecayOf(DescentExperiment experiment)
    {
        var decay = experiment.Descent.WeightDecay;
        return decay.Count == 0 ? 0 : decay.All(d => d == decay[0]) ? decay[0] : double.NaN;
    }

    /// <summary>Columns and arrays.</summary>
    public MeasureTable Table { get; }

    /// <summary>Why something that was asked for could not be measured, and what to know about what was.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>What curvature takes at an observation; null where nobody asked for it.</summary>
    internal CurvatureForecast? Curvature => Table.Needs(MeasureNeed.Curvature)
        ? CurvatureForecast.Of(Table.Setting, [.. Table.Taken.Select(static t => t.Measure.Name)], _curved.Count)
        : null;

    /// <summary>The examples that curvature is taken on.</summary>
    internal Dataset Curved => _curved;

    /// <summary>Margins of an observation.</summary>
    public int Examples => _train.Count;

    /// <summary>What to remember between observations, of a replica that stands at its start.</summary>
    internal History Start<T>(Replica<T> replica) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var theta = replica.Theta();
        var (rhoK, v, _) = TrainedPoint.Directions(_network, theta, _view.Statistics<T>(theta, replica.State.Statistics, _train));
        return new History(_network, rhoK, v, theta);
    }

    /// <summary>One observation.</summary>
    /// <param name="isDue">Whether measures of a need are taken.</param>
    /// <param name="threads">For those; without influence on the results.</param>
    /// <param name="cancellation">Ends the measuring.</param>
    /// <param name="watch">Told where it stands.</param>
    internal Observation Observe<T>(Training<T> training, Replica<T> replica, History history, Func<MeasureNeed, bool> isDue,
        int threads, CancellationToken cancellation = default, MeasureWatch? watch = null) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (watch is { Forecast: null } && Table.Needs(MeasureNeed.Curvature) && isDue(MeasureNeed.Curvature))
            watch.Forecast = Forecast(replica, threads, cancellation);
        using var features = new FeatureCollector<T>(Table, _train.Count);
        using var testFeatures = _test is null ? null : new FeatureCollector<T>(Table, _test.Count);
        var theta = replica.Theta();
        var statistics = _view.Statistics<T>(theta, replica.State.Statistics, _train, cancellation);
        var input = By(statistics, training, replica, Looking(features, cancellation),
            testFeatures is null ? null : Looking(testFeatures, cancellation)) with
        {
            Limit = _limit,
            History = history,
            Features = FeatureMemo.Of(k => features.Of(k, _train)),
            TestFeatures = FeatureMemo.Of(k => testFeatures?.Of(k, _test!)),
        };
        var (t, tau) = Clocks(training, replica);
        double[] clocks = [replica.State.Step, replica.State.Epoch + (double)replica.State.StepInEpoch / training.StepsPerEpoch, t,
            Math.Log10(t), tau];
        return Table.Read(clocks, input, isDue, (need, through) =>
            _view.Linearize(through, need == MeasureNeed.Curvature ? _curved : _train, theta, statistics, threads, cancellation),
            cancellation, watch, Table.HasBeside
                ? By(_beside.Statistics<T>(theta, replica.State.Statistics, _train), training, replica, Stopping, Stopping) : null);

        void Stopping(int first, GraphPasses<T> passes) => cancellation.ThrowIfCancellationRequested();
    }

    // Outputs, ρ_k and V_k by given statistics of batch normalization.
    private MeasureInput By<T>(double[] statistics, Training<T> training, Replica<T> replica, Action<int, GraphPasses<T>> look,
        Action<int, GraphPasses<T>>? lookAtTest) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var outputs = new double[_train.Count * _network.Outputs];
        var score = training.Evaluate(replica, statistics, _train, outputs, look);
        var point = TrainedPoint.Of(_network, replica.Theta(), statistics, outputs, _train.Y.ToArray(), score.LogLoss, Reduction.Mean);
        return new MeasureInput(Table.Setting, point)
        {
            Test = _test is null ? null : OnTest(training, replica, statistics, point.LogRho, lookAtTest),
            LearningRate = replica.Options.Rule.LearningRate.At(replica.State.Epoch),
        };
    }

    private MeasureForecast Forecast<T>(Replica<T> replica, int threads, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var theta = replica.Theta();
        var some = _curved.Choose(MeasureForecast.Some(Table.Setting, _curved.Count));
        return MeasureForecast.Of(Table.Setting, _curved.Count, () => _view.Linearize(through: false, some, theta,
            _view.Statistics<T>(theta, replica.State.Statistics, _train, cancellation), threads, cancellation));
    }

    // After every block of examples.
    private static Action<int, GraphPasses<T>> Looking<T>(FeatureCollector<T> features, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T> => (first, passes) =>
        {
            cancellation.ThrowIfCancellationRequested();
            features.Look(first, passes);
        };

    private TestResult OnTest<T>(Training<T> training, Replica<T> replica, double[] statistics, double logRho,
        Action<int, GraphPasses<T>>? look) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var test = _test!;
        var outputs = new double[test.Count * _network.Outputs];
        var score = training.Evaluate(replica, statistics, test, outputs, look);
        NormsAndDirections.DivideByRho(outputs, logRho);
        return new TestResult(outputs, test.Y.ToArray(), _network.Outputs, score.LogLoss);
    }

    private void RequireMemory(DescentExperiment experiment, Dataset train, Dataset? test)
    {
        if (!Table.Needs(MeasureNeed.Features)) return;
        var width = Table.Setting.FeatureLayers.Where(k => Linearization.Source(_network, k) != Node.NetworkInput)
            .Sum(k => (long)_network.Nodes[Linearization.Source(_network, k)].Shape.Count);
        var bytes = width * (train.Count + (test?.Count ?? 0)) * (experiment.Precision == Numerics.Precision.Float32 ? 4 : 8);
        if (bytes > LargestFeatures)
            throw new ConfigException($"observe.features: the features of layers {string.Join(", ", Table.Setting.FeatureLayers)} are "
                + $"{width} numbers an example, {bytes / 1e9:0.#} GB in all; at most {LargestFeatures / 1e9:0} GB are kept. Ask for fewer "
                + "layers, or fewer examples");
    }

    // t = Σ η: the time of the flow that the descent steps along. With η/L it is τ = ∫ L dt that grows by η a step.
    private static (double T, double Tau) Clocks<T>(Training<T> training, Replica<T> replica) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var rule = replica.Options.Rule;
        double sum = 0, correction = 0;
        for (var epoch = 0; epoch <= replica.State.Epoch; epoch++)
        {
            var steps = epoch < replica.State.Epoch ? training.StepsPerEpoch : replica.State.StepInEpoch;
            var term = rule.LearningRate.At(epoch) * steps - correction;
            var next = sum + term;
            correction = next - sum - term;
            sum = next;
        }
        return rule.Scale switch
        {
            StepScale.Plain => (sum, double.NaN),
            StepScale.LossBased => (double.NaN, sum),
            StepScale.WholeLoss => (double.NaN, replica.State.Tau),
            _ => (double.NaN, double.NaN),
        };
    }
}
