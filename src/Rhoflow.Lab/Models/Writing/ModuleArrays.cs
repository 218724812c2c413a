using Rhoflow.Networks;

namespace Rhoflow.Lab.Models.Writing;

/// <summary>An array as PyTorch has it.</summary>
/// <param name="Name">Module and part: 0.weight.</param>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Values">Row-major.</param>
internal sealed record ModuleArray(string Name, int[] Shape, double[] Values);

/// <summary>
/// The numbers of a network under the names and in the layouts that they have in torch.nn.Sequential of the same layers: weights of
/// outputs × inputs, convolutions of maps × channel × row × column, vectors that were images in the order channel, row, column. A Flatten
/// is a module too, also where a dense layer here reads an image by itself; a bias behind a layer is a part of that layer's module.
/// </summary>
internal sealed class ModuleArrays
{
    private readonly Network _network;
    private readonly double[] _theta, _statistics;
    private readonly VectorOrder _order;
    private readonly int[] _readers, _modules;
    private readonly List<ModuleArray> _all = [];

    private ModuleArrays(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics)
    {
        (_network, _theta, _statistics, _order) = (network, theta.ToArray(), statistics.ToArray(), new VectorOrder(network));
        _readers = new int[network.Nodes.Count];
        foreach (var source in network.Nodes.SelectMany(static n => n.Sources))
            if (source >= 0) _readers[source]++;
        _modules = Number();
        for (var i = 0; i < _modules.Length; i++) Take(i);
    }

    /// <summary>All of them, in the order of the nodes.</summary>
    public IReadOnlyList<ModuleArray> All => _all;

    /// <summary>The orders of its vectors.</summary>
    public VectorOrder Order => _order;

    /// <summary>The arrays of a network.</summary>
    /// <param name="network">Its layers.</param>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">Running means and variances.</param>
    public static ModuleArrays Of(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics) =>
        new(network, theta, statistics);

    /// <summary>The module of a node (from 0).</summary>
    public string Module(int node) => $"{_modules[node]}";

    /// <summary>Whether a node is the bias of the layer in front of it, which nobody else reads.</summary>
    public bool IsPartOfLayer(int node) => _network.Nodes[node] is BiasNode { Sources: [var source] } && source >= 0
        && _readers[source] == 1 && _network.Nodes[source] is LinearNode or ConvolutionNode
        && _network.Layers[_network.Nodes[source].Layer!.Value].Kind != LayerKind.Diagonal;

    /// <summary>Whether an image (or what was one row of channels) is made a vector in front of a node.</summary>
    public bool FlattensBefore(int node) => _network.Nodes[node] is LinearNode { Sources: [var source] }
        && !_network.ShapeOf(source).IsVector;

    /// <summary>Whether a vector is taken as an image of one position in front of a node that works on images.</summary>
    public bool UnflattensBefore(int node) => WorksOnImages(node) && _network.ShapeOf(_network.Nodes[node].Sources[0]).IsVector;

    /// <summary>Whether what such a node gives is a vector here.</summary>
    public bool FlattensAfter(int node) => WorksOnImages(node) && _network.Nodes[node].Shape.IsVector;

    private bool WorksOnImages(int node) => _network.Nodes[node] is ConvolutionNode or PoolingNode or GlobalAverageNode;

    private int[] Number()
    {
        var (modules, next) = (new int[_network.Nodes.Count], 0);
        for (var i = 0; i < modules.Length; i++)
        {
            if (IsPartOfLayer(i))
            {
                modules[i] = modules[_network.Nodes[i].Sources[0]];
                continue;
            }
            if (FlattensBefore(i) || UnflattensBefore(i)) next++;
            modules[i] = next++;
            if (FlattensAfter(i)) next++;
        }
        return modules;
    }

    private void Take(int i)
    {
        var (node, windows) = (_network.Nodes[i], _network.Nodes[i].Windows);
        if (windows.Layer is { } k) Add(i, "weight", _network.Layers[k], node);
        // β of a normalization, or a bias: one number a channel, of a vector in its order; of layer normalization one for every number.
        var (order, shape) = node is LayerNormNode ? (_order.Of(i), node.Shape.IsVector ? null
            : new[] { node.Shape.Channels, node.Shape.Height, node.Shape.Width }) : (_order.OfVector(i), null);
        Put("weight", windows.Gamma, _theta);
        Put("bias", windows.Beta, _theta);
        Put("running_mean", windows.Means, _statistics);
        Put("running_var", windows.Variances, _statistics);

        void Put(string part, Window? window, double[] from)
        {
            if (window is not { } at) return;
            var numbers = Moved(at.Of(from.AsSpan()), order);
            _all.Add(new ModuleArray($"{Module(i)}.{part}", shape ?? [numbers.Length], numbers));
        }
    }

    private void Add(int i, string part, Layer layer, Node node)
    {
        var w = layer.Of(_theta).ToArray();
        var name = $"{Module(i)}.{part}";
        if (node is ConvolutionNode { Kernel: var kernel })
        {
            var (channels, patch) = (layer.Columns / (kernel * kernel), kernel * kernel);
            var order = new int[layer.Columns];
            for (var j = 0; j < order.Length; j++) order[j] = j % channels * patch + j / channels;
            _all.Add(new ModuleArray(name, [layer.Rows, channels, kernel, kernel], Columns(w, order)));
        }
        else if (layer.Kind == LayerKind.Diagonal) _all.Add(new ModuleArray(name, [layer.Rows], Moved(w, _order.OfVector(i))));
        else _all.Add(new ModuleArray(name, [layer.Rows, layer.Columns], layer.Kind == LayerKind.Own ? w
            : Columns(w, _order.Of(node.Sources[0]))));
    }

    private static double[] Columns(double[] w, int[]? order) => order is null ? w
        : [.. w.Chunk(order.Length).SelectMany(row => Moved(row, order))];

    private static double[] Moved(ReadOnlySpan<double> numbers, int[]? order)
    {
        var moved = numbers.ToArray();
        if (order is not null)
            for (var j = 0; j < moved.Length; j++) moved[order[j]] = numbers[j];
        return moved;
    }
}
