using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Weights;
using Rhoflow.Measures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>A folder of checkpoints made ready to be measured: data loaded, network built, measures chosen.</summary>
internal sealed class PreparedWatch : PreparedRun
{
    // Entries of the data up to which the limit's direction is solved for unless it is asked for by name: seconds, not minutes.
    private const long LargestLimit = 1_000_000;

    private readonly PreparedData _data;
    private readonly List<string> _notes;

    private PreparedWatch(WatchExperiment experiment, PreparedData data, Network network) : base(experiment)
    {
        (Experiment, Network, _data) = (experiment, network, data);
        var observe = experiment.Observe;
        Table = new MeasureTable(observe, new MeasureSetting(network, experiment.Loss.Loss, data.Train, data.Test)
        {
            IsSingle = experiment.Precision == Precision.Float32,
            FeatureLayers = observe.Detail.FeatureLayers(network.Depth),
            TailReplicates = observe.Detail.TailReplicates,
        });
        _notes = [.. Table.Notes];
        if (Table.Needs(MeasureNeed.Curvature) && observe.Detail.CurvatureExamples < data.Train.Count)
            _notes.Add($"curvature is that of the loss on the first {observe.Detail.CurvatureExamples} of {data.Train.Count} training "
                + "examples (observe.curvature-examples)");
        if (Homogeneity.Of(network).Reason is { } reason) _notes.Add($"the network is not exactly homogeneous: {reason}");
        var feasible = !observe.IsLenient || (long)data.Train.Count * data.Train.Inputs <= LargestLimit;
        if (network is { IsChain: true, IsLinear: true, Outputs: 1 } && feasible && observe.Wants("direction"))
            Limit = LimitDirection.Of(data.Train, experiment.Loss.Loss, observe.IsLenient, _notes);
        if (experiment.Watch.Start is not { } start) return;
        var first = Read(start, out _);
        var theta = first.Theta.ToArray();
        var (rhoK, v, _) = TrainedPoint.Directions(network, theta, first.Statistics.Span);
        Start = new History(network, rhoK, v, theta) { IsOfStart = true };
    }

    /// <inheritdoc/>
    public override WatchExperiment Experiment { get; }

    /// <summary>What every checkpoint holds the weights of.</summary>
    public Network Network { get; }

    /// <summary>What is measured of each.</summary>
    public MeasureTable Table { get; }

    /// <summary>The direction that theory predicts, of a linear network with one output; null: none.</summary>
    public double[]? Limit { get; }

    /// <summary>The network before the first step; null: nobody said which that is.</summary>
    public History? Start { get; }

    /// <inheritdoc/>
    public override int Unknowns => Network.ParameterCount;

    /// <inheritdoc/>
    public override int? Examples => _data.Train.Count;

    /// <summary>As many as appear.</summary>
    public override int Observations => 0;

    /// <inheritdoc/>
    public override FittedPreparation? Fitted => _data.Fitted;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNotes => _data.AllNotes;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => [.. DataNotes, .. _notes];

    /// <summary>Nobody knows how many checkpoints will come.</summary>
    public override double ForecastSeconds() => double.NaN;

    /// <exception cref="ConfigException">The folder is not there, or layers do not chain.</exception>
    /// <exception cref="DataException">Data that cannot be used, or do not fit the network and loss.</exception>
    public static PreparedWatch From(WatchExperiment e, DataFolders folders)
    {
        if (!Directory.Exists(e.Watch.Folder))
            throw new ConfigException($"watch: there is no folder '{e.Watch.Folder}'; make it first where training has not begun");
        var (data, network) = Made(e, Preparation.Load(e.Data!, e.Precision, folders));
        return new PreparedWatch(e, data, network);
    }

    /// <summary>The network of a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notes">Which array became what.</param>
    /// <exception cref="DataException">The file cannot be read, or does not fit the network.</exception>
    public TrainedNetwork Read(string path, out IReadOnlyList<string> notes) => Read(Experiment, _data, Network, path, out notes);

    /// <summary>The same with data of another preparation.</summary>
    public static TrainedNetwork Read(WatchExperiment e, PreparedData prepared, string path)
    {
        var (data, network) = Made(e, prepared);
        return Read(e, data, network, path, out _);
    }

    /// <summary>The files that observations go to, after so many rows.</summary>
    public ObservationWriter Writer(RunFolder folder, int keepRows) =>
        new(folder, Table, _data.Train.Count, Experiment.Observe.Weights ? Network : null, keepRows);

    private static (PreparedData Data, Network Network) Made(WatchExperiment e, PreparedData data)
    {
        Network network;
        try
        {
            network = e.Network!.Build(data.Fitted.Input);
        }
        catch (GraphDataException refused)
        {
            throw new DataException($"{refused.Message}. What is watched are networks that are computed here; `rhoflow inspect "
                + $"{Path.GetFileName(e.Watch.Folder)}/*.onnx` takes graphs that ONNX Runtime computes, as a trajectory", refused);
        }
        data = data.For(e, network.Outputs);
        PreparedDescent.Require(data.Train, network, e);
        if (data.Test is { } test) PreparedDescent.Require(test, network, e);
        return (data, network);
    }

    private static TrainedNetwork Read(WatchExperiment e, PreparedData data, Network network, string path,
        out IReadOnlyList<string> notes)
    {
        LoadedWeights loaded;
        try
        {
            loaded = WeightReader.Read(e.Watch.Arrays with
            {
                File = path,
                Given = Path.GetFileName(path),
                HasConstantInput = e.Data!.Transforms is [.., "constant-input"],
            }, network);
        }
        catch (Exception why) when (why is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: {why.Message}", why);
        }
        var limit = e.Precision == Precision.Float32 ? float.MaxValue : double.MaxValue;
        if (Array.FindIndex(loaded.Theta, w => !(Math.Abs(w) <= limit)) is >= 0 and var i)
            throw new DataException($"{path}: weight {i + 1} is {loaded.Theta[i]}: training has diverged");
        notes = loaded.Notes;
        return new TrainedNetwork
        {
            Source = path,
            Network = network,
            Theta = loaded.Theta,
            Statistics = loaded.Statistics is { Length: > 0 } s ? s : network.StartStatistics(),
            Loss = e.Loss.Loss,
            Reduction = e.Loss.Reduction,
            Precision = e.Precision,
            Train = data.Train,
            Test = data.Test,
            BatchNorm = e.Observe.Detail.BatchNorm,
            Notes = notes,
        };
    }
}
