using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models;

/// <summary>
/// Vectors of a network that were images hold their numbers in the order row, column, channel; the same vectors of PyTorch and ONNX in the
/// order channel, row, column. Which vectors these are, and of which images.
/// </summary>
internal sealed class VectorOrder
{
    private readonly Network _network;
    private readonly IReadOnlyList<TensorShape>?[] _images;

    /// <param name="network">Whose vectors.</param>
    public VectorOrder(Network network)
    {
        _network = network;
        _images = new IReadOnlyList<TensorShape>?[network.Nodes.Count];
        for (var i = 0; i < _images.Length; i++) _images[i] = OfNode(i);
    }

    /// <summary>Nodes (from 0) that add vectors whose numbers come in different orders there.</summary>
    public List<int> Mixed { get; } = [];

    /// <summary>
    /// Where PyTorch has the numbers of what a node gives, read as one vector: entry i here is entry [i] there; null: at the same place.
    /// </summary>
    /// <param name="node">From 0; −1: the input.</param>
    public int[]? Of(int node)
    {
        var shape = _network.ShapeOf(node);
        IReadOnlyList<TensorShape>? images = !shape.IsVector ? [shape] : node < 0 ? null : _images[node];
        if (images is null || images.All(static s => s.Channels == 1 || s.Positions == 1)) return null;
        var (order, begin) = (new int[shape.Count], 0);
        foreach (var image in images)
        {
            for (var i = 0; i < image.Count; i++)
            {
                var (position, channel) = Math.DivRem(i, image.Channels);
                order[begin + i] = begin + channel * image.Positions + position;
            }
            begin += image.Count;
        }
        return order;
    }

    /// <summary>The same of the vector that a node gives; null of an image, whose channels come as they are.</summary>
    public int[]? OfVector(int node) => _network.ShapeOf(node).IsVector ? Of(node) : null;

    /// <summary>Numbers in the order of PyTorch in the order that they have here.</summary>
    /// <param name="numbers">As PyTorch has them.</param>
    /// <param name="order">What <see cref="Of"/> says; null: the same.</param>
    public static double[] Ours(double[] numbers, int[]? order) => order?.Length != numbers.Length ? numbers
        : Array.ConvertAll(order, i => numbers[i]);

    // Layers of weights mix the numbers; others leave each in its place.
    private IReadOnlyList<TensorShape>? OfNode(int i)
    {
        var node = _network.Nodes[i];
        if (!node.Shape.IsVector || node.Layer is not null && _network.Layers[node.Layer.Value].Kind != LayerKind.Diagonal) return null;
        var below = node.Sources.Select(s => _network.ShapeOf(s) is { IsVector: false } image ? [image] : s < 0 ? null : _images[s])
            .ToArray();
        if (node is ConcatNode)
            return [.. below.SelectMany((b, s) => b ?? [TensorShape.Vector(_network.ShapeOf(node.Sources[s]).Count)])];
        if (node is not SumNode) return node.Shape.Count == _network.ShapeOf(node.Sources[0]).Count ? below[0] : null;
        var orders = node.Sources.Select(Of).ToArray();
        if (Array.Exists(orders, o => !(o ?? []).AsSpan().SequenceEqual(orders[0] ?? []))) Mixed.Add(i);
        return below[0];
    }
}
