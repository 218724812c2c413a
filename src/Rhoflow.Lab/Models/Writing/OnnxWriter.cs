using Rhoflow.Lab.Config;
using Rhoflow.Lab.Files;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Writing;

/// <summary>
/// A network as a graph of ONNX, opset 17: x is N × numbers or N × channels × rows × columns, f is N × outputs, batch normalization goes by
/// running statistics. <see cref="Onnx.OnnxNetwork"/> reads it back.
/// </summary>
internal sealed class OnnxWriter
{
    /// <summary>
    /// How names of numbers end that a node of ONNX has and the network has not: γ = 1 and β = 0 of a normalization that learns none.
    /// </summary>
    public const string ConstantSuffix = " (constant)";

    // The numbers of a message are counted in 31 bits.
    private const long MostBytes = 2_000_000_000;

    private readonly Network _network;
    private readonly ModuleArrays _modules;
    private readonly OnnxGraphWriter _graph;
    private readonly string[] _values;

    private OnnxWriter(Network network, ModuleArrays modules, bool isDouble)
    {
        (_network, _modules, _graph, _values) = (network, modules, new OnnxGraphWriter(isDouble), new string[network.Nodes.Count]);
        foreach (var array in modules.All) _graph.Constant(array.Name, ShapeOf(array), array.Values);
        for (var i = 0; i < _values.Length; i++) _values[i] = Node(i);
    }

    /// <summary>The bytes of the file.</summary>
    /// <param name="network">Its layers.</param>
    /// <param name="modules">Its numbers.</param>
    /// <param name="isDouble">Whether they are written as float64; else as float32.</param>
    /// <param name="metadata">Free text by key.</param>
    /// <exception cref="ConfigException">It has a node that ONNX has not, or is too large for one message.</exception>
    public static ProtocolBuffer Write(Network network, ModuleArrays modules, bool isDouble, IReadOnlyDictionary<string, string> metadata)
    {
        if (modules.All.Sum(a => (long)a.Values.Length * (isDouble ? 8 : 4)) > MostBytes)
            throw new ConfigException($"an .onnx file holds at most {MostBytes} bytes of weights; --to safetensors has no such limit");
        var writer = new OnnxWriter(network, modules, isDouble);
        return writer._graph.Model(network.Input, writer._values[^1], network.Outputs, metadata);
    }

    private string Node(int i)
    {
        var node = _network.Nodes[i];
        if (_modules.IsPartOfLayer(i)) return _values[node.Sources[0]];
        var x = Input(node.Sources[0]);
        if (_modules.FlattensBefore(i)) x = Flatten(x);
        if (_modules.UnflattensBefore(i)) x = _graph.Node("Unsqueeze", [x, _graph.Integers($"{_modules.Module(i)}.axes", 2, 3)]);
        var z = Operator(i, node, x);
        return _modules.FlattensAfter(i) ? Flatten(z) : z;
    }

    private string Operator(int i, Node node, string x) => node switch
    {
        LinearNode when _network.Layers[node.Layer!.Value].Kind == LayerKind.Diagonal => _graph.Node("Mul", [x, Part(i, "weight")]),
        LinearNode => _graph.Node("Gemm", [x, Part(i, "weight"), .. Bias(i)], ("transB", 1L)),
        ConvolutionNode c => _graph.Node("Conv", [x, Part(i, "weight"), .. Bias(i)], Window(c.Kernel, c.Stride, c.Padding)),
        BiasNode => _graph.Node("Add", [x, Part(i, "bias")]),
        BatchNormNode b => _graph.Node("BatchNormalization", [x, PartOr(i, "weight", 1, [node.Shape.Channels]),
            PartOr(i, "bias", 0, [node.Shape.Channels]), Part(i, "running_mean"), Part(i, "running_var")], ("epsilon", (float)b.Epsilon)),
        LayerNormNode l => _graph.Node("LayerNormalization", [x, PartOr(i, "weight", 1, Sizes(node.Shape)),
            PartOr(i, "bias", 0, Sizes(node.Shape))], ("axis", 1L), ("epsilon", (float)l.Epsilon)),
        ActivationNode a => Activation(i, a.Activation, x),
        ElementwiseNode e => Elementwise(i, e.Sigma, x),
        PoolingNode { Pooling: PoolingKind.Max } p => _graph.Node("MaxPool", [x], Window(p.Kernel, p.Stride, p.Padding)),
        PoolingNode p => _graph.Node("AveragePool", [x], [.. Window(p.Kernel, p.Stride, p.Padding), ("count_include_pad", 1L)]),
        GlobalAverageNode => _graph.Node("GlobalAveragePool", [x]),
        FlattenNode => _network.ShapeOf(node.Sources[0]).IsVector ? x : Flatten(x),
        SumNode when _modules.Order.Mixed.Contains(i) =>
            throw Refused(i, "it adds vectors, one of which was an image, whose numbers come in another order there"),
        SumNode => node.Sources.Skip(1).Aggregate(x, (sum, s) => _graph.Node("Add", [sum, Input(s)])),
        ConcatNode => _graph.Node("Concat", [.. node.Sources.Select(Input)], ("axis", 1L)),
        _ => throw Refused(i, "no operator of ONNX is known to do the same"),
    };

