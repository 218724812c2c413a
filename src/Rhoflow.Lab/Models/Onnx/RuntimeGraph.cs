using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// A graph that another program computes: outputs, and what enters its layers of weights, which are made outputs too. As a
/// <see cref="Network"/> it is a list of layers with their matrices, and nothing between them is known.
/// </summary>
public sealed class RuntimeGraph : IDisposable
{
    // Features that are kept, in all.
    private const long MostFeatures = 128L << 20;
    private const int MostNumbers = 1 << 21, MostExamples = 500;

    private readonly GraphSession _session;
    private readonly RuntimeInput _input;
    private readonly GraphLayers _graph;
    private readonly int _classes;
    private readonly int[] _axes, _widths;      // of what enters W_k: which axis counts examples (−1: none is known to), and its numbers

    private RuntimeGraph(string runtime, GraphSession session, RuntimeInput input, GraphLayers graph, Dataset some)
    {
        (Runtime, _session, _input, _graph) = (runtime, session, input, graph);
        (_axes, _widths) = (new int[graph.Layers.Count], new int[graph.Layers.Count]);
        _classes = Probe(some);
        var (nodes, layers, offset) = (new List<Node>(), new List<Layer>(), 0);
        foreach (var layer in graph.Layers)
        {
            layers.Add(new Layer(layer.Weights.Shape.Count == 2 ? LayerKind.Dense : LayerKind.Own, layer.Rows, layer.Columns, offset));
            // f is what the last layer is followed by.
            var width = layers.Count == graph.Layers.Count ? _classes : layer.Rows;
            nodes.Add(new RuntimeNode([nodes.Count - 1], TensorShape.Vector(width), new NodeWindows(layers.Count - 1), runtime));
            offset = checked(offset + layers[^1].Count);
        }
        Network = Network.FromNodes(TensorShape.Vector(input.Count), [.. nodes], [.. layers], offset, 0);
        Theta = new double[offset];
        for (var k = 0; k < layers.Count; k++) graph.Layers[k].Matrix().CopyTo(layers[k].Of(Theta));
    }

    /// <summary>The program.</summary>
    public string Runtime { get; }

    /// <summary>The layers of weights.</summary>
    public Network Network { get; }

    /// <summary>Their matrices.</summary>
    public double[] Theta { get; }

    /// <summary>The names of their arrays, and what is to be known of the graph.</summary>
    public IReadOnlyList<string> Notes => [.. _graph.Notes, $"{Runtime} computes the graph, whose layers are "
        + string.Join(", ", _graph.Layers.Select(static (l, k) => string.Create(CultureInfo.InvariantCulture, $"W{k + 1} = {l.Name}")))];

