using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Weights;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>The network that a descent stands at: weights, γ, β and running statistics of its checkpoint.</summary>
internal static class DescentNetwork
{
    /// <exception cref="DataException">There is no checkpoint, it does not fit the network, or the loss cannot take the labels.</exception>
    public static TrainedNetwork Of(RunFolder folder, DescentExperiment e, PreparedData data)
    {
        var checkpoint = DescentCheckpoint.Read(folder)
            ?? throw new DataException($"{folder.Path}: there is no {DescentCheckpoint.Name}; the weights of a descent stand there");
        var network = e.Network!.Build(data.Fitted.Input);
        data = data.For(e, network.Outputs);
        PreparedDescent.Require(data.Train, network, e);
        if (data.Test is { } test) PreparedDescent.Require(test, network, e);
        var weights = WeightReader.Read(new WeightChoice(folder.File(DescentCheckpoint.Name)), network);
        return new TrainedNetwork
        {
            Source = folder.Path,
            Network = network,
            Theta = weights.Theta,
            Statistics = weights.Statistics,
            Loss = e.Loss.Loss,
            Precision = e.Precision,
            Train = data.Train,
            Test = data.Test,
            BatchNorm = e.Observe.Detail.BatchNorm,
            Batch = e.Descent.Batch,
            WeightDecay = DescentColumns.DecayOf(e),
            LearningRate = DescentSetUp.Options(e.Descent).Rule.LearningRate.At((int)checkpoint.Moment.Epoch),
        };
    }
}
