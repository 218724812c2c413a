using Rhoflow.Data;
using Rhoflow.Lab.Extensions;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Architecture;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>
/// Graphs that another program computes: one that knows the values of a sample by loops, and ONNX Runtime where its package is there.
/// </summary>
public sealed class RuntimeGraphTests : IDisposable
{
    private const int Examples = 12, Classes = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly int _seed = new Random().Next();

    public void Dispose() => _folder.Dispose();

    private OnnxSample Sample(params long[] example) => new(new Random(_seed), Examples, example);

    // In float32, in which ONNX Runtime convolves.
    private string Written(OnnxSample sample, string output)
    {
        File.WriteAllBytes(_folder / "m.onnx", sample.File(output, isSingle: true));
        return _folder / "m.onnx";
    }

    // Channel, row, column to row, column, channel.
    private static Dataset Data(OnnxSample sample, TensorShape? image = null)
    {
        var d = sample.Input.Length / Examples;
        double[] x = image is not { } s ? sample.Input : [.. sample.Input.Chunk(d).SelectMany(e =>
            Enumerable.Range(0, d).Select(i => e[i % s.Channels * s.Positions + i / s.Channels]))];
        return Dataset.Of("sample", x, [.. Enumerable.Range(0, Examples).Select(static n => (double)(n % Classes))], d, null, image);
    }

    private static TrainedNetwork Trained(Network network, double[] theta, double[] statistics, Dataset data, RuntimeGraph? graph) => new()
    {
        Source = "m.onnx",
        Network = network,
        Theta = theta,
        Statistics = statistics,
        Loss = Loss.CrossEntropy,
        Precision = Precision.Float64,
        Train = data,
        Graph = graph,
    };

    private static Dictionary<string, double> Measures(TrainedNetwork network, out NetworkInspection inspection)
    {
        inspection = NetworkInspection.Of(network, ["loss", "norms", "margins", "normalized-loss", "collapse"], 10, 1);
        return inspection.Measures
            .Concat(inspection.Layers.SelectMany(static l => l.Values.Select(v => ("", $"{l.Name} {v.Key}", v.Value))))
            .Where(static m => !double.IsNaN(m.Item3)).ToDictionary(static m => m.Item2, static m => m.Item3, StringComparer.Ordinal);
    }

    private void Agree(OnnxSample sample, string output, Dataset data, GraphRuntime runtime, double tolerance, int least)
    {
        var path = Written(sample, output);
        var ours = OnnxNetwork.Read(path, data.Shape ?? TensorShape.Vector(data.Inputs));
        var expected = Measures(Trained(ours.Network, ours.Theta, ours.Statistics, data, null), out _);
        using var graph = RuntimeGraph.Open(path, runtime, data, 1);
        var found = Measures(Trained(graph.Network, graph.Theta, [], data, graph), out var inspection);
        var compared = 0;
        foreach (var (name, value) in expected)
            if (found.TryGetValue(name, out var other))
            {
                other.ShouldBe(value, tolerance * (1 + Math.Abs(value)), $"{name}, seed {_seed}");
                compared++;
            }
        compared.ShouldBeGreaterThan(least);
        expected.Keys.Where(static k => k.StartsWith("margin_", StringComparison.Ordinal)).ShouldAllBe(k => found.ContainsKey(k));
        inspection.NotMeasured.ShouldContain(n => n.What.StartsWith("margins/input_margin", StringComparison.Ordinal)
            && n.Why.StartsWith("it needs derivatives, which ", StringComparison.Ordinal));
    }

    private static string Multilayer(OnnxSample s) => s.Gemm(s.Relu(s.Gemm(s.Relu(s.Gemm("x", "fc1", 7)), "fc2", 6)), "fc3", Classes,
        transposed: false);

    private static string Convolutional(OnnxSample s) => s.Gemm(s.Flatten(s.MaxPool(s.Relu(s.Conv("x", "c1", 4, 3, 1, 1, bias: true)), 2)),
        "fc", Classes);

    [Fact]
    public void A_graph_that_is_a_network_too_has_the_same_measures()
    {
        var s = Sample(5);
        Agree(s, Multilayer(s), Data(s), new Loops(s), 1e-5, 50);
        var c = Sample(2, 4, 6);
        Agree(c, Convolutional(c), Data(c, new TensorShape(4, 6, 2)), new Loops(c), 1e-5, 50);
    }

