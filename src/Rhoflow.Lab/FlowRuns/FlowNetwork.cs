using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>The network that a flow ended with: the last row of arrays/W.npy.</summary>
internal static class FlowNetwork
{
    /// <exception cref="DataException">The run kept no weights, or they do not fit.</exception>
    public static TrainedNetwork Of(RunFolder folder, FlowExperiment e, PreparedData data)
    {
        var file = folder.File(Path.Combine("arrays", "W.npy"));
        var rows = File.Exists(file) ? Read(file) : [];
        if (rows.Length == 0) throw new DataException($"{folder.Path}: the run kept no weights; run it again with observe.weights: true");
        var run = PreparedFlow.From(e, data);
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

    private static double[][] Read(string file)
    {
        try
        {
            return Npy.Read(file);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{file}: the weights cannot be read: {e.Message}", e);
        }
    }
}
