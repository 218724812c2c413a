using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Networks;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>
/// The weights with the lowest training loss that was observed. Part of every checkpoint; written as best.safetensors where a descent
/// diverges, or ends with a loss far above it.
/// </summary>
internal sealed class BestState<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "best.safetensors";

    private const string LossKey = "best.log-loss", EpochKey = "best.epoch", StepKey = "best.step";
    private const string WeightsKey = "best.weights", StatisticsKey = "best.statistics";

    // Ten times the best loss, where a descent with minibatches seldom ends without having blown up.
    private static readonly double Far = Math.Log(10);

    private readonly T[] _weights;
    private readonly double[] _statistics;

    private BestState(double logLoss, double epoch, double step, T[] weights, double[] statistics) =>
        (LogLoss, Epoch, Step, _weights, _statistics) = (logLoss, epoch, step, weights, statistics);

    /// <summary>log L over the training set.</summary>
    public double LogLoss { get; }

    /// <summary>Epochs done, with the fraction of the one that had begun.</summary>
    public double Epoch { get; }

    /// <summary>Steps taken.</summary>
    public double Step { get; }

    /// <summary>For a checkpoint.</summary>
    public IEnumerable<KeyValuePair<string, double>> Scalars => [new(LossKey, LogLoss), new(EpochKey, Epoch), new(StepKey, Step)];

    /// <summary>For a checkpoint.</summary>
    public IEnumerable<StateArray> Arrays => _statistics.Length == 0 ? [new(WeightsKey, _weights)]
        : [new(WeightsKey, _weights), new(StatisticsKey, _statistics)];

    /// <summary>The better of what was best so far and what has just been observed.</summary>
    public static BestState<T>? Of(BestState<T>? before, Replica<T> replica, double logLoss, double epoch) =>
        logLoss < (before?.LogLoss ?? double.PositiveInfinity)
            ? new BestState<T>(logLoss, epoch, replica.State.Step, replica.Weights.ToArray(), replica.State.Statistics.ToArray()) : before;

    /// <summary>What a checkpoint says; null where it says nothing.</summary>
    public static BestState<T>? Of(DescentCheckpoint checkpoint) =>
        checkpoint.Scalars.TryGetValue(LossKey, out var loss) && checkpoint.Arrays.TryGetValue(WeightsKey, out var w) && w is T[] weights
            ? new BestState<T>(loss, checkpoint.Scalars[EpochKey], checkpoint.Scalars[StepKey], weights,
                checkpoint.Arrays.TryGetValue(StatisticsKey, out var s) ? (double[])s : [])
            : null;

    /// <summary>Whether a descent that ended with this loss should have its best weights kept.</summary>
    public bool IsFarBelow(double logLoss) => !(logLoss <= LogLoss + Far);

    /// <summary>Writes best.safetensors.</summary>
    public void Write(RunFolder folder, Network network)
    {
        var file = new Safetensors();
        file.Metadata["run"] = folder.Id;
        file.Metadata["network"] = ArraySeal.Plain(network.ToString());
        file.Metadata["epoch"] = Epoch.ToString("R", CultureInfo.InvariantCulture);
        file.Metadata["step"] = Step.ToString("R", CultureInfo.InvariantCulture);
        file.Metadata["log10-loss"] = (LogLoss / Math.Log(10)).ToString("R", CultureInfo.InvariantCulture);
        DescentCheckpoint.AddWeights<T>(file, network, _weights);
        // γ and β stand after the weights of the layers.
        if (_weights.Length > network.Layers.Sum(static l => l.Count)) file.Add<T>("theta", _weights);
        if (_statistics.Length > 0) file.Add<double>("statistics", _statistics);
        ArraySeal.Put(file);
        AtomicFile.Write(folder.File(Name), file.Write);
    }

    /// <summary>For summary.json.</summary>
    public JsonObject ToJson() => new()
    {
        ["epoch"] = Epoch,
        ["step"] = Step,
        ["log10_loss"] = RunDocument.Number(LogLoss / Math.Log(10)),
        ["weights"] = Name,
    };
}
