using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Graphs of ONNX that become networks give what loops in ONNX's own order give.</summary>
public sealed class OnnxNetworkTests : IDisposable
{
    private const int Examples = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly Team _team = new(1);
    private readonly int _seed = new Random().Next();

    public void Dispose()
    {
        _team.Dispose();
        _folder.Dispose();
    }

    private OnnxSample Sample(params long[] example) => new(new Random(_seed), Examples, example);

    private OnnxNetwork Read(byte[] file, TensorShape? input = null)
    {
        File.WriteAllBytes(_folder / "m.onnx", file);
        using var model = ModelFile.Open(_folder / "m.onnx");
        return OnnxNetwork.Read("m.onnx", model.Content.Onnx!, input);
    }

    private OnnxNetwork Check(OnnxSample sample, string output, int opset = 17, string? given = null)
    {
        var read = Read(sample.File(given ?? output, opset));
        var passes = GraphPasses<double>.Of(read.Network, Ours(sample.Input, read.Network.Input), _team, NormalizeBy.Running,
            read.Statistics);
        passes.Forward(read.Theta);
        var (found, expected) = (passes.Outputs.ToArray(), sample[output]);
        found.Length.ShouldBe(expected.Length);
        for (var i = 0; i < found.Length; i++)
            found[i].ShouldBe(expected[i], 1e-12 * (1 + Math.Abs(expected[i])), $"seed {_seed}, {read.Network}");
        return read;
    }

    // Channel, row, column to row, column, channel.
    private static double[] Ours(double[] x, TensorShape shape) => [.. x.Chunk(shape.Count).SelectMany(example =>
        Enumerable.Range(0, shape.Count).Select(i => example[i % shape.Channels * shape.Positions + i / shape.Channels]))];

    private string Refused(OnnxSample sample, string output, int opset = 17) =>
        Should.Throw<DataException>(() => Read(sample.File(output, opset))).Message;

    [Fact]
    public void Dense_layers_with_biases()
    {
        var s = Sample(5);
        var read = Check(s, s.Gemm(s.Relu(s.Gemm("x", "fc1", 4)), "fc2", 3, transposed: false));
        read.Network.Nodes.Select(static n => n.Kind).ShouldBe(["dense", "bias", "relu", "dense", "bias"]);
        read.Layers.ShouldBe(["fc1.weight", "fc2.weight"]);
    }

    [Fact]
    public void A_product_and_a_sum_are_a_layer_with_a_bias()
    {
        var s = Sample(4);
        double[] w = s[s.Weights("w", 4, 2)], b = s[s.Weights("b", 2)];
        double[] product = [.. Enumerable.Range(0, 2 * Examples).Select(at => Enumerable.Range(0, 4).Sum(j =>
            s.Input[at / 2 * 4 + j] * w[j * 2 + at % 2]))];
        var z = s.Node("MatMul", ["x", "w"], [Examples, 2], product);
        Check(s, s.Node("Add", ["b", z], [Examples, 2], [.. product.Select((v, at) => v + b[at % 2])]))
            .Network.Nodes.Select(static n => n.Kind).ShouldBe(["dense", "bias"]);
    }

    [Fact]
    public void Convolutions_pools_and_a_flattened_image()
    {
        var s = Sample(3, 8, 6);
        var a = s.MaxPool(s.Relu(s.BatchNorm(s.Conv("x", "c1", 4, 3, 1, 1, bias: true), "n1")), 2);
        a = s.Map("LeakyRelu", s.Conv(a, "c2", 5, 3, 2, 1, bias: false), static v => v > 0 ? v : 0.2 * v, OnnxSample.Real("alpha", 0.2f));
        var f = s.Relu(s.BatchNorm(s.Gemm(s.Map("Tanh", s.Flatten(a), Math.Tanh), "fc1", 6), "n2"));
        Check(s, s.Gemm(f, "fc2", 2)).Layers.ShouldBe(["c1.weight", "c2.weight", "fc1.weight", "fc2.weight"]);
    }

    [Fact]
    public void A_normalization_of_a_flattened_image()
    {
        var s = Sample(2, 3, 4);
        Check(s, s.Gemm(s.BatchNorm(s.Flatten(s.Conv("x", "c", 3, 3, 1, 0, bias: true)), "n"), "fc", 2));
    }

    [Fact]
    public void Residual_blocks()
    {
        var s = Sample(3, 6, 6);
        var a = s.Relu(s.Conv("x", "stem", 4, 3, 1, 1, bias: false));
        var inner = s.Relu(s.BatchNorm(s.Conv(a, "a1", 4, 3, 1, 1, bias: false), "n1"));
        var b = s.BatchNorm(s.Conv(inner, "a2", 4, 3, 1, 1, bias: false), "n2");
        a = s.Relu(s.Add(b, a));
        b = s.BatchNorm(s.Conv(a, "b1", 8, 3, 2, 1, bias: false), "n3");
        a = s.Relu(s.Add(b, s.BatchNorm(s.Conv(a, "down", 8, 1, 2, 0, bias: false), "n4")));
        Check(s, s.Gemm(s.Flatten(s.GlobalAverage(a)), "fc", 3)).Network.Nodes.Count(static n => n.Kind == "residual").ShouldBe(2);
    }