    /// <summary>Opens the graph of a file.</summary>
    /// <param name="path">An .onnx file.</param>
    /// <param name="runtime">Who computes it.</param>
    /// <param name="data">Examples that it is to be computed on.</param>
    /// <param name="threads">How many may work.</param>
    /// <exception cref="DataException">It cannot be computed on them; the message says why.</exception>
    public static RuntimeGraph Open(string path, GraphRuntime runtime, Dataset data, int threads)
    {
        using var file = ModelFile.Open(path);
        var onnx = file.Content.Onnx ?? throw new DataException($"{path}: holds weights and no graph");
        if (onnx.Graph.Outputs.Count == 0) throw new DataException($"{path}: the graph has no output");
        var input = RuntimeInput.Of(path, onnx.Graph, data.Shape ?? TensorShape.Vector(data.Inputs));
        var layers = GraphLayers.Of(onnx.Graph);
        if (layers.Layers.Count == 0)
            throw new DataException($"{path}: no node of the graph is a product with a matrix of the file (Gemm, MatMul, Conv)");
        var there = onnx.Graph.Outputs.Select(static o => o.Name).Append(input.Name).ToHashSet(StringComparer.Ordinal);
        using var store = new FileStore(path);
        var model = ModelEdit.WithOutputs(store, layers.Layers.Select(static l => l.Input).Append(layers.Output).Where(there.Add));
        GraphSession? session = null;
        try
        {
            session = runtime.Open(model, Path.GetDirectoryName(Path.GetFullPath(path))!, threads);
            return new RuntimeGraph(runtime.Name, session, input, layers, data);
        }
        catch (DataException e)
        {
            session?.Dispose();
            throw new DataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The k (1 … K) whose features are kept on so many examples, from the last on, and why others are not.</summary>
    /// <param name="examples">How many.</param>
    public (IReadOnlyList<int> Kept, IReadOnlyList<(int K, string Why)> Left) Features(int examples)
    {
        var (kept, left, room) = (new List<int>(), new List<(int, string)>(), MostFeatures);
        for (var k = Network.Depth; k >= 1; k--)
        {
            var size = (long)_widths[k - 1] * examples;
            if (_axes[k - 1] < 0) left.Add((k, "no axis of what enters it is known to count the examples"));
            else if (size > room)
                left.Add((k, string.Create(CultureInfo.InvariantCulture, $"what enters it would take {size * 4 >> 20} MB ({examples} × ")
                    + $"{_widths[k - 1]} numbers)"));
            else
            {
                kept.Insert(0, k);
                room -= size;
            }
        }
        return (kept, left);
    }

    /// <summary>f on every example, N × C, and what enters some layers.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="layers">k of the layers whose features are wanted.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellation">Looked at between blocks of examples.</param>
    /// <exception cref="DataException">The program fails.</exception>
    public (double[] Outputs, IReadOnlyDictionary<int, FeatureMatrix> Features) Run(Dataset data, IReadOnlyList<int> layers,
        Action<int>? progress, CancellationToken cancellation)
    {
        var f = new double[checked(data.Count * _classes)];
        var features = layers.ToDictionary(static k => k, k => new float[checked(data.Count * _widths[k - 1])]);
        var block = Block();
        for (var first = 0; first < data.Count; first += block)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(first);
            var count = Math.Min(block, data.Count - first);
            var values = Compute(data, first, count, layers, _input.Examples > 0 ? _input.Examples : count);
            for (var i = 0; i < count * _classes; i++) f[first * _classes + i] = values[0].Values[i];
            for (var i = 0; i < layers.Count; i++)
            {
                var width = _widths[layers[i] - 1];
                Rows(values[i + 1], _axes[layers[i] - 1], count, features[layers[i]].AsSpan(first * width, count * width));
            }
        }
        return (f, features.ToDictionary(static p => p.Key, p => FeatureMatrix.Of(p.Value, _widths[p.Key - 1], data.Count)));
    }

    /// <summary>Ends the program's session.</summary>
    public void Dispose() => _session.Dispose();

    private int Block() => _input.Examples > 0 ? _input.Examples : Math.Clamp(MostNumbers / _input.Count, 1, MostExamples);

    // The axis that counts examples is the one that follows their number: libraries put it second in sequences.
    private int Probe(Dataset some)
    {
        var all = Enumerable.Range(1, _graph.Layers.Count).ToArray();
        int a = _input.Examples > 0 ? _input.Examples : 2, b = _input.Examples > 0 ? a : 3;
        var (two, three) = (Compute(some, 0, Math.Min(a, some.Count), all, a), Compute(some, 0, Math.Min(b, some.Count), all, b));
        for (var k = 0; k < all.Length; k++)
        {
            var (s, t) = (two[k + 1].Shape, three[k + 1].Shape);
            var axes = Enumerable.Range(0, s.Count).Where(i => s.Count == t.Count && s[i] == a && t[i] == b).ToArray();
            // Of a graph that takes one number of examples only the first axis is sure, if any.
            _axes[k] = axes.Length == 1 || axes is [0, ..] ? axes[0] : -1;
            _widths[k] = two[k + 1].Values.Length / a;
        }
        var f = two[0].Shape;
        return f.Count >= 2 && f[0] == a && f.Skip(2).All(static s => s == 1) && three[0].Shape[0] == b ? f[1]
            : throw new DataException($"for {a} examples '{_graph.Output}' is {string.Join(" × ", f)}; N × classes is wanted");
    }

    // f, and what enters the layers; the graph's own input is what was given to it. Names that stand twice are asked for once.
    private IReadOnlyList<GraphArray> Compute(Dataset data, int first, int count, IReadOnlyList<int> layers, int examples)
    {
        var x = new float[examples * _input.Count];
        _input.Fill(data, first, count, x);
        string[] names = [_graph.Output, .. layers.Select(k => _graph.Layers[k - 1].Input)];
        string[] wanted = [.. names.Where(n => n != _input.Name).Distinct()];
        var given = wanted.Zip(_session.Run(_input.Name, x, [examples, .. _input.Sizes], wanted))
            .ToDictionary(static p => p.First, static p => p.Second, StringComparer.Ordinal);
        given[_input.Name] = new GraphArray([examples, .. _input.Sizes], x);
        return [.. names.Select(n => given[n])];
    }

    // The numbers of every example one after the other, whichever axis counts examples.
    private static void Rows(GraphArray value, int axis, int count, Span<float> rows)
    {
        int examples = value.Shape[axis], inner = value.Shape.Skip(axis + 1).Aggregate(1, static (a, b) => a * b);
        var outer = value.Values.Length / (examples * inner);
        for (var n = 0; n < count; n++)
            for (var o = 0; o < outer; o++)
                value.Values.AsSpan((o * examples + n) * inner, inner).CopyTo(rows[((n * outer + o) * inner)..]);
    }
}
