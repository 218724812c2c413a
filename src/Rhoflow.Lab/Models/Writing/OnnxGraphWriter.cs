using System.Runtime.InteropServices;
using Rhoflow.Lab.Files;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Writing;

/// <summary>A ModelProto of ONNX, node by node, by the numbers of its published fields.</summary>
/// <param name="isDouble">Whether numbers are float64; else float32.</param>
internal sealed class OnnxGraphWriter(bool isDouble)
{
    /// <summary>The version of ONNX's operators.</summary>
    public const int Opset = 17;

    private const int Float32 = 1, Int64 = 7, Float64 = 11, IrVersion = 8;

    private readonly ProtocolBuffer _nodes = new(), _initializers = new();
    private int _values;

    private int Type => isDouble ? Float64 : Float32;

    /// <summary>Numbers of the model.</summary>
    /// <returns>The name.</returns>
    public string Constant(string name, ReadOnlySpan<int> shape, ReadOnlySpan<double> values)
    {
        var bytes = isDouble ? MemoryMarshal.AsBytes(values)
            : MemoryMarshal.AsBytes<float>(Array.ConvertAll(values.ToArray(), static v => (float)v));
        return Constant(name, Type, shape, bytes);
    }

    /// <summary>Whole numbers: axes, sizes.</summary>
    /// <returns>The name.</returns>
    public string Integers(string name, params ReadOnlySpan<long> values) =>
        Constant(name, Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>A node; its attributes are integers (long), a number (float), or lists of integers (long[]).</summary>
    /// <returns>The name of what it gives.</returns>
    public string Node(string op, IReadOnlyList<string> inputs, params IEnumerable<(string Name, object Value)> attributes)
    {
        var (node, output) = (new ProtocolBuffer(), $"value{++_values}");
        foreach (var input in inputs) node.Add(1, input);
        node.Add(2, output).Add(3, $"{op}{_values}").Add(4, op);
        foreach (var (name, value) in attributes) node.Add(5, Attribute(name, value));
        _nodes.Add(1, node);
        return output;
    }

    /// <summary>The whole model.</summary>
    /// <param name="input">What one example is.</param>
    /// <param name="output">The value that is f.</param>
    /// <param name="outputs">C.</param>
    /// <param name="metadata">Free text by key.</param>
    public ProtocolBuffer Model(TensorShape input, string output, int outputs, IReadOnlyDictionary<string, string> metadata)
    {
        _nodes.Add(1, new ProtocolBuffer().Add(1, output).Add(2, "f").Add(3, "f").Add(4, "Identity"));
        var graph = new ProtocolBuffer().Append(_nodes).Add(2, "network").Append(_initializers)
            .Add(11, Value("x", input.IsVector ? [input.Channels] : [input.Channels, input.Height, input.Width]))
            .Add(12, Value("f", [outputs]));
        var model = new ProtocolBuffer().Add(1, (long)IrVersion).Add(2, "rhoflow").Add(7, graph)
            .Add(8, new ProtocolBuffer().Add(1, "").Add(2, (long)Opset));
        foreach (var (key, text) in metadata) model.Add(14, new ProtocolBuffer().Add(1, key).Add(2, text));
        return model;
    }

    private string Constant(string name, int type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes)
    {
        var tensor = new ProtocolBuffer();
        foreach (var size in shape) tensor.Add(1, (long)size);
        _initializers.Add(5, tensor.Add(2, (long)type).Add(8, name).Add(9, bytes));
        return name;
    }

    // Each has its kind in field 20: FLOAT 1, INT 2, INTS 7.
    private static ProtocolBuffer Attribute(string name, object value)
    {
        var attribute = new ProtocolBuffer().Add(1, name);
        switch (value)
        {
            case float f: return attribute.Add(2, f).Add(20, 1L);
            case long i: return attribute.Add(3, i).Add(20, 2L);
            case long[] list:
                foreach (var i in list) attribute.Add(8, i);
                return attribute.Add(20, 7L);
            default: throw new ArgumentException($"no attribute is {value}", nameof(value));
        }
    }

    // N is free.
    private ProtocolBuffer Value(string name, ReadOnlySpan<int> sizes)
    {
        var shape = new ProtocolBuffer().Add(1, new ProtocolBuffer().Add(2, "N"));
        foreach (var size in sizes) shape.Add(1, new ProtocolBuffer().Add(1, (long)size));
        return new ProtocolBuffer().Add(1, name).Add(2,
            new ProtocolBuffer().Add(1, new ProtocolBuffer().Add(1, (long)Type).Add(2, shape)));
    }
}
