using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// One forward pass of a network over a data set, a few examples at a time: its outputs, its loss, and what enters the layers that measures
/// look at. Nothing else is kept: a set of any size takes the memory of a few examples beside what it gives. The bits do not depend on how
/// many examples go together, nor on the threads.
/// </summary>
internal sealed class DataPass<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    // Of the activations of examples that are propagated together: what one node writes should be in a cache when the next one reads it,
    // and every block packs the weights again.
    private const long Part = 1L << 28;
    private const int SmallestBlock = 8, LargestBlock = 1024;

    private readonly Dataset _data;
    private readonly FeatureCollector<T>? _features;

    /// <param name="network">The network.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">The examples.</param>
    /// <param name="reduction">Whether L is a mean or a sum.</param>
    /// <param name="theta">θ; narrowed to <typeparamref name="T"/>.</param>
    /// <param name="statistics">Running means and variances; empty without batch normalization.</param>
    /// <param name="table">Says of which layers features are kept; null: of none.</param>
    /// <param name="threads">Who works.</param>
    /// <param name="cancellation">Looked at before every block and within it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="DataException">Data that do not fit network and loss.</exception>
    public DataPass(Network network, Loss loss, Dataset data, Reduction reduction, ReadOnlySpan<double> theta,
        ReadOnlySpan<double> statistics, MeasureTable? table, int threads, CancellationToken cancellation)
    {
        _ = new DataRisk<T>(network, loss, data);
        _data = data;
        _features = table is null ? null : new FeatureCollector<T>(table, data.Count);
        using var team = new Team(threads) { Cancellation = cancellation };
        var narrow = new T[theta.Length];
        for (var i = 0; i < narrow.Length; i++) narrow[i] = T.CreateTruncating(theta[i]);
        double[] running = [.. statistics];
        var block = Math.Min(BlockOf(network), data.Count);
        var batch = new Minibatch<T>(network.Input, block, shared: false, team);
        var passes = new GraphPasses<T>(network, block, team, movesInput: false, evaluatesOnly: true);
        Outputs = new double[data.Count * network.Outputs];
        for (var first = 0; first < data.Count; first += block)
        {
            cancellation.Look();
            batch.GatherRange(data.XAs<T>(), [], first, Math.Min(block, data.Count - first));
            passes.Forward(narrow, batch, NormalizeBy.Running, running, sameTheta: first > 0);
            var outputs = passes.Outputs;
            for (var i = 0; i < outputs.Length; i++) Outputs[first * network.Outputs + i] = double.CreateTruncating(outputs[i]);
            _features?.Look(first, passes);
        }
        var log = loss.Evaluate(Outputs, data.Y, network.Outputs, new double[Outputs.Length]).LogLoss;
        LogLoss = reduction == Reduction.Mean ? log - Math.Log(data.Count) : log;
    }

    /// <summary>How outputs are computed, where they differ from training's in the last digits; null: they do not.</summary>
    public static string? Note(Network network) => network.Layers.Any(ConvolutionNode.IsFiltered<T>)
        ? "outputs are computed in float32, 3 × 3 convolutions of stride 1 by Winograd's filtering: within about 1e-6 of their size" : null;

    /// <summary>f(x_n), N × C.</summary>
    public double[] Outputs { get; }

    /// <summary>log L.</summary>
    public double LogLoss { get; }

    /// <summary>What enters W_k, N × p; null where it was not kept. Of no use after <see cref="Dispose"/>.</summary>
    public FeatureMatrix? Features(int k) => _features?.Of(k, _data);

    /// <summary>Gives the memory of the features back.</summary>
    public void Dispose() => _features?.Dispose();

    private static unsafe int BlockOf(Network network) => (int)Math.Clamp(
        Part / (sizeof(T) * (network.Inputs + network.Nodes.Sum(static n => (long)n.Shape.Count))), SmallestBlock, LargestBlock);
}
