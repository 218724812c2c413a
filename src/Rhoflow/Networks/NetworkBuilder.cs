using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>Puts nodes one behind the other; shapes chain by construction.</summary>
public sealed class NetworkBuilder
{
    private readonly TensorShape _input;
    private readonly Parts _parts;
    private int _last;

    /// <param name="inputs">d, at least 1.</param>
    public NetworkBuilder(int inputs) : this(TensorShape.Vector(inputs)) { }

    /// <param name="input">The shape of one example, every side at least 1.</param>
    public NetworkBuilder(TensorShape input) : this(input, new Parts(), Node.NetworkInput)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Height, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Width, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Channels, 1, nameof(input));
    }

    private NetworkBuilder(TensorShape input, Parts parts, int last) => (_input, _parts, _last) = (input, parts, last);

    /// <summary>What one example is at this point.</summary>
    public TensorShape Shape => _last == Node.NetworkInput ? _input : _parts.Nodes[_last].Shape;

    /// <summary>A full matrix with <paramref name="outputs"/> rows; an image is read as one vector.</summary>
    public NetworkBuilder Dense(int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        return Add(new LinearNode([_last], TensorShape.Vector(outputs), AddLayer(LayerKind.Dense, outputs, Shape.Count)));
    }

    /// <summary>One weight a coordinate.</summary>
    /// <exception cref="ArgumentException">The input is an image.</exception>
    public NetworkBuilder Diagonal()
    {
        if (!Shape.IsVector) throw new ArgumentException($"a diagonal layer stands behind a vector; here is an image of {Shape}: flatten it first");
        return Add(new LinearNode([_last], Shape, AddLayer(LayerKind.Diagonal, Shape.Channels, Shape.Channels)));
    }

    /// <summary><paramref name="maps"/> maps of a <paramref name="kernel"/> × <paramref name="kernel"/> convolution.</summary>
    /// <exception cref="ArgumentException">The kernel does not fit into the padded image.</exception>
    public NetworkBuilder Convolution(int maps, int kernel, int stride = 1, int padding = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maps, 1);
        var (height, width) = Windows("convolution", kernel, stride, padding);
        var layer = AddLayer(LayerKind.Convolution, maps, kernel * kernel * Shape.Channels);
        return Add(new ConvolutionNode([_last], new TensorShape(height, width, maps), layer, kernel, stride, padding));
    }

    /// <summary>Normalizes every channel over the minibatch (SQ A.2).</summary>
    /// <param name="affine">Whether γ and β are learned behind it.</param>
    /// <param name="epsilon">ε ≥ 0 in √(σ² + ε).</param>
    /// <param name="momentum">Share of the newest minibatch in the running statistics, in (0, 1].</param>
    public NetworkBuilder BatchNorm(bool affine = false, double epsilon = 1e-5, double momentum = 0.1)
    {
        if (!(epsilon >= 0 && double.IsFinite(epsilon))) throw new ArgumentException($"batch normalization needs a finite ε ≥ 0; {epsilon} was given");
        if (!(momentum is > 0 and <= 1)) throw new ArgumentException($"batch normalization needs a momentum in (0, 1]; {momentum} was given");
        var statistics = _parts.Statistics;
        _parts.Statistics += 2 * Shape.Channels;
        var window = affine ? _parts.Parameters : -1;
        if (affine) _parts.Parameters += 2 * Shape.Channels;
        return Add(new BatchNormNode([_last], Shape, statistics, window, epsilon, momentum));
    }

    /// <summary>The maximum of every window.</summary>
    public NetworkBuilder MaxPool(int kernel, int? stride = null, int padding = 0) => Pool(PoolingKind.Max, kernel, stride, padding);

    /// <summary>The mean of every window.</summary>
    public NetworkBuilder AveragePool(int kernel, int? stride = null, int padding = 0) => Pool(PoolingKind.Average, kernel, stride, padding);

    /// <summary>The mean over all positions of every channel.</summary>
    public NetworkBuilder GlobalAverage() => Add(new GlobalAverageNode([_last], TensorShape.Vector(Shape.Channels)));

    /// <summary>The image as one vector.</summary>
    public NetworkBuilder Flatten() => Add(new FlattenNode([_last], TensorShape.Vector(Shape.Count)));

    /// <summary>branch(a) + a, or branch(a) + shortcut(a).</summary>
    /// <exception cref="ArgumentException">The two sides have different shapes, or the branch is empty.</exception>
    public NetworkBuilder Residual(Action<NetworkBuilder> branch, Action<NetworkBuilder>? shortcut = null)
    {
        NetworkBuilder left = new(_input, _parts, _last), right = new(_input, _parts, _last);
        branch(left);
        shortcut?.Invoke(right);
        if (left._last == _last) throw new ArgumentException("the branch of a residual connection needs at least one layer");
        if (left.Shape != right.Shape)
            throw new ArgumentException($"the branch of a residual connection gives {left.Shape}, but {(shortcut is null ? "its input is" : "its shortcut gives")} {right.Shape}; both must agree (a 1×1 convolution as shortcut changes channels and stride)");
        return Add(new SumNode([left._last, right._last], left.Shape));
    }

    /// <summary>The nonlinearity behind what stands here.</summary>
    /// <exception cref="ArgumentException">There is no layer yet, or a nonlinearity stands here already.</exception>
    public NetworkBuilder Then(Activation activation)
    {
        if (_last == Node.NetworkInput) throw new ArgumentException($"'{activation}' stands before the first layer of weights");
        if (_parts.Nodes[_last] is ActivationNode before)
            throw new ArgumentException($"'{activation}' follows '{before.Activation}' directly; a layer of weights must stand between them");
        if (activation.Kind == ActivationKind.Identity) return this;
        // Chains read σ off their layers.
        if (_parts.Nodes[_last] is LinearNode { Layer: var dense }) _parts.Layers[dense] = _parts.Layers[dense] with { Activation = activation };
        if (_parts.Nodes[_last] is ConvolutionNode { Layer: var conv }) _parts.Layers[conv] = _parts.Layers[conv] with { Activation = activation };
        return Add(new ActivationNode([_last], Shape, activation));
    }

    /// <summary>The network.</summary>
    /// <exception cref="ArgumentException">No layers, or a nonlinearity at the output.</exception>
    public Network Build()
    {
        if (_parts.Layers.Count == 0) throw new ArgumentException("a network needs at least one layer of weights");
        if (_parts.Nodes[_last] is ActivationNode { Activation: var sigma })
            throw new ArgumentException($"the network ends with '{sigma}'; f has no output nonlinearity, or one label could never be produced");
        return Network.FromNodes(_input, [.. _parts.Nodes], [.. _parts.Layers], _parts.Parameters, _parts.Statistics);
    }

    private NetworkBuilder Pool(PoolingKind kind, int kernel, int? stride, int padding)
    {
        var (height, width) = Windows("pooling", kernel, stride ?? kernel, padding);
        if (padding > kernel / 2) throw new ArgumentException($"pooling with kernel {kernel} takes a padding of at most {kernel / 2}; {padding} was given");
        return Add(new PoolingNode([_last], Shape with { Height = height, Width = width }, kind, kernel, stride ?? kernel, padding));
    }

    private (int Height, int Width) Windows(string what, int kernel, int stride, int padding)
    {
        if (kernel < 1 || stride < 1 || padding < 0)
            throw new ArgumentException($"a {what} needs a kernel ≥ 1, a stride ≥ 1 and a padding ≥ 0; kernel {kernel}, stride {stride}, padding {padding} were given");
        int height = Shape.Height + 2 * padding, width = Shape.Width + 2 * padding;
        if (kernel > height || kernel > width)
            throw new ArgumentException($"a {what} with kernel {kernel} does not fit into the image of {Shape} with padding {padding}");
        return ((height - kernel) / stride + 1, (width - kernel) / stride + 1);
    }

    private int AddLayer(LayerKind kind, int rows, int columns)
    {
        var layer = new Layer(kind, rows, columns, _parts.Parameters, Activation.Identity);
        _parts.Parameters = checked(_parts.Parameters + layer.Count);
        _parts.Layers.Add(layer);
        return _parts.Layers.Count - 1;
    }

    private NetworkBuilder Add(Node node)
    {
        _parts.Nodes.Add(node);
        _last = _parts.Nodes.Count - 1;
        return this;
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
