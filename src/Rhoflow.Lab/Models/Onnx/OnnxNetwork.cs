using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>A graph of ONNX as a network of ours, with its weights.</summary>
/// <param name="Network">The network; images are row, column, channel here.</param>
/// <param name="Theta">θ.</param>
/// <param name="Statistics">Running means and variances.</param>
/// <param name="Layers">The names of the file's arrays that are W_1 … W_K.</param>
internal sealed record OnnxNetwork(Network Network, double[] Theta, double[] Statistics, IReadOnlyList<string> Layers)
{
    private const long OldestOpset = 7, NewestOpset = 25;
    private const int MostInputs = 1 << 24;

    /// <summary>What is left out of the graph, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The graph of a file.</summary>
    /// <param name="path">An .onnx file.</param>
    /// <param name="input">One example of the data; null: not known, the graph has to say it.</param>
    /// <exception cref="DataException">It cannot be read, has no graph, or one that no network here is; see the other overload.</exception>
    public static OnnxNetwork Read(string path, TensorShape? input)
    {
        using var file = ModelFile.Open(path);
        return Read(path, file.Content.Onnx ?? throw new DataException(
            $"{path}: holds weights and no graph; what they do with an example has to be written as network.layers"), input);
    }

    /// <summary>Reads the graph node by node.</summary>
    /// <param name="name">The file, for errors.</param>
    /// <param name="model">Its content.</param>
    /// <param name="input">One example of the data; null: not known, the graph has to say it.</param>
    /// <exception cref="DataException">The graph is damaged: a node reads what nothing before it gives.</exception>
    /// <exception cref="GraphDataException">It has a node that no network here has; node and reason are named.</exception>
    public static OnnxNetwork Read(string name, OnnxModel model, TensorShape? input)
    {
        var opset = model.Opsets.GetValueOrDefault("");
        if (opset is < OldestOpset or > NewestOpset)
            throw new GraphDataException($"{name}: its operators are of version {opset} of ONNX; {OldestOpset} to {NewestOpset} are "
                + "known here");
        var graph = model.Graph;
        var constants = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var t in graph.Initializers)
            if (!constants.TryAdd(t.Name, t)) throw new DataException($"{name}: two arrays are called '{t.Name}'");
        OnnxValue[] given = [.. graph.Inputs.Where(i => !constants.ContainsKey(i.Name))];
        if (given.Length != 1)
            throw new DataException($"{name}: the graph has {given.Length} inputs ({string.Join(", ", given.Select(static g => g.Name))}); "
                + "one, the examples, is wanted");
        if (graph.Outputs.Count == 0) throw new DataException($"{name}: the graph has no output");
        var notes = new List<string>();
        var wanted = Wanted(name, graph, given[0].Name, constants, notes);
        try
        {
            var builder = new GraphBuilder(ShapeOf(name, given[0], input), opset);
            builder.Give(given[0].Name);
            foreach (var (key, tensor) in constants) builder.Give(key, tensor);
            var last = wanted.Count - 1;
            for (; last >= 0 && wanted[last].Operator is "Softmax" or "LogSoftmax"; last--)
                notes.Add($"{Describe(wanted[last], graph)} at the end is left out: margins and losses are of what it is taken of");
            for (var i = 0; i <= last; i++) Add(name, graph, builder, wanted[i]);
            var made = builder.Build(last < 0 ? given[0].Name : wanted[last].Outputs[0]);
            return made with { Notes = [.. notes, .. made.Notes] };
        }
        catch (GraphRefusal refusal)
        {
            throw new GraphDataException($"{name}: {refusal.Message}", refusal);
        }
    }

    private static void Add(string name, OnnxGraph graph, GraphBuilder builder, OnnxNode node)
    {
        try
        {
            GraphOperators.Convert(builder, node);
        }
        catch (Exception e) when (e is GraphRefusal or ArgumentException or OverflowException or KeyNotFoundException)
        {
            throw new GraphDataException($"{name}: {Describe(node, graph)} has no counterpart in a network here: {e.Message}", e);
        }
    }

    private static string Describe(OnnxNode node, OnnxGraph graph)
    {
        var number = graph.Nodes.Index().First(n => ReferenceEquals(n.Item, node)).Index + 1;
        return $"node {number} ({node.Operator}{(node.Name.Length > 0 ? $" '{node.Name}'" : "")})";
    }

    // The nodes that the first output rests on, in the order of the graph; every one reads only what is there before it.
    private static List<OnnxNode> Wanted(string name, OnnxGraph graph, string input, Dictionary<string, Tensor> constants,
        List<string> notes)
    {
        var producer = new Dictionary<string, OnnxNode>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            foreach (var read in node.Inputs)
                if (read.Length > 0 && read != input && !constants.ContainsKey(read) && !producer.ContainsKey(read))
                    throw new DataException($"{name}: {Describe(node, graph)} reads '{read}', which nothing before it gives");
            foreach (var output in node.Outputs.Where(static o => o.Length > 0))
                if (output == input || constants.ContainsKey(output) || !producer.TryAdd(output, node))
                    throw new DataException($"{name}: {Describe(node, graph)} gives '{output}', which is there already");
        }
        var wanted = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>([graph.Outputs[0].Name]);
        while (open.TryPop(out var value))
        {
            if (!producer.TryGetValue(value, out var node))
            {
                if (value.Length == 0 || value == input || constants.ContainsKey(value)) continue;
                throw new DataException($"{name}: the output '{value}' of the graph is given by no node");
            }
            if (wanted.Add(node))
                foreach (var read in node.Inputs) open.Push(read);
        }
        if (graph.Outputs.Count > 1)
            notes.Add($"the graph has {graph.Outputs.Count} outputs; f is the first, '{graph.Outputs[0].Name}'");
        return [.. graph.Nodes.Where(wanted.Contains)];
    }

    // N × d or N × channels × rows × columns; N may be free.
    private static TensorShape ShapeOf(string name, OnnxValue value, TensorShape? known)
    {
        string Given() => value.Shape is null ? "no shape" : $"shape {string.Join(" × ", value.Shape)}";
        if (value.Shape is not { Count: 2 or 4 } axes)
            throw new GraphDataException($"{name}: the input '{value.Name}' has {Given()}; N × numbers or N × channels × rows × columns "
                + "is wanted");
        var sizes = axes.Skip(1).Select(static a => int.TryParse(a, out var n) && n > 0 ? n : 0).ToArray();
        if (sizes.Aggregate(1.0, static (a, b) => a * Math.Max(b, 1)) > MostInputs)
            throw new DataException($"{name}: the input '{value.Name}' has {Given()}; {MostInputs} numbers are the most of an example");
        TensorShape? said = sizes.Contains(0) ? null
            : sizes is [var d] ? TensorShape.Vector(d) : new TensorShape(sizes[1], sizes[2], sizes[0]);
        if (said is { } own && known is { } other && own != other)
            throw new DataException($"{name}: the graph takes {own}; an example of the data is {other}");
        return said ?? known
            ?? throw new DataException($"{name}: the input '{value.Name}' has {Given()}; the data have to say the sizes that "
                + "are left open");
    }
}
