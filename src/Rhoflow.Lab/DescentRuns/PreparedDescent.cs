using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>
/// A descent made ready: data loaded, network built, starting weights drawn. Whatever is wrong with the experiment is found here,
/// before a folder exists.
/// </summary>
public sealed class PreparedDescent : PreparedRun
{
    private readonly InitialWeights _start;

    private PreparedDescent(DescentExperiment experiment, PreparedData data, Network network, InitialWeights start, DescentOptions options)
        : base(experiment)
    {
        (Experiment, Data, Network, _start, Options) = (experiment, data, network, start, options);
        Columns = new DescentColumns(experiment, network, data.Train, data.Test);
    }

    /// <inheritdoc/>
    public override DescentExperiment Experiment { get; }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The starting weights θ, P numbers.</summary>
    public ReadOnlySpan<double> InitialWeights => Theta;

    internal double[] Theta => _start.Theta;

    /// <summary>Where its replica starts.</summary>
    internal ReplicaStart Start => new(Theta, Options) { Statistics = _start.Statistics };

    /// <summary>The step rule with all its settings.</summary>
    public DescentOptions Options { get; }

    /// <summary>What is written of every observation.</summary>
    internal DescentColumns Columns { get; }

    /// <inheritdoc/>
    public override int Unknowns => Network.ParameterCount;

    /// <inheritdoc/>
    public override int? Examples => Columns.Examples;

    /// <inheritdoc/>
    public override int Observations => Experiment.Observe.Epochs!.Count;

    /// <inheritdoc/>
    public override FittedPreparation? Fitted => Data.Fitted;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNotes => [.. Data.AllNotes, .. _start.Notes];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => [.. DataNotes, .. Columns.Notes];

    internal PreparedData Data { get; }

    /// <summary>Makes a descent ready.</summary>
    /// <param name="e">How to train.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="ConfigException">
    /// Layers that do not chain, weights that do not fit, settings that contradict each other.
    /// </exception>
    /// <exception cref="DataException">Data that cannot be used, or do not fit the network and loss.</exception>
    public static PreparedDescent From(DescentExperiment e, DataFolders? folders = null) => From(e, Preparation.Load(e, folders));

    /// <summary>All of a group: the data are loaded once.</summary>
    /// <param name="group">Descents over the same data.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="ConfigException">One of them is wrong.</exception>
    /// <exception cref="DataException">The data are.</exception>
    public static IReadOnlyList<PreparedDescent> From(IReadOnlyList<DescentExperiment> group, DataFolders? folders = null)
    {
        var data = Preparation.Load(group[0], folders);
        return [.. group.Select(e => From(e, data))];
    }

    /// <inheritdoc/>
    public override double ForecastSeconds() => DescentForecast.Seconds(this);

    /// <summary>The files that its observations go to, after so many rows.</summary>
    internal ObservationWriter Writer(RunFolder folder, int keepRows) =>
        new(folder, Columns.Table, Columns.Examples, Experiment.Observe.Weights ? Network : null, keepRows);

    private static PreparedDescent From(DescentExperiment e, PreparedData data)
    {
        var descent = e.Descent;
        var network = e.Network!.Build(data.Train.Shape ?? TensorShape.Vector(data.Train.Inputs));
        if (e.Loss.Reduction != Reduction.Mean)
            throw descent.Place.Error("descents go down the mean over a minibatch; loss.reduction: sum has a meaning for flows only "
                + "(multiply the learning rate instead)");
        data = data.For(e, network.Outputs);
        Require(data.Train, network, e);
        if (data.Test is { } test) Require(test, network, e);
        var count = data.Train.Count;
        if (descent.Batch > count)
            throw new DataException($"descent.batch is {descent.Batch}, but data '{data.Train.Name}' has {count} training examples; a "
                + "minibatch has at most as many");
        var options = DescentSetUp.Options(descent);
        try
        {
            options.Check(network, e.Loss.Loss);
        }
        catch (ArgumentException why)
        {
            var decays = descent.WeightDecay.Count;
            throw (decays == 1 || decays == network.Depth ? descent.Place : descent.Place.At("weight-decay")).Error(why.Message);
        }
        RequireBatches(network, count, e);
        if (options.Stop.Patience is not null && data.Test is null)
            throw descent.Place.Error("stop.patience watches the loss on test data, and there are none; give data.test");
        var start = e.Init!.Start(network, e.Seed, e.Data);
        var theta = start.Theta;
        if (!Array.TrueForAll(theta, static w => float.IsFinite((float)w)))
            throw e.Init.Place?.Error("the initial weights leave the range of a float32 number; choose a smaller scale")
                ?? new ConfigException("the initial weights are not finite");
        RequireDirections(network, theta, e);
        return new PreparedDescent(e, data, network, start, options);
    }

    /// <summary>The same checks as training itself makes, before anything is written.</summary>
    /// <exception cref="DataException">Labels that the loss or the network's outputs do not fit.</exception>
    internal static void Require(Dataset data, Network network, Experiment e)
    {
        if (e.Loss.Loss.Refuse(data.Y, network.Outputs) is not { } why) return;
        throw new DataException($"data '{data.Name}': {why}.{LabelCoding.Remedy(data, e.Loss.Loss, network.Outputs)}"
            .Replace("..", ".", StringComparison.Ordinal));
    }

    // What training itself would refuse at its first bad minibatch, or for want of memory.
    private static void RequireBatches(Network network, int count, DescentExperiment e)
    {
        if (network.StatisticsCount == 0) return;
        var descent = e.Descent;
        var size = descent.Batch == 0 ? count : descent.Batch;
        var why = BatchStatistics.WhyNot(network, count, descent.Batch, descent.DropLast)
            ?? (e.Precision == Precision.Float32 ? BatchStatistics.WhyTooLarge<float>(network, size)
                : BatchStatistics.WhyTooLarge<double>(network, size));
        if (why is not null) throw descent.Place.Error(why);
    }

    private static void RequireDirections(Network network, double[] theta, DescentExperiment e)
    {
        if (!e.Descent.Normalization.KeepsNormsApart) return;
        for (var k = 0; k < network.Depth; k++)
            if (Numerics.Vectors.Norm(network.Layers[k].Of(theta)) == 0)
                throw (e.Init!.Place ?? e.Descent.Place).Error($"layer {k + 1} starts at zero, but normalization: "
                    + $"{e.Descent.Normalization} needs a direction V_{k + 1} = W_{k + 1}/‖W_{k + 1}‖; give it a nonzero start");
    }
}
