using System.Buffers;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Measures;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// Keeps what enters layers while a data set is evaluated, so that features cost no pass of their own. The memory is lent: fresh memory for
/// every observation takes as long as a good part of the pass. What was read from here is not to be looked at after <see cref="Dispose"/>.
/// </summary>
internal sealed class FeatureCollector<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly List<(int K, int Node, int Width, T[] Values)> _kept = [];
    private readonly int _examples;

    /// <param name="table">Says of which layers, if any.</param>
    /// <param name="examples">N.</param>
    public FeatureCollector(MeasureTable table, int examples)
    {
        _examples = examples;
        if (!table.Needs(MeasureNeed.Features)) return;
        var network = table.Setting.Network;
        foreach (var k in table.Setting.FeatureLayers)
        {
            var node = Linearization.Source(network, k);
            var width = node == Node.NetworkInput ? network.Inputs : network.Nodes[node].Shape.Count;
            _kept.Add((k, node, width, node == Node.NetworkInput ? [] : ArrayPool<T>.Shared.Rent(checked(examples * width))));
        }
    }

    /// <summary>Takes the features of a block.</summary>
    /// <param name="first">Its first example.</param>
    public void Look(int first, GraphPasses<T> propagation)
    {
        foreach (var (_, node, width, values) in _kept)
            if (node != Node.NetworkInput) propagation.Output(node).CopyTo(values.AsSpan(first * width));
    }

    /// <summary>What enters W_k; null where it was not kept.</summary>
    /// <param name="data">What was evaluated.</param>
    public FeatureMatrix? Of(int k, Dataset data)
    {
        foreach (var (layer, node, width, values) in _kept)
            if (layer == k)
                return node == Node.NetworkInput ? FeatureMatrix.Of(data.XAs<T>().ToArray(), width)
                    : FeatureMatrix.Of(values, width, _examples);
        return null;
    }

    public void Dispose()
    {
        foreach (var (_, node, _, values) in _kept)
            if (node != Node.NetworkInput) ArrayPool<T>.Shared.Return(values);
        _kept.Clear();
    }
}
