using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// Puts nodes one after the other; shapes chain by construction. Every kind of node adds its method in its own file (folder Nodes).
/// </summary>
public sealed partial class NetworkBuilder
{
    private readonly TensorShape _input;
    private readonly Parts _parts;

    /// <param name="inputs">d, at least 1.</param>
    public NetworkBuilder(int inputs) : this(TensorShape.Vector(inputs)) { }

    /// <param name="input">The shape of one example, every side at least 1.</param>
    public NetworkBuilder(TensorShape input) : this(input, new Parts(), Node.NetworkInput)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Height, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Width, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Channels, 1, nameof(input));
    }

    private NetworkBuilder(TensorShape input, Parts parts, int last) => (_input, _parts, Last) = (input, parts, last);

    /// <summary>What one example is at this point.</summary>
    public TensorShape Shape => LastNode?.Shape ?? _input;

    /// <summary>The node that comes last here; −1 for the input.</summary>
    internal int Last { get; private set; }

    private Node? LastNode => Last == Node.NetworkInput ? null : _parts.Nodes[Last];

    /// <summary>The network.</summary>
    /// <exception cref="ArgumentException">No layers, or a nonlinearity at the output.</exception>
    public Network Build()
    {
        if (_parts.Layers.Count == 0) throw new ArgumentException("a network needs at least one layer of weights");
        if (LastNode?.Elementwise is { } sigma)
            throw new ArgumentException(
                $"the network ends with '{sigma}'; f has no output nonlinearity, or one label could never be produced");
        return Network.FromNodes(_input, [.. _parts.Nodes], [.. _parts.Layers], _parts.Parameters, _parts.Statistics);
    }

    /// <summary>A builder that goes on from another node and shares what this one has: for graphs that are read node by node.</summary>
    internal NetworkBuilder At(int node) => new(_input, _parts, node);

    // A builder that goes on from here.
    private NetworkBuilder Branch() => At(Last);

    private NetworkBuilder Add(Node node)
    {
        // Sizes are products; a network beyond them is refused before anything is made for it.
        _ = checked(node.Shape.Height * node.Shape.Width * node.Shape.Channels);
        _parts.Nodes.Add(node);
        Last = _parts.Nodes.Count - 1;
        return this;
    }

    // Returns the layer's number, from 0.
    private int AddLayer(LayerKind kind, int rows, int columns, ConvolutionShape? geometry = null)
    {
        if (kind != LayerKind.Diagonal) _ = checked(rows * columns);
        var layer = new Layer(kind, rows, columns, _parts.Parameters) { Geometry = geometry };
        _parts.Parameters = checked(_parts.Parameters + layer.Count);
        _parts.Layers.Add(layer);
        return _parts.Layers.Count - 1;
    }

    private Window AddParameters(int count)
    {
        var window = new Window(_parts.Parameters, count);
        _parts.Parameters = checked(_parts.Parameters + count);
        return window;
    }

    private Window AddStatistics(int count)
    {
        var window = new Window(_parts.Statistics, count);
        _parts.Statistics = checked(_parts.Statistics + count);
        return window;
    }

    // How many windows fit into the image, row by row and column by column.
    private (int Height, int Width) WindowsOf(string what, int kernel, int stride, int padding)
    {
        if (kernel < 1 || stride < 1 || padding < 0)
        {
            throw new ArgumentException(
                $"a {what} needs a kernel ≥ 1, a stride ≥ 1 and a padding ≥ 0; kernel {kernel}, stride {stride}, padding {padding} "
                + "were given");
        }
        if (kernel > 1) RequireImage($"a {what} with kernel {kernel} looks at neighbouring pixels");
        int height = checked(Shape.Height + 2 * padding), width = checked(Shape.Width + 2 * padding);
        if (kernel > height || kernel > width)
            throw new ArgumentException($"a {what} with kernel {kernel} does not fit into the image of {Shape} with padding {padding}");
        return ((height - kernel) / stride + 1, (width - kernel) / stride + 1);
    }

    // Padding would make an image of one pixel out of a vector, and a window would see zeros beside it; a mean over its one position
    // would change nothing.
    private void RequireImage(string what)
    {
        if (Shape.IsVector && _input.IsVector && !_parts.Nodes.Any(static n => !n.Shape.IsVector))
            throw new ArgumentException($"{what}, and what it would look at is a vector of {Shape.Channels} numbers without height and "
                + "width; tabular data take dense layers, and images come in files that have their shape (npy of N×H×W×C, idx, CIFAR-10)");
    }

    /// <summary>What the branches of one network share.</summary>
    private sealed class Parts
    {
        public List<Node> Nodes { get; } = [];
        public List<Layer> Layers { get; } = [];
        public int Parameters { get; set; }
        public int Statistics { get; set; }
    }
}