    [Fact]
    public void Dense_blocks_and_branches_side_by_side()
    {
        var s = Sample(3, 5, 4);
        var a = s.Conv("x", "stem", 4, 3, 1, 1, bias: false);
        for (var i = 0; i < 2; i++)
            a = s.Concat(a, s.Conv(s.Relu(s.BatchNorm(a, $"n{i}")), $"grow{i}", 3, 3, 1, 1, bias: true));
        a = s.Concat(s.Conv(a, "p1", 2, 1, 1, 0, bias: true), s.Conv(a, "p3", 3, 3, 1, 1, bias: true),
            s.Conv(s.Relu(a), "p5", 2, 5, 1, 2, bias: false));
        var flat = s.Flatten(a);
        var f = s.Concat(flat, s.Gemm(flat, "side", 3), s.Flatten(s.MaxPool(a, 2)));
        Check(s, s.Gemm(s.BatchNorm(f, "last"), "fc", 2)).Network.Nodes.Count(static n => n.Kind == "concat").ShouldBe(4);
    }

    [Fact]
    public void Sizes_that_the_graph_computes()
    {
        // x.view(x.size(0), −1) as exporters write it.
        var s = Sample(2, 3, 3);
        var a = s.Conv("x", "c", 2, 3, 1, 0, bias: false);
        var shape = s.Node("Shape", [a], [4], []);
        s.Constant("zero", [0]);
        var first = s.Node("Gather", [shape, "zero"], [], [], OnnxSample.Whole("axis", 0));
        var n = s.Node("Unsqueeze", [first, s.Integers("axes", 0)], [1], []);
        var sizes = s.Node("Concat", [n, s.Integers("rest", -1)], [2], []);
        Check(s, s.Gemm(s.Node("Reshape", [a, sizes], [Examples, 2], s[a]), "fc", 2));
    }

