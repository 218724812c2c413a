using Rhoflow.Data;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>A layer of weights of a graph that is not a network here: a product with numbers of the file.</summary>
/// <param name="Name">Of the array.</param>
/// <param name="Input">The value that it multiplies: the layer's features.</param>
/// <param name="Weights">The array.</param>
/// <param name="Rows">Outputs, or maps.</param>
/// <param name="Columns">Inputs, or a patch.</param>
/// <param name="RowsAreOutputs">Whether the array has a row for every output; else it is turned over.</param>
internal sealed record GraphLayer(string Name, string Input, Tensor Weights, int Rows, int Columns, bool RowsAreOutputs)
{
    /// <summary>W, row-major.</summary>
    public double[] Matrix()
    {
        var numbers = new double[Weights.Count];
        Weights.Read(0, numbers);
        if (Array.Exists(numbers, static v => !double.IsFinite(v)))
            throw new DataException($"array '{Name}' has a number that is not finite");
        if (RowsAreOutputs) return numbers;
        var turned = new double[numbers.Length];
        for (var i = 0; i < Rows; i++)
            for (var j = 0; j < Columns; j++) turned[i * Columns + j] = numbers[j * Rows + i];
        return turned;
    }
}

/// <summary>The layers of weights of any graph, and what gives f: read off the nodes Gemm, MatMul and Conv.</summary>
/// <param name="Layers">Those that f rests on, in the order of the graph.</param>
/// <param name="Output">The value that is f: what a Softmax at the end is taken of.</param>
/// <param name="Notes">What was left out.</param>
internal sealed record GraphLayers(IReadOnlyList<GraphLayer> Layers, string Output, IReadOnlyList<string> Notes)
{
    /// <summary>Of a graph.</summary>
    /// <param name="graph">It.</param>
    public static GraphLayers Of(OnnxGraph graph)
    {
        var constants = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var producer = new Dictionary<string, OnnxNode>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializers) constants.TryAdd(tensor.Name, tensor);
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs) producer.TryAdd(output, node);
            if (node is { Operator: "Constant", Outputs: [var name] } && node.Attributes.TryGetValue("value", out var value)
                && value.Tensor is { } tensor) constants.TryAdd(name, tensor);
        }
        var (f, notes) = (graph.Outputs[0].Name, new List<string>());
        while (producer.TryGetValue(f, out var last) && last.Operator is "Softmax" or "LogSoftmax" or "Identity" && last.Inputs.Count > 0)
        {
            if (last.Operator != "Identity")
                notes.Add($"{last.Operator} at the end is left out: margins and losses are of what it is taken of");
            f = last.Inputs[0];
        }
        var wanted = Below(f, producer);
        var (layers, used) = (new List<GraphLayer>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var node in graph.Nodes.Where(wanted.Contains))
            if (node.Inputs.Count > 1 && constants.TryGetValue(node.Inputs[1], out var w) && w.Type.IsFloating()
                && Layer(node, w) is { } layer)
            {
                if (used.Add(node.Inputs[1])) layers.Add(layer);
                else notes.Add($"'{layer.Name}' is used twice; it counts as one layer, where it is first");
            }
        return new GraphLayers(layers, f, notes);
    }

    private static GraphLayer? Layer(OnnxNode node, Tensor w) => (node.Operator, w.Shape) switch
    {
        ("Gemm", [var a, var b]) when GraphOperators.Integer(node, "transB", 0) != 0 =>
            new(w.Name, node.Inputs[0], w, (int)a, (int)b, true),
        ("Gemm" or "MatMul", [var a, var b]) => new(w.Name, node.Inputs[0], w, (int)b, (int)a, false),
        ("Conv", [var maps, ..]) when maps > 0 => new(w.Name, node.Inputs[0], w, (int)maps, (int)(w.Count / maps), true),
        _ => null,
    };

    private static HashSet<OnnxNode> Below(string output, Dictionary<string, OnnxNode> producer)
    {
        var wanted = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>([output]);
        while (open.TryPop(out var value))
            if (producer.TryGetValue(value, out var node) && wanted.Add(node))
                foreach (var read in node.Inputs) open.Push(read);
        return wanted;
    }
}
