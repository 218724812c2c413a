using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>The network that grows while a graph is read, its values by name, and the numbers that go into θ when it is there.</summary>
internal sealed class GraphBuilder(TensorShape input, long opset)
{
    private readonly NetworkBuilder _builder = new(input);
    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);
    private readonly List<(int Node, Action<Network, NodeWindows, double[], double[]> Fill)> _fills = [];
    private readonly List<string> _layers = [], _notes = [];
    private int _last = Node.NetworkInput;

    /// <summary>The version of ONNX's operators.</summary>
    public long Opset => opset;

    /// <summary>What a name stands for.</summary>
    /// <exception cref="GraphRefusal">It is of a kind that has no value here.</exception>
    public GraphValue this[string name] => _values.TryGetValue(name, out var value) ? value
        : throw new GraphRefusal($"it reads '{name}', which has no value here");

    /// <summary>The examples.</summary>
    public void Give(string name) => _values[name] = new NodeValue(Node.NetworkInput, input);

    /// <summary>Numbers of the file.</summary>
    public void Give(string name, Tensor tensor) => _values[name] = new ConstantValue(tensor);

    /// <summary>What a node of the graph gives.</summary>
    public void Set(OnnxNode node, GraphValue value) => _values[node.Outputs[0]] = value;

    /// <summary>Something that is to be known.</summary>
    public void Say(string note) => _notes.Add(note);

    /// <summary>Puts nodes behind a value.</summary>
    /// <param name="after">What they read.</param>
    /// <param name="add">Adds them.</param>
    /// <param name="order">Of a vector whose numbers ONNX has in another order: where.</param>
    public NodeValue Put(NodeValue after, Func<NetworkBuilder, NetworkBuilder> add, int[]? order = null)
    {
        var end = add(_builder.At(after.Node));
        _last = Math.Max(_last, end.Last);
        return new NodeValue(end.Last, end.Shape, order);
    }

    /// <summary>The matrix of the layer that a value comes from.</summary>
    /// <param name="of">What <see cref="Put"/> gave for a layer of weights.</param>
    /// <param name="array">The name of its array.</param>
    /// <param name="weights">Row-major, in the order of this library.</param>
    public void Weights(NodeValue of, string array, double[] weights)
    {
        _layers.Add(array);
        _fills.Add((of.Node, (network, windows, theta, _) => weights.CopyTo(network.Layers[windows.Layer!.Value].Of(theta))));
    }

    /// <summary>γ, β (or the bias b), means and variances of a node; null where it has none.</summary>
    public void Numbers(NodeValue of, double[]? gamma = null, double[]? beta = null, double[]? means = null, double[]? variances = null) =>
        _fills.Add((of.Node, (_, windows, theta, statistics) =>
        {
            gamma?.CopyTo(windows.Gamma!.Value.Of(theta.AsSpan()));
            beta?.CopyTo(windows.Beta!.Value.Of(theta.AsSpan()));
            means?.CopyTo(windows.Means!.Value.Of(statistics.AsSpan()));
            variances?.CopyTo(windows.Variances!.Value.Of(statistics.AsSpan()));
        }
    ));

    /// <summary>The network whose output is the value of that name.</summary>
    /// <exception cref="GraphRefusal">It is no vector of a node, or nodes stand behind it.</exception>
    public OnnxNetwork Build(string output)
    {
        if (this[output] is not NodeValue f) throw new GraphRefusal($"the output '{output}' does not depend on the examples");
        if (!f.Shape.IsVector) throw new GraphRefusal($"the output '{output}' is an image of {f.Shape}; numbers a class are wanted");
        // The last node of a network gives f.
        if (f.Node != _last) throw new GraphRefusal($"'{output}' is not what the last of its nodes gives");
        var network = Built();
        var (theta, statistics) = (network.Zeros(), network.StartStatistics());
        network.ResetAffine(theta);
        foreach (var (node, fill) in _fills) fill(network, network.Nodes[node].Windows, theta, statistics);
        return new OnnxNetwork(network, theta, statistics, _layers) { Notes = _notes };
    }

    private Network Built()
    {
        try
        {
            return _builder.At(_last).Build();
        }
        catch (ArgumentException e)
        {
            throw new GraphRefusal(e.Message);
        }
    }
}
