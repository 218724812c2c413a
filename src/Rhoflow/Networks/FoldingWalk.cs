namespace Rhoflow.Networks;

/// <summary>
/// One walk over the nodes that carries along, for each, how its true output follows from what the folded network has there:
/// true = scale · folded + shift, channel by channel, until a layer takes that into its columns.
/// </summary>
internal sealed class FoldingWalk
{
    private readonly Network _network;
    private readonly double[] _theta, _statistics;
    private readonly IReadOnlyDictionary<int, string> _unfolded;
    private readonly Pending?[] _pending;
    private readonly int[] _readers;

    public FoldingWalk(Network network, double[] theta, double[] statistics, IReadOnlyDictionary<int, string> unfolded)
    {
        (_network, _theta, _statistics, _unfolded) = (network, theta, statistics, unfolded);
        _pending = new Pending?[network.Nodes.Count];
        _readers = new int[network.Nodes.Count];
        foreach (var source in network.Nodes.SelectMany(static n => n.Sources))
            if (source >= 0) _readers[source]++;
        Layers = [.. network.Layers.Select(l => new FoldedLayer(l.Of(theta).ToArray(), new double[l.Rows]))];
    }

    public FoldedLayer[] Layers { get; }

    /// <summary>Walks; returns the normalizations that found no place, and why, or null.</summary>
    public (IReadOnlyList<int> Norms, string Reason)? Run()
    {
        try
        {
            for (var i = 0; i < _pending.Length; i++) _pending[i] = Visit(i, _network.Nodes[i]);
            return _pending[^1] is { } left ? (left.Norms, "no layer of weights stands behind it, and none directly before it") : null;
        }
        catch (Stuck stuck)
        {
            return (stuck.Norms, stuck.Message);
        }
    }

    private Pending? Visit(int i, Node node)
    {
        var below = Of(node.Sources[0]);
        var input = node.Sources[0] < 0 ? _network.Input : _network.Nodes[node.Sources[0]].Shape;
        switch (node)
        {
            case LinearNode linear:
                Absorb(linear.Layer, below, c => c % (below!.Scale.Length));
                return null;
            case ConvolutionNode convolution:
                if (convolution.Padding > 0) below?.RequireNoShift($"the padding of node {i + 1} ({node}) is zeros, not the shift");
                Absorb(convolution.Layer, below, c => c % input.Channels);
                return null;
            case BatchNormNode norm:
                return _unfolded.ContainsKey(i) ? Stop(below, $"node {i + 1} ({node}) behind it is not folded") : Fold(i, norm, below);
            case ActivationNode { Activation: var sigma }:
                return below?.Through(sigma, i, node);
            case PoolingNode pooling:
                if (pooling.Pooling == PoolingKind.Max) below?.RequirePositive($"node {i + 1} ({node}) takes maxima, and the scale is not positive");
                else if (pooling.Padding > 0) below?.RequireNoShift($"the padding of node {i + 1} ({node}) is zeros, not the shift");
                return below;
            case SumNode:
                return Sum(i, node);
            case FlattenNode:
                return below?.Repeated(input.Positions);
            default:
                return below;
        }
    }

    // Into the rows of a layer that nobody else reads, or on towards the next.
    private Pending? Fold(int i, BatchNormNode norm, Pending? below)
    {
        var channels = norm.Shape.Channels;
        var own = new Pending(new double[channels], new double[channels], [i]);
        for (var c = 0; c < channels; c++)
        {
            var denominator = _statistics[norm.Statistics + channels + c] + norm.Epsilon;
            own.Scale[c] = (norm.IsAffine ? _theta[norm.AffineOffset + c] : 1) * (denominator > 0 ? 1 / Math.Sqrt(denominator) : 0);
            own.Shift[c] = (norm.IsAffine ? _theta[norm.AffineOffset + channels + c] : 0) - own.Scale[c] * _statistics[norm.Statistics + c];
        }
        var layer = norm.Sources[0] < 0 || _readers[norm.Sources[0]] > 1 ? -1 : _network.Nodes[norm.Sources[0]] switch
        {
            LinearNode linear => linear.Layer,
            ConvolutionNode convolution => convolution.Layer,
            _ => -1,
        };
        if (layer < 0) return below is null ? own : own.After(below);
        var (w, b) = (Layers[layer].Weights, Layers[layer].Biases);
        var columns = w.Length / b.Length;
        for (var row = 0; row < b.Length; row++)
        {
            b[row] = own.Scale[row] * b[row] + own.Shift[row];
            for (var j = 0; j < columns; j++) w[row * columns + j] *= own.Scale[row];
        }
        return null;
    }