    private string Activation(int i, Activation sigma, string x) => sigma.Kind switch
    {
        ActivationKind.ReLU => _graph.Node("Relu", [x]),
        ActivationKind.LeakyReLU => _graph.Node("LeakyRelu", [x], ("alpha", (float)sigma.Parameter)),
        ActivationKind.Power => _graph.Node("Pow", [x, _graph.Constant($"{_modules.Module(i)}.exponent", [], [sigma.Parameter])]),
        _ => x,
    };

    // Gelu is an operator of its own from opset 20; until then it is z (1 + erf(z/√2)) · ½.
    private string Elementwise(int i, ElementwiseKind sigma, string x)
    {
        if (sigma == ElementwiseKind.Tanh) return _graph.Node("Tanh", [x]);
        if (sigma == ElementwiseKind.Sigmoid) return _graph.Node("Sigmoid", [x]);
        if (sigma == ElementwiseKind.Elu) return _graph.Node("Elu", [x], ("alpha", 1f));
        if (sigma != ElementwiseKind.Gelu) throw Refused(i, "no operator of ONNX is known to do the same");
        string Number(string name, double value) => _graph.Constant($"{_modules.Module(i)}.{name}", [], [value]);
        var erf = _graph.Node("Erf", [_graph.Node("Div", [x, Number("sqrt2", Math.Sqrt(2))])]);
        return _graph.Node("Mul", [_graph.Node("Mul", [x, _graph.Node("Add", [erf, Number("one", 1)])]), Number("half", 0.5)]);
    }

    private string Input(int source) => source < 0 ? "x" : _values[source];

    private string Flatten(string x) => _graph.Node("Flatten", [x], ("axis", 1L));

    private static IEnumerable<(string, object)> Window(int kernel, int stride, int padding) =>
    [
        ("kernel_shape", new long[] { kernel, kernel }), ("strides", new long[] { stride, stride }),
        ("pads", new long[] { padding, padding, padding, padding }),
    ];

    private static int[] Sizes(TensorShape shape) => shape.IsVector ? [shape.Channels] : [shape.Channels, shape.Height, shape.Width];

    // A bias that is a node of its own is added to channel c at every position.
    private int[] ShapeOf(ModuleArray array)
    {
        var node = Enumerable.Range(0, _values.Length).FirstOrDefault(i => _network.Nodes[i] is BiasNode && !_modules.IsPartOfLayer(i)
            && $"{_modules.Module(i)}.bias" == array.Name, -1);
        return node >= 0 && !_network.Nodes[node].Shape.IsVector ? [array.Shape[0], 1, 1] : array.Shape;
    }

    private string Part(int i, string part) => $"{_modules.Module(i)}.{part}";

    private IEnumerable<string> Bias(int layer) =>
        Enumerable.Range(0, _values.Length).Any(i => _modules.IsPartOfLayer(i) && _network.Nodes[i].Sources[0] == layer)
            ? [Part(layer, "bias")] : [];

    private string PartOr(int i, string part, double otherwise, int[] shape)
    {
        var has = part == "weight" ? _network.Nodes[i].Windows.Gamma is not null : _network.Nodes[i].Windows.Beta is not null;
        return has ? Part(i, part) : _graph.Constant(Part(i, part) + ConstantSuffix, shape,
            [.. Enumerable.Repeat(otherwise, shape.Aggregate(1, static (a, b) => a * b))]);
    }

    private ConfigException Refused(int i, string why) => new($"node {i + 1} ({_network.Nodes[i]}) cannot be written as ONNX: {why}; "
        + "--to safetensors or npz write its weights");
}