    [Fact]
    public void A_padding_by_nothing()
    {
        var s = Sample(2, 4, 4);
        var padded = s.Node("Pad", ["x", s.Integers("pads", 0, 0, 0, 0, 0, 0, 0, 0)], [Examples, 2, 4, 4], s.Input);
        Check(s, s.Gemm(s.Flatten(s.MaxPool(padded, 2)), "fc", 2));
        s = Sample(2, 4, 4);
        Refused(s, s.Node("Pad", ["x", s.Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)], [], [])).ShouldContain("it pads by 0, 0, 1, 1");
    }

    [Fact]
    public void Gelu_in_one_node_and_in_five()
    {
        static double Gelu(double z) => z / 2 * (1 + MathNet.Numerics.SpecialFunctions.Erf(z / Math.Sqrt(2)));
        var s = Sample(4);
        Check(s, s.Gemm(s.Map("Gelu", s.Gemm("x", "a", 5), Gelu), "b", 2), opset: 20);
        s = Sample(4);
        var z = s.Gemm("x", "a", 5);
        long[] shape = [Examples, 5];
        var half = s.Constant("half", [0.5]);
        var one = s.Constant("one", [1]);
        var erf = s.Node("Erf", [s.Node("Div", [z, s.Constant("root", [Math.Sqrt(2)])], shape, [])], shape, []);
        var times = s.Node("Mul", [z, s.Node("Add", [erf, one], shape, [])], shape, []);
        Check(s, s.Gemm(s.Node("Mul", [times, half], shape, [.. s[z].Select(Gelu)]), "b", 2))
            .Network.Nodes.Select(static n => n.Kind).ShouldContain("gelu");
    }

    [Fact]
    public void Layer_normalization_and_smooth_units()
    {
        var s = Sample(5);
        var a = s.Gemm("x", "a", 6);
        double[] gamma = s[s.Weights("g", 6)], beta = s[s.Weights("h", 6)];
        double[] y = [.. s[a].Chunk(6).SelectMany(row =>
        {
            double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
            return row.Select((v, i) => gamma[i] * (v - mean) / Math.Sqrt(variance + 1e-5) + beta[i]);
        })];
        a = s.Map("Sigmoid", s.Node("LayerNormalization", [a, "g", "h"], [Examples, 6], y), static v => 1 / (1 + Math.Exp(-v)));
        Check(s, s.Gemm(s.Map("Elu", s.Gemm(a, "b", 4), static v => v > 0 ? v : Math.Exp(v) - 1), "c", 2));
    }

    [Fact]
    public void Softmax_at_the_end_is_left_out_and_said()
    {
        var s = Sample(3);
        var f = s.Gemm("x", "fc", 2);
        Check(s, f, given: s.Node("Softmax", [f], [Examples, 2], []))
            .Notes.ShouldBe(["node 2 (Softmax) at the end is left out: margins and losses are of what it is taken of"]);
    }

    [Fact]
    public void Weights_that_are_no_finite_numbers_are_refused_by_name_and_place()
    {
        var s = Sample(2);
        s.Constant("w", [1, 2, double.NaN, 4], 2, 2);
        Refused(s, s.Node("MatMul", ["x", "w"], [], [])).ShouldContain("array 'w' has NaN at place 2; weights are finite numbers");
        s = Sample(2);
        s.Integers("w", 1, 2);
        Refused(s, s.Node("Add", ["x", "w"], [], [])).ShouldContain("array 'w' holds int64 numbers; weights are floating-point numbers");
    }

    [Fact]
    public void Examples_of_another_shape_are_refused()
    {
        var s = Sample(3, 8, 8);
        var file = s.File(s.Gemm(s.Flatten(s.Conv("x", "c", 2, 3, 1, 1, bias: true)), "fc", 2));
        Should.Throw<DataException>(() => Read(file, TensorShape.Vector(192))).Message
            .ShouldBe("m.onnx: the graph takes 8×8×3; an example of the data is 192");
        byte[] Dimension(long size) => OnnxFile.Bytes(1, OnnxFile.Number(1, size));
        var huge = OnnxFile.Model(OnnxFile.Bytes(1, OnnxFile.Node("Relu", ["x"], ["y"])), OnnxFile.Bytes(11, OnnxFile.Text(1, "x"),
            OnnxFile.Bytes(2, OnnxFile.Bytes(1, OnnxFile.Number(1, 1), OnnxFile.Bytes(2, Dimension(1), Dimension(int.MaxValue))))),
            OnnxFile.Bytes(12, OnnxFile.Text(1, "y")));
        Should.Throw<DataException>(() => Read(huge)).Message.ShouldContain("16777216 numbers are the most of an example");
    }

    // A small network with most of what is known: damaged, it is read, or refused in a sentence that names the file.
    [Fact]
    public void Damaged_graphs_are_read_or_refused() => LongHarness.Repeat("damaged ONNX graphs", 3_000, Damaged);

    [Fact(Explicit = true)]
    public void Damaged_graphs_for_hours() => LongHarness.Repeat("damaged ONNX graphs", 1_000_000, Damaged);

    private static void Damaged(Random random)
    {
        var model = s_whole.Value;
        var damaged = ModelSamples.Mutate(model, random, OnnxFile.Varint(ulong.MaxValue), [0x0a],
            "Conv"u8.ToArray(), "Add"u8.ToArray(), [0]);
        try
        {
            var content = OnnxReader.Read(new MemoryStore("m.onnx", damaged),
                new ExternalData("m.onnx", null, static path => throw new DataException($"m.onnx: {path}")));
            OnnxNetwork.Read("m.onnx", content.Onnx!, null).Theta.ShouldAllBe(static w => double.IsFinite(w));
        }
        catch (DataException e)
        {
            e.Message.ShouldContain("m.onnx");
            e.Message.Any(char.IsControl).ShouldBeFalse(e.Message);
            e.Message.Length.ShouldBeLessThan(3000);
        }
    }

    private static readonly Lazy<byte[]> s_whole = new(static () =>
    {
        var s = new OnnxSample(new Random(1), 1, 2, 6, 6);
        var a = s.Relu(s.BatchNorm(s.Conv("x", "c", 3, 3, 1, 1, bias: true), "n"));
        a = s.MaxPool(s.Concat(s.Add(s.Conv(a, "d", 3, 1, 1, 0, bias: false), a), s.Conv(a, "g", 2, 3, 1, 1, bias: true)), 2);
        return s.File(s.Gemm(s.Map("Tanh", s.Gemm(s.Flatten(a), "e", 4), Math.Tanh), "f", 2));
    });

    [Fact]
    public void What_no_network_has_is_refused_with_node_and_reason()
    {
        var s = Sample(4, 5, 5);
        s.Weights("w", 4, 1, 3, 3);
        Refused(s, s.Node("Conv", ["x", "w"], [], [], OnnxSample.Whole("group", 4)))
            .ShouldBe("m.onnx: node 1 (Conv) has no counterpart in a network here: its group is 4, and only 1 is known");
        s = Sample(4);
        Refused(s, s.Node("Softplus", ["x"], [], [])).ShouldContain("node 1 (Softplus) has no counterpart in a network here: the operator");
        s = Sample(4);
        Refused(s, s.Node("Relu", ["later"], [], [])).ShouldBe("m.onnx: node 1 (Relu) reads 'later', which nothing before it gives");
        s = Sample(4);
        s.Node("Relu", ["v2"], [], []);
        Refused(s, s.Node("Relu", ["v1"], [], [])).ShouldContain("reads 'v2', which nothing before it gives");
        s = Sample(4);
        Refused(s, "nowhere").ShouldContain("the output 'nowhere' of the graph is given by no node");
        s = Sample(4);
        Refused(s, s.Gemm("x", "fc", 2), opset: 3).ShouldContain("of version 3 of ONNX; 7 to 25 are known");
        s = Sample(2, 4, 4);
        Refused(s, s.Conv("x", "c", 3, 3, 1, 1, bias: false)).ShouldContain("is an image of 4×4×3; numbers a class are wanted");
        s = Sample(4);
        s.Weights("w", 3, 7);
        Refused(s, s.Node("MatMul", ["x", "w"], [], [])).ShouldContain("its matrix takes 3 numbers and gets 4");
    }
}