    private void Absorb(int layer, Pending? below, Func<int, int> channel)
    {
        if (below is null) return;
        var (w, b) = (Layers[layer].Weights, Layers[layer].Biases);
        var columns = w.Length / b.Length;
        for (var row = 0; row < b.Length; row++)
        {
            for (var j = 0; j < columns; j++)
            {
                // A diagonal layer has one weight a row, that of its own coordinate.
                var c = channel(_network.Layers[layer].Kind == LayerKind.Diagonal ? row : j);
                ref var weight = ref w[row * columns + j];
                b[row] += weight * below.Shift[c];
                weight *= below.Scale[c];
            }
        }
    }

    private Pending? Sum(int i, Node node)
    {
        var parts = node.Sources.Select(Of).ToArray();
        if (Array.TrueForAll(parts, static p => p is null)) return null;
        int[] norms = [.. parts.OfType<Pending>().SelectMany(static p => p.Norms).Distinct()];
        var channels = parts.OfType<Pending>().First().Scale.Length;
        var scales = parts.Select(p => p?.Scale ?? [.. Enumerable.Repeat(1.0, channels)]).ToArray();
        if (!Array.TrueForAll(scales, s => s.AsSpan().SequenceEqual(scales[0])))
            throw new Stuck(norms, $"node {i + 1} ({node}) adds it to something with another scale");
        var shift = new double[channels];
        foreach (var part in parts.OfType<Pending>())
            for (var c = 0; c < channels; c++) shift[c] += part.Shift[c];
        return new Pending(scales[0], shift, norms);
    }

    private static Pending? Stop(Pending? below, string reason) => below is null ? null : throw new Stuck(below.Norms, reason);

    private Pending? Of(int source) => source < 0 ? null : _pending[source];

    /// <summary>true = Scale · folded + Shift for every channel, owed to the batch normalizations <paramref name="Norms"/>.</summary>
    private sealed record Pending(double[] Scale, double[] Shift, int[] Norms)
    {
        public Pending After(Pending first) => new(
            [.. Scale.Zip(first.Scale, static (a, b) => a * b)],
            [.. Shift.Select((t, c) => Scale[c] * first.Shift[c] + t)], [.. first.Norms, .. Norms]);

        // The channels are fastest, also in the vector that an image is read as.
        public Pending Repeated(int positions) => this with
        {
            Scale = [.. Enumerable.Repeat(Scale, positions).SelectMany(static s => s)],
            Shift = [.. Enumerable.Repeat(Shift, positions).SelectMany(static s => s)],
        };

        // σ(s z) = s^p σ(z) for s > 0.
        public Pending Through(Activation sigma, int index, Node node)
        {
            RequireNoShift($"node {index + 1} ({node}) follows it, and σ(s z + t) is no multiple of σ(z)");
            RequirePositive($"node {index + 1} ({node}) follows it, and the scale is not positive");
            return this with { Scale = [.. Scale.Select(s => Math.Pow(s, sigma.Degree))] };
        }

        public void RequireNoShift(string reason)
        {
            if (Array.Exists(Shift, static t => t != 0)) throw new Stuck(Norms, reason);
        }

        public void RequirePositive(string reason)
        {
            if (Array.Exists(Scale, static s => !(s > 0))) throw new Stuck(Norms, reason);
        }
    }

    private sealed class Stuck(int[] norms, string reason) : Exception(reason)
    {
        public int[] Norms { get; } = norms;
    }
}
