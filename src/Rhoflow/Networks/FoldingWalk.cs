using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// One walk over the nodes that carries along, for each, how its true output follows from what the folded network has there
/// (<see cref="ChannelRescaling"/>), until a layer takes that into its columns.
/// </summary>
internal sealed class FoldingWalk
{
    private readonly Network _network;
    private readonly double[] _theta, _statistics;
    private readonly IReadOnlyDictionary<int, string> _unfolded;
    private readonly int[] _readers;
    private int _node;

    /// <param name="network">Whose nodes.</param>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">Running means and variances.</param>
    /// <param name="unfolded">The batch normalizations that stay nodes.</param>
    public FoldingWalk(Network network, double[] theta, double[] statistics, IReadOnlyDictionary<int, string> unfolded)
    {
        (_network, _theta, _statistics, _unfolded) = (network, theta, statistics, unfolded);
        _readers = new int[network.Nodes.Count];
        foreach (var source in network.Nodes.SelectMany(static n => n.Sources))
            if (source >= 0) _readers[source]++;
        Layers = [.. network.Layers.Select(l => new FoldedLayer(l.Of(theta).ToArray(), new double[l.Rows]))];
    }

    /// <summary>The matrices, as far as they are folded.</summary>
    public FoldedLayer[] Layers { get; }

    /// <summary>θ.</summary>
    public ReadOnlySpan<double> Theta => _theta;

    /// <summary>Running means and variances.</summary>
    public ReadOnlySpan<double> Statistics => _statistics;

    /// <summary>The number of the node that is asked, from 1.</summary>
    public int Number => _node + 1;

    /// <summary>The node that is asked, for reasons.</summary>
    public string Place => $"node {Number} ({_network.Nodes[_node]})";

    /// <summary>The shape of what the node reads.</summary>
    public TensorShape Input => _network.ShapeOf(_network.Nodes[_node].Sources[0]);

    /// <summary>Whether the node is a batch normalization that stays a node.</summary>
    public bool IsUnfolded => _unfolded.ContainsKey(_node);

    /// <summary>
    /// The layer (from 0) whose output this node reads and no other does, a row of it a channel, and the biases b that stand between;
    /// null where there is none.
    /// </summary>
    public (int Layer, double[] Bias)? LayerReadOnlyHere
    {
        get
        {
            var bias = Array.Empty<double>();
            var source = _network.Nodes[_node].Sources[0];
            while (source >= 0 && _readers[source] == 1 && _network.Nodes[source] is BiasNode between)
            {
                var b = between.Windows.Beta!.Value.Of(Theta);
                if (bias.Length == 0) bias = new double[b.Length];
                for (var c = 0; c < b.Length; c++) bias[c] += b[c];
                source = between.Sources[0];
            }
            return source >= 0 && _readers[source] == 1 && _network.Nodes[source].Layer is { } layer
                && _network.Layers[layer].Kind != LayerKind.Own ? (layer, bias) : null;
        }
    }

    /// <summary>Walks; returns the normalizations that found no place, and why, or null.</summary>
    public (IReadOnlyList<int> Norms, string Reason)? Run()
    {
        var owed = new ChannelRescaling?[_network.Nodes.Count];
        try
        {
            for (_node = 0; _node < owed.Length; _node++)
                owed[_node] = _network.Nodes[_node].Fold(this, [.. _network.Nodes[_node].Sources.Select(s => s < 0 ? null : owed[s])]);
            return owed[^1] is { } left ? (left.Norms, "no layer of weights stands after it, and none directly before it") : null;
        }
        catch (FoldingException stuck)
        {
            return (stuck.Norms, stuck.Message);
        }
    }

    /// <summary>Multiplies the rows of a layer, and shifts its biases.</summary>
    public void ScaleRows(int layer, ChannelRescaling own)
    {
        var (w, b) = (Layers[layer].Weights, Layers[layer].Biases);
        var columns = w.Length / b.Length;
        for (var row = 0; row < b.Length; row++)
        {
            b[row] = own.Scale[row] * b[row] + own.Shift[row];
            for (var j = 0; j < columns; j++) w[row * columns + j] *= own.Scale[row];
        }
    }

    /// <summary>Takes what is owed below into the columns of a layer, which read channel j mod <paramref name="channels"/>.</summary>
    public void Absorb(int layer, ChannelRescaling? below, int channels)
    {
        if (below is null) return;
        var (w, b) = (Layers[layer].Weights, Layers[layer].Biases);
        var columns = w.Length / b.Length;
        for (var row = 0; row < b.Length; row++)
        {
            for (var j = 0; j < columns; j++)
            {
                // A diagonal layer has one weight in each row, that of its own coordinate.
                var c = (_network.Layers[layer].Kind == LayerKind.Diagonal ? row : j) % channels;
                ref var weight = ref w[row * columns + j];
                b[row] += weight * below.Shift[c];
                weight *= below.Scale[c];
            }
        }
    }
}

/// <summary>true = Scale · folded + Shift for every channel, owed to the batch normalizations <paramref name="Norms"/>.</summary>
/// <param name="Scale">One number per channel.</param>
/// <param name="Shift">One number per channel.</param>
/// <param name="Norms">Numbers of nodes, from 0.</param>
internal sealed record ChannelRescaling(double[] Scale, double[] Shift, int[] Norms)
{
    /// <summary>This after another one.</summary>
    public ChannelRescaling After(ChannelRescaling first) => new(
        [.. Scale.Zip(first.Scale, static (a, b) => a * b)],
        [.. Shift.Select((t, c) => Scale[c] * first.Shift[c] + t)], [.. first.Norms, .. Norms]);

    /// <summary>For every position of an image one after another.</summary>
    public ChannelRescaling Repeated(int positions) => this with
    {
        Scale = [.. Enumerable.Repeat(Scale, positions).SelectMany(static s => s)],
        Shift = [.. Enumerable.Repeat(Shift, positions).SelectMany(static s => s)],
    };

    /// <summary>It cannot pass.</summary>
    public ChannelRescaling Stop(string reason) => throw new FoldingException(Norms, reason);

    /// <summary>It passes only without shifts.</summary>
    public void RequireNoShift(string reason)
    {
        if (Array.Exists(Shift, static t => t != 0)) throw new FoldingException(Norms, reason);
    }

    /// <summary>It passes only with positive scales.</summary>
    public void RequirePositive(string reason)
    {
        if (Array.Exists(Scale, static s => !(s > 0))) throw new FoldingException(Norms, reason);
    }
}

/// <summary>Batch normalizations find no place in the weights after them.</summary>
internal sealed class FoldingException(int[] norms, string reason) : Exception(reason)
{
    /// <summary>Numbers of nodes, from 0.</summary>
    public int[] Norms { get; } = norms;
}
