using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Inspection;

/// <summary>A network with its weights, the loss that it was trained on, and data to look at it with.</summary>
public sealed record TrainedNetwork
{
    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Its layers.</summary>
    public required Network Network { get; init; }

    /// <summary>θ, P numbers.</summary>
    public required ReadOnlyMemory<double> Theta { get; init; }

    /// <summary>Running means and variances; empty without batch normalization.</summary>
    public ReadOnlyMemory<double> Statistics { get; init; }

    /// <summary>ℓ.</summary>
    public required Loss Loss { get; init; }

    /// <summary>Whether L is Σ_n ℓ_n or its mean.</summary>
    public Reduction Reduction { get; init; } = Reduction.Mean;

    /// <summary>The numbers that its outputs are computed in, as in training.</summary>
    public required Precision Precision { get; init; }

    /// <summary>The training examples.</summary>
    public required Dataset Train { get; init; }

    /// <summary>The test examples; null where there are none.</summary>
    public Dataset? Test { get; init; }

    /// <summary>By which statistics of batch normalization it is looked at; null: see <see cref="DetailConfig.BatchNorm"/>.</summary>
    public BatchNormBy? BatchNorm { get; init; }

    /// <summary>Examples of a minibatch in training; 0: all.</summary>
    public int Batch { get; init; }

    /// <summary>λ of λ‖W‖².</summary>
    public double WeightDecay { get; init; }

    /// <summary>η at the end; NaN for flows.</summary>
    public double LearningRate { get; init; } = double.NaN;

    /// <summary>The network that a run ended with (or stands at).</summary>
    /// <param name="folder">The run.</param>
    /// <param name="data">A set or path instead of the run's own data, with the same classes and transforms; null: the run's own.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="DataException">Its weights are not there, or do not fit.</exception>
    /// <exception cref="ConfigException">Its config cannot be read.</exception>
    public static TrainedNetwork OfRun(RunFolder folder, string? data, DataFolders? folders = null)
    {
        var experiment = Experiment.Load(folder.File("config.yaml"), []);
        if (experiment.Data is null || experiment.Network is null)
            throw new DataException($"{folder.Path}: the run follows scalar equations and has no network to look at");
        if (data is not null) experiment = experiment with { Data = Elsewhere(experiment.Data, data) };
        return experiment switch
        {
            FlowExperiment flow => OfFlow(folder, flow, folders),
            DescentExperiment { Precision: Precision.Float32 } descent => OfDescent<float>(folder, descent, folders),
            DescentExperiment descent => OfDescent<double>(folder, descent, folders),
            _ => throw new DataException($"{folder.Path}: runs of the kind '{experiment.Kind}' keep no network that can be looked at"),
        };
    }

    private static TrainedNetwork OfDescent<T>(RunFolder folder, DescentExperiment e, DataFolders? folders) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T>
    {
        var checkpoint = DescentCheckpoint.Read(folder)
            ?? throw new DataException($"{folder.Path}: there is no {DescentCheckpoint.Name}; the weights of a descent stand there");
        var run = PreparedDescent.From(e, folders);
        // A replica alone: it is not to be trained, and needs no room for minibatches.
        var replica = new Replica<T>(0, new DataRisk<T>(run.Network, e.Loss.Loss, run.Data.Train), new ReplicaStart(run.Theta, run.Options),
            capacity: 1, severalBlocks: false, threads: 1);
        try
        {
            replica.Restore(checkpoint.Arrays, checkpoint.Scalars);
        }
        catch (ArgumentException error)
        {
            throw new DataException($"{folder.File(DescentCheckpoint.Name)}: {error.Message}", error);
        }
        return new TrainedNetwork
        {
            Source = folder.Path,
            Network = run.Network,
            Theta = replica.Theta(),
            Statistics = replica.State.Statistics.ToArray(),
            Loss = e.Loss.Loss,
            Precision = e.Precision,
            Train = run.Data.Train,
            Test = run.Data.Test,
            BatchNorm = e.Observe.Detail.BatchNorm,
            Batch = e.Descent.Batch,
            WeightDecay = run.Columns.Table.Setting.WeightDecay,
            LearningRate = run.Options.Rule.LearningRate.At(replica.State.Epoch),
        };
    }

    private static TrainedNetwork OfFlow(RunFolder folder, FlowExperiment e, DataFolders? folders)
    {
        var file = folder.File(Path.Combine("arrays", "W.npy"));
        var rows = File.Exists(file) ? Npy.Read(file) : [];
        if (rows.Length == 0) throw new DataException($"{folder.Path}: the run kept no weights; run it again with observe.weights: true");
        var run = PreparedFlow.From(e, folders);
        if (rows[^1].Length != run.Flow.Network.ParameterCount)
            throw new DataException($"{file}: {rows[^1].Length} weights for a network of {run.Flow.Network.ParameterCount}");
        return new TrainedNetwork
        {
            Source = folder.Path,
            Network = run.Flow.Network,
            Theta = rows[^1],
            Loss = e.Loss.Loss,
            Reduction = e.Loss.Reduction,
            Precision = Precision.Float64,
            Train = run.Train!,
            Test = run.Test,
            WeightDecay = run.Columns.Table.Setting.WeightDecay,
        };
    }

    private static DataConfig Elsewhere(DataConfig own, string data) => DataConfig.Sets.Contains(data)
        ? own with { Inputs = null, Labels = null, Set = data, Path = null, Train = null, Test = null }
        : File.Exists(data) || Directory.Exists(data)
            ? own with { Inputs = null, Labels = null, Set = null, Drawn = null, Path = Path.GetFullPath(data), Train = null, Test = 0 }
            : throw new ConfigException(
            $"--data {data}: there is no such file or folder, and no set of that name{Nearest.Hint(data, DataConfig.Sets, "sets")}");
}
