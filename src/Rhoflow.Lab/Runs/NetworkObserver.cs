using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// Looks at one trained network, which nothing trains here: its outputs on the training and test examples in the precision it was trained
/// in, its features from the same passes, and derivatives where a measure needs them. What is found depends on the network and the data
/// alone, on nothing that was looked at before.
/// </summary>
internal sealed class NetworkObserver<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TrainedNetwork _n;
    private readonly MeasureSetting _setting;
    private readonly BatchNormView _view;
    private readonly double[] _theta, _statistics;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;

    /// <param name="network">What is looked at.</param>
    /// <param name="setting">Of the same network and data.</param>
    /// <param name="curvatureExamples">Curvature is that of the loss on the first so many training examples.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="cancellation">Looked at by every pass.</param>
    public NetworkObserver(TrainedNetwork network, MeasureSetting setting, int curvatureExamples, int threads,
        CancellationToken cancellation)
    {
        (_n, _setting, _threads, _cancellation) = (network, setting, threads, cancellation);
        _view = new BatchNormView(network.Network, network.Loss, network.Reduction, network.BatchNorm, network.Batch);
        _theta = network.Theta.ToArray();
        _statistics = _view.Statistics<T>(_theta, network.Statistics.Span, network.Train, cancellation);
        Curved = CurvedOf(network.Train, curvatureExamples);
    }

    /// <summary>The examples that curvature is taken on.</summary>
    public Dataset Curved { get; }

    /// <summary>The direction that theory predicts, of a linear network with one output; null: none.</summary>
    public double[]? Limit { get; init; }

    /// <summary>The network before its first step, of which nothing since is known; null: not known either.</summary>
    public History? Start { get; init; }

    /// <summary>Statistics of batch normalization by which outputs are measured beside; null: none.</summary>
    public BatchNormBy? Beside { get; init; }

    /// <summary>The first so many examples.</summary>
    public static Dataset CurvedOf(Dataset train, int examples) =>
        train.Count <= examples ? train : train.Choose([.. Enumerable.Range(0, examples)]);

    /// <summary>How long the outputs and the measures of a table will take, from some passes that are timed now.</summary>
    public MeasureForecast Forecast(MeasureTable table) => MeasureForecast.Of(_setting, Curved.Count, () => _view.Linearize(through: false,
        Curved.Choose(MeasureForecast.Some(_setting, Curved.Count)), _theta, _statistics, _threads, _cancellation),
        [.. table.Taken.Select(static t => t.Measure)], SecondsOfOutputs);

    /// <summary>How outputs are computed, and by which statistics of batch normalization is measured, where that has to be said.</summary>
    public IEnumerable<string> Notes(MeasureTable table)
    {
        var notes = _view.Notes(_n.Train, [.. table.Taken.Where(static t => t.Measure.GoesThroughStatistics)
            .Select(t => t.Measure.Need == MeasureNeed.Curvature ? Curved : _n.Train).Distinct()]);
        return DataPass<T>.Note(_n.Network) is { } note ? notes.Prepend(note) : notes;
    }

    /// <summary>One observation: every measure of the table, whatever it needs.</summary>
    /// <param name="table">Of the same setting.</param>
    /// <param name="clocks">step, epoch, t, log10_t, tau.</param>
    /// <param name="watch">Told where it stands.</param>
    /// <param name="input">What measures were given; its derivatives and features are gone.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Observation Observe(MeasureTable table, ReadOnlySpan<double> clocks, MeasureWatch? watch, out MeasureInput input)
    {
        using var train = Outputs(_n.Train, _statistics, table);
        using var test = _n.Test is { } examples ? Outputs(examples, _statistics, table) : null;
        input = Input(train, test, _statistics) with
        {
            Features = FeatureMemo.Of(train.Features),
            TestFeatures = FeatureMemo.Of(k => test?.Features(k)),
            Limit = Limit,
            History = Start,
            LearningRate = _n.LearningRate,
            Risk = _n.Network is { IsChain: true, Outputs: 1 } ? new EmpiricalRisk(_n.Network, _n.Loss, _n.Train, _n.Reduction) : null,
        };
        return table.Read(clocks, input, isDue: static _ => true, (need, through) => _view.Linearize(through,
            need == MeasureNeed.Curvature ? Curved : _n.Train, _theta, _statistics, _threads, _cancellation), _cancellation, watch,
            table.HasBeside && Beside is { } by ? ByOthers(by) : null);
    }

    private MeasureInput ByOthers(BatchNormBy by)
    {
        var statistics = (_view with { Asked = by }).Statistics<T>(_theta, _n.Statistics.Span, _n.Train, _cancellation);
        using var train = Outputs(_n.Train, statistics, features: null);
        using var test = _n.Test is { } examples ? Outputs(examples, statistics, features: null) : null;
        return Input(train, test, statistics);
    }

    private double SecondsOfOutputs()
    {
        var some = _n.Train.Choose(MeasureForecast.SomeOutputs(_setting, _n.Train.Count));
        return MeasureForecast.Time(() => Outputs(some, _statistics, features: null).Dispose()) / some.Count;
    }

    private DataPass<T> Outputs(Dataset data, double[] statistics, MeasureTable? features) =>
        new(_n.Network, _n.Loss, data, _n.Reduction, _theta, statistics, features, _threads, _cancellation);

    private MeasureInput Input(DataPass<T> train, DataPass<T>? test, double[] statistics)
    {
        var point = TrainedPoint.Of(_n.Network, _theta, statistics, train.Outputs, _n.Train.Y.ToArray(), train.LogLoss, _n.Reduction);
        return new MeasureInput(_setting, point) { Test = test is null ? null : OnTest(test, point.LogRho) };
    }

    private TestResult OnTest(DataPass<T> test, double logRho)
    {
        NormsAndDirections.DivideByRho(test.Outputs, logRho);
        return new TestResult(test.Outputs, _n.Test!.Y.ToArray(), _n.Network.Outputs, test.LogLoss);
    }
}