    [Fact]
    public void Outputs_and_features_of_a_graph_with_other_operators()
    {
        var s = Sample(5);
        var hidden = s.Map("Softplus", s.Gemm("x", "fc1", 6), static v => Math.Log(1 + Math.Exp(v)));
        var f = s.Gemm(hidden, "fc2", Classes);
        var path = Written(s, f);
        Should.Throw<GraphDataException>(() => OnnxNetwork.Read(path, null)).Message.ShouldContain("(Softplus)");
        using var graph = RuntimeGraph.Open(path, new Loops(s), Data(s), 1);
        graph.Network.Layers.Select(static l => (l.Rows, l.Columns)).ShouldBe([(6, 5), (Classes, 6)]);
        graph.Theta.ShouldBe([.. s["fc1.weight"].Concat(s["fc2.weight"]).Select(static w => (double)(float)w)]);
        var (outputs, features) = graph.Run(Data(s), [1, 2], null, default);
        for (var i = 0; i < outputs.Length; i++) outputs[i].ShouldBe(s[f][i], 1e-5);
        for (var n = 0; n < Examples; n++)
            for (var j = 0; j < 6; j++) features[2].Row(n)[j].ShouldBe(s[hidden][n * 6 + j], 1e-6);
        features[1].Row(3).ShouldBe(s.Input.Skip(15).Take(5).Select(static v => (double)(float)v));
    }

    [Fact]
    public void The_edited_model_has_more_outputs_and_all_else()
    {
        var s = Sample(4);
        var f = Multilayer(s);
        File.WriteAllBytes(_folder / "edited.onnx", ModelEdit.WithOutputs(new MemoryStore("m.onnx", s.File(f, isSingle: true)),
            ["v1", "v2"]));
        using var edited = ModelFile.Open(_folder / "edited.onnx");
        edited.Content.Onnx!.Graph.Outputs.Select(static o => o.Name).ShouldBe([f, "v1", "v2"]);
        OnnxNetwork.Read(_folder / "edited.onnx", null).Theta.ShouldBe(OnnxNetwork.Read(Written(s, f), null).Theta);
    }

    [Fact]
    public void Data_that_do_not_fit_and_programs_that_refuse_are_said()
    {
        var s = Sample(5);
        var path = Written(s, Multilayer(s));
        var image = Dataset.Of("d", new double[12], [0, 1, 2], 4, null, new TensorShape(2, 2, 1));
        Should.Throw<DataException>(() => RuntimeGraph.Open(path, new Loops(s), image, 1)).Message
            .ShouldContain("the input 'x' has shape N × 5; an example of the data is 2×2×1, which does not fit");
        Should.Throw<DataException>(() => RuntimeGraph.Open(path, new Refusing(), Data(s), 1)).Message
            .ShouldBe($"{path}: no such operator");
        var bare = Sample(4);
        File.WriteAllBytes(_folder / "bare.onnx", bare.File(bare.Relu("x")));
        Should.Throw<DataException>(() => RuntimeGraph.Open(_folder / "bare.onnx", new Loops(bare), Data(bare), 1)).Message
            .ShouldContain("no node of the graph is a product with a matrix of the file");
    }

    [Fact]
    public void ONNX_Runtime_agrees()
    {
        var runtime = GraphRuntimes.In([Path.Combine(Path.GetDirectoryName(Drawing.Root())!, ".build", "onnxruntime")]);
        if (runtime is null) Assert.Skip($"the package is not there. {GraphRuntimes.Remedy}");
        var s = Sample(5);
        Agree(s, Multilayer(s), Data(s), runtime, 1e-5, 50);
        var c = Sample(2, 4, 6);
        Agree(c, Convolutional(c), Data(c, new TensorShape(4, 6, 2)), runtime, 1e-5, 50);
        var unknown = Sample(4);
        var path = Written(unknown, unknown.Gemm(unknown.Map("Sneeze", "x", static v => v), "fc", 2));
        Should.Throw<DataException>(() => RuntimeGraph.Open(path, runtime, Data(unknown), 1)).Message.ShouldContain("Sneeze");
    }

    /// <summary>Gives the values that a sample computed by loops, for the examples that it knows.</summary>
    private sealed class Loops(OnnxSample sample) : GraphRuntime
    {
        public override string Name => "loops";

        public override GraphSession Open(byte[] model, string folder, int threads) => new Session(sample);

        private sealed class Session(OnnxSample sample) : GraphSession
        {
            public override IReadOnlyList<GraphArray> Run(string input, ReadOnlySpan<float> x, ReadOnlySpan<int> shape,
                IReadOnlyList<string> outputs)
            {
                var d = sample.Input.Length / Examples;
                int[] rows = [.. x.ToArray().Chunk(d).Select(r => Enumerable.Range(0, Examples)
                    .First(n => Enumerable.Range(0, d).All(i => (float)sample.Input[n * d + i] == r[i])))];
                return [.. outputs.Select(o =>
                {
                    var (sizes, values) = (sample.ShapeOf(o), sample[o]);
                    var each = values.Length / Examples;
                    return new GraphArray([rows.Length, .. sizes.Skip(1).Select(static s => (int)s)],
                        [.. rows.SelectMany(n => values.Skip(n * each).Take(each)).Select(static v => (float)v)]);
                })];
            }

            protected override void Dispose(bool disposing)
            {
                // There is nothing to release.
            }
        }
    }

    private sealed class Refusing : GraphRuntime
    {
        public override string Name => "refusing";

        public override GraphSession Open(byte[] model, string folder, int threads) => throw new DataException("no such operator");
    }
}
