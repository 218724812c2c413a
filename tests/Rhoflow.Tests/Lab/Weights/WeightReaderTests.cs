using System.Runtime.InteropServices;
using Rhoflow.Data;
using Rhoflow.Lab.Weights;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Lab.Models;
using Shouldly;
using Xunit;
using static Rhoflow.Tests.Lab.Weights.WeightFiles;

namespace Rhoflow.Tests.Lab.Weights;

public sealed class WeightReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new();

    public void Dispose() => _folder.Dispose();

    private Named Draw(string name, params int[] shape) => WeightFiles.Draw(_random, name, shape);

    private LoadedWeights Read(Network network, params Named[] arrays) =>
        WeightReader.Read(new WeightChoice(Safetensors(_folder, arrays)), network);

    private string Refused(Network network, params Named[] arrays) =>
        Should.Throw<DataException>(() => Read(network, arrays)).Message;

    // f by the program's passes, with x as rows of the network's own layout.
    private static double[] Outputs(Network network, LoadedWeights weights, double[] x)
    {
        var data = Dataset.Of("x", x, [0], x.Length, null, network.Input.IsVector ? null : network.Input);
        using var at = Linearization.Of<double>(network, Loss.Square, data, Reduction.Mean, weights.Theta,
            weights.Statistics ?? network.StartStatistics(), 1);
        return at.Outputs.ToArray();
    }

    private static void ShouldBe(double[] found, double[] expected)
    {
        found.Length.ShouldBe(expected.Length);
        for (var i = 0; i < found.Length; i++) found[i].ShouldBe(expected[i], 1e-12 * Math.Max(1, Math.Abs(expected[i])));
    }

    [Fact]
    public void Numbers_in_names_are_sorted_as_numbers()
    {
        // As text, 10 comes before 2: the file's order is 0, 10, 2, 4.
        Named[] w = [Draw("0.weight", 3, 3), Draw("2.weight", 3, 3), Draw("4.weight", 3, 3), Draw("10.weight", 3, 3)];
        var network = Network.Dense(3, 3, 3, 3, 3);
        double[] x = [.3, -1.2, .7];
        var weights = Read(network, w);
        ShouldBe(Outputs(network, weights, x), Times(w[3].Values, ReLU(Times(w[2].Values, ReLU(Times(w[1].Values,
            ReLU(Times(w[0].Values, x))))))));
        weights.Notes.ShouldHaveSingleItem().ShouldContain(
            "by the numbers in the names: W1 = 0.weight, W2 = 2.weight, W3 = 4.weight, W4 = 10.weight");
    }

    [Fact]
    public void Files_of_PyTorch_and_ONNX_give_what_safetensors_gives()
    {
        Named[] w = [Draw("0.weight", 3, 2), Draw("2.weight", 2, 3)];
        var network = Network.Dense(2, 3, 2);
        var expected = Read(network, w).Theta;
        byte[][] storages = [.. w.Select(static a => MemoryMarshal.AsBytes<double>(a.Values).ToArray())];
        File.WriteAllBytes(_folder / "w.pt", TorchFile.Archive(TorchFile.StateDict([.. w.Select(static (a, i) => (a.Name,
            TorchFile.Tensor("DoubleStorage", i, 6, 0, [.. a.Shape.Select(static s => (long)s)], [a.Shape[1], 1])))]), storages));
        File.WriteAllBytes(_folder / "w.onnx", OnnxFile.Model([.. w.Select((a, i) => OnnxFile.Bytes(5,
            OnnxFile.Tensor(a.Name, 11, [.. a.Shape.Select(static s => (long)s)], OnnxFile.Bytes(9, storages[i]))))]));
        foreach (var file in new[] { "w.pt", "w.onnx" })
            WeightReader.Read(new WeightChoice(_folder / file), network).Theta.ShouldBe(expected, file);
    }

    [Fact]
    public void Words_do_not_fix_an_order_and_are_refused_unless_shapes_leave_one_way()
    {
        Named[] w = [Draw("fc_in.weight", 2, 2), Draw("body.weight", 2, 2), Draw("out.weight", 1, 2)];
        var network = Network.Dense(2, 2, 2, 1);
        var refused = Refused(network, w);
        refused.ShouldContain("body.weight (2 × 2), fc_in.weight (2 × 2)");
        refused.ShouldContain("names: [?, ?, out.weight]");
        double[] x = [.5, -.4];
        var named = WeightReader.Read(new WeightChoice(Safetensors(_folder, w))
        {
            Names = ["fc_in.weight", "body.weight", "out.weight"],
        }, network);
        ShouldBe(Outputs(network, named, x), Times(w[2].Values, ReLU(Times(w[1].Values, ReLU(Times(w[0].Values, x))))));
        named.Notes.ShouldHaveSingleItem().ShouldContain("as named: W1 = fc_in.weight, W2 = body.weight, W3 = out.weight");

        Named[] u = [Draw("zeta.weight", 4, 2), Draw("body.weight", 3, 4), Draw("out.weight", 1, 3)];
        var other = Network.Dense(2, 4, 3, 1);
        var only = Read(other, u);
        ShouldBe(Outputs(other, only, x), Times(u[2].Values, ReLU(Times(u[1].Values, ReLU(Times(u[0].Values, x))))));
        only.Notes.ShouldHaveSingleItem().ShouldContain("the only way that the shapes allow: W1 = zeta.weight");
        // Numbers within words fix a part of the order, which may be enough: layers.1 comes after layers.0, and only `out` is 2 × 2.
        Named[] v = [Draw("out.weight", 2, 2), Draw("layers.1.weight", 2, 2), Draw("layers.0.weight", 2, 3)];
        Refused(Network.Dense(3, 2, 2, 2), v).ShouldContain("names: [layers.0.weight, ?, ?]");
    }

    [Fact]
    public void Archives_of_numpy_are_read_by_name_too()
    {
        Named[] w = [Draw("W2", 1, 3), Draw("W1", 3, 2)];
        var network = Network.Dense(2, 3, 1);
        double[] x = [1, -2];
        var weights = WeightReader.Read(new WeightChoice(Npz(_folder, w)), network);
        ShouldBe(Outputs(network, weights, x), Times(w[0].Values, ReLU(Times(w[1].Values, x))));
        Named[] v = [Draw("arr_1", 3, 3), Draw("arr_10", 1, 3), Draw("arr_0", 3, 2)];
        var deep = Network.Dense(2, 3, 3, 1);
        ShouldBe(Outputs(deep, WeightReader.Read(new WeightChoice(Npz(_folder, v)), deep), x),
            Times(v[1].Values, ReLU(Times(v[0].Values, ReLU(Times(v[2].Values, x))))));
        Should.Throw<DataException>(() => WeightReader.Read(new WeightChoice(Npz(_folder, [.. w, Draw("b2", 1)])), network)).Message
            .ShouldContain("no place for b2 (1)");
    }

    [Fact]
    public void A_bias_is_refused_with_the_remedy_or_used_where_the_network_can()
    {
        Named[] w = [Draw("0.weight", 3, 2), Draw("0.bias", 3), Draw("2.weight", 1, 3), Draw("2.bias", 1)];
        var plain = Network.Dense(2, 3, 1);
        var refused = Refused(plain, w);
        refused.ShouldContain("no place for 0.bias (3), 2.bias (1)");
        refused.ShouldContain("data.transforms: [constant-input]");
        refused.ShouldContain("names: [0.weight, 2.weight]");
        var left = WeightReader.Read(new WeightChoice(Safetensors(_folder, w)) { Names = ["0.weight", "2.weight"] }, plain);
        left.Notes.ShouldContain(static n => n.Contains("not used of weights.safetensors: 0.bias (3), 2.bias (1)"));
        // With a constant input the first bias is a weight; a second bias that is zero is not needed.
        var constant = Network.Dense(3, 3, 1);
        w[3] = w[3] with { Values = [0] };
        var used = WeightReader.Read(new WeightChoice(Safetensors(_folder, w)) { HasConstantInput = true }, constant);
        double[] x = [.3, -.8], hidden = Times(w[0].Values, x);
        for (var i = 0; i < 3; i++) hidden[i] += w[1].Values[i];
        ShouldBe(Outputs(constant, used, [.. x, 1]), Times(w[2].Values, ReLU(hidden)));
        used.Notes.ShouldContain("0.bias is the weight of the constant input in W1");
        used.Notes.ShouldContain("2.bias: zero, so not needed");
        // Nothing but the last constant makes a bias: without it the shape does not fit.
        Refused(constant, w).ShouldContain("'0.weight' is 3 × 2; layer 1 of the network needs 3 × 3");
    }

    [Fact]
    public void Convolutions_of_PyTorch_come_into_our_layout_and_what_reads_them_as_a_vector_does_too()
    {
        const int side = 5, maps = 3, channels = 2, k = 3;
        Named[] w = [Draw("0.weight", maps, channels, k, k), Draw("3.weight", 4, maps * 9)];
        var network = new NetworkBuilder(new TensorShape(side, side, channels)).Convolution(maps, k, 2, 1).Then(Activation.ReLU).Dense(4)
            .Build();
        double[] x = Draw("x", channels * side * side).Values, own = new double[x.Length];
        for (var c = 0; c < channels; c++)
            for (var p = 0; p < side * side; p++) own[p * channels + c] = x[c * side * side + p];
        var weights = Read(network, w);
        ShouldBe(Outputs(network, weights, own), Times(w[1].Values, ReLU(Convolve(x, side, w[0].Values, maps, channels, k, 2, 1))));
        weights.Notes.ShouldContain(static n => n.StartsWith("0.weight: read as maps × channel × row × column"));
        weights.Notes.ShouldContain(static n => n.StartsWith("3.weight: columns read as channel, row, column"));
        var refused = Refused(network, w[0] with { Shape = [channels, maps, k, k] }, w[1]);
        refused.ShouldContain("'0.weight' is 2 × 3 × 3 × 3");
        refused.ShouldContain("3 × 18 (maps × row, column, channel) or 3 × 2 × 3 × 3 (maps × channel × row × column, as in PyTorch)");
    }

    [Fact]
    public void Biases_go_behind_the_layers_whose_weights_they_stand_beside()
    {
        Named[] w = [Draw("0.weight", 3, 2), Draw("0.bias", 3), Draw("2.weight", 1, 3), Draw("2.bias", 1)];
        var network = new NetworkBuilder(2).Dense(3).Bias().Then(Activation.ReLU).Dense(1).Bias().Build();
        double[] x = [.4, -.9];
        double[] hidden = [.. Times(w[0].Values, x).Zip(w[1].Values, static (a, b) => a + b)];
        double[] expected = [.. Times(w[2].Values, ReLU(hidden)).Zip(w[3].Values, static (a, b) => a + b)];
        var weights = Read(network, w);
        ShouldBe(Outputs(network, weights, x), expected);
        var without = Read(network, w[..3]);
        without.Notes.ShouldContain("weights.safetensors has no bias for node 5: 0");
        ShouldBe(Outputs(network, without, x), Times(w[2].Values, ReLU(hidden)));
        Refused(network, w[0], Draw("0.bias", 2), w[2], w[3])
            .ShouldContain("array '0.bias' is 2; the bias behind W1 (node 2) needs 3");
        // A convolution has one a map, whatever the layout of its kernel.
        var image = new NetworkBuilder(new TensorShape(3, 3, 1)).Convolution(2, 3).Bias().Dense(1).Build();
        Named[] conv = [Draw("conv.weight", 2, 1, 3, 3), Draw("conv.bias", 2), Draw("fc.weight", 1, 2)];
        double[] pixels = [.. Enumerable.Range(0, 9).Select(_ => _random.NextDouble())];
        ShouldBe(Outputs(image, Read(image, conv), pixels), Times(conv[2].Values,
            [.. Times(conv[0].Values, pixels).Zip(conv[1].Values, static (a, b) => a + b)]));
    }

    [Fact]
    public void A_bias_of_a_convolution_is_the_weight_of_a_constant_channel()
    {
        const int side = 4, maps = 2, k = 3;
        Named[] w = [Draw("conv.weight", maps, 1, k, k), Draw("conv.bias", maps), Draw("head.kernel", maps * 16, 2)];
        var network = new NetworkBuilder(new TensorShape(side, side, 2)).Convolution(maps, k, 1, 1).Then(Activation.ReLU).Dense(2).Build();
        var x = Draw("x", side * side).Values;
        var weights = WeightReader.Read(new WeightChoice(Safetensors(_folder, w)) { HasConstantInput = true }, network);
        var hidden = Convolve(x, side, w[0].Values, maps, 1, k, 1, 1);
        for (var m = 0; m < maps; m++)
            for (var p = 0; p < 16; p++) hidden[m * 16 + p] = Math.Max(0, hidden[m * 16 + p] + w[1].Values[m]);
        var expected = new double[2];
        for (var j = 0; j < 2; j++)
            for (var i = 0; i < hidden.Length; i++) expected[j] += w[2].Values[i * 2 + j] * hidden[i];
        ShouldBe(Outputs(network, weights, [.. x.SelectMany(static v => new[] { v, 1.0 })]), expected);
        weights.Notes.ShouldContain(static n => n.StartsWith("head.kernel: read as inputs × outputs"));
    }

    [Fact]
    public void A_dense_layer_over_images_of_several_channels_needs_a_word_about_their_order()
    {
        var network = new NetworkBuilder(new TensorShape(2, 2, 3)).Dense(2).Build();
        var w = Draw("fc.weight", 2, 12);
        Refused(network, w).ShouldContain("layout: nchw} or layout: nhwc");
        var x = Draw("x", 12).Values;
        double[] turned = [.. Enumerable.Range(0, 12).Select(i => x[i % 4 * 3 + i / 4])];
        foreach (var (layout, input) in new[] { ("nhwc", x), ("nchw", turned) })
            ShouldBe(Outputs(network, WeightReader.Read(new WeightChoice(Safetensors(_folder, w)) { Layout = layout }, network), x),
                Times(w.Values, input));
    }

    [Fact]
    public void Batch_normalization_takes_its_arrays_and_the_bias_before_it()
    {
        Named Positive(string name, int n) => Draw(name, n) with { Values = [.. Draw(name, n).Values.Select(static v => v * v + .1)] };
        Named[] w = [Draw("fc1.weight", 3, 2), Draw("fc1.bias", 3), Draw("bn1.weight", 3), Draw("bn1.bias", 3),
            Draw("bn1.running_mean", 3), Positive("bn1.running_var", 3), Draw("bn1.num_batches_tracked", 1), Draw("fc2.weight", 2, 3)];
        Network Of(bool affine) => new NetworkBuilder(2).Dense(3).BatchNorm(affine).Then(Activation.ReLU).Dense(2).Build();
        double[] x = [.9, -.2], h = Times(w[0].Values, x);
        for (var i = 0; i < 3; i++)
            h[i] = Math.Max(0, w[2].Values[i] * (h[i] + w[1].Values[i] - w[4].Values[i]) / Math.Sqrt(w[5].Values[i] + 1e-5)
                + w[3].Values[i]);
        var weights = Read(Of(true), w);
        ShouldBe(Outputs(Of(true), weights, x), Times(w[7].Values, h));
        weights.Notes.ShouldContain("normalizations: node 2 = bn1");
        weights.Notes.ShouldContain("fc1.bias is taken off the running mean of node 2");
        Refused(Of(false), w).ShouldContain("'bn1.weight' is γ of a normalization, which node 2 of the network does not have; write "
            + "{batch-norm: {affine: true}}");
        Refused(Network.Dense(2, 3, 2), w).ShouldContain("no place for bn1.bias (3)");
        Read(Of(true), w[0], w[7]).Notes.ShouldContain(static n => n.Contains("running statistics start anew"));
        // Two of one width with names that say nothing.
        var two = new NetworkBuilder(2).Dense(3).BatchNorm().Then(Activation.ReLU).Dense(3).BatchNorm().Dense(1).Build();
        Named[] open = [Draw("0.weight", 3, 2), Draw("1.weight", 3, 3), Draw("2.weight", 1, 3), Draw("a.running_mean", 3),
            Positive("a.running_var", 3), Draw("b.running_mean", 3), Positive("b.running_var", 3)];
        Refused(two, open).ShouldContain("normalizations: [?, ?]");
        var said = WeightReader.Read(new WeightChoice(Safetensors(_folder, open)) { Normalizations = ["b", "a"] }, two);
        two.Nodes[1].Windows.Means!.Value.Of(said.Statistics.AsSpan()).ToArray().ShouldBe(open[5].Values);
        two.Nodes[4].Windows.Means!.Value.Of(said.Statistics.AsSpan()).ToArray().ShouldBe(open[3].Values);
    }

    [Fact]
    public void Every_array_and_shape_that_does_not_fit_is_named()
    {
        var network = Network.Dense(2, 3, 1);
        Refused(network, Draw("0.weight", 3, 2)).ShouldContain(
            "1 weight arrays (0.weight (3 × 2)) for a network of 2 layers (W1 3 × 2, W2 1 × 3)");
        var more = Refused(network, Draw("0.weight", 3, 2), Draw("1.weight", 1, 3), Draw("head.weight", 4, 4));
        more.ShouldContain("names: [0.weight, 1.weight]");
        Refused(network, Draw("0.weight", 2, 3), Draw("1.weight", 1, 3)).ShouldContain("it would fit turned over");
        Refused(network, Draw("W1", 3, 2), Draw("W2", 1, 3), Draw("W3", 1, 1)).ShouldContain("no place for W3 (1 × 1)");
        Refused(network, Draw("W1", 3, 2), Draw("W3", 1, 3)).ShouldContain("there is no array 'W2' for layer 2");
        Refused(network, Draw("0.weight", 3, 2), Draw("1.weight", 1, 3) with { Values = [1, double.NaN, 2] }).ShouldContain(
            "array '1.weight' has NaN at place 1");
        var file = new Safetensors();
        file.Add<double>("0.weight", new double[6], 3, 2);
        file.Add<long>("1.weight", [1, 2, 3], 1, 3);
        using (var stream = File.Create(_folder / "i.safetensors")) file.Write(stream);
        Should.Throw<DataException>(() => WeightReader.Read(new WeightChoice(_folder / "i.safetensors"), network)).Message
            .ShouldContain("array '1.weight' holds I64");
        var choice = new WeightChoice(Safetensors(_folder, Draw("0.weight", 3, 2), Draw("1.weight", 1, 3)));
        Should.Throw<ArgumentException>(() => WeightReader.Read(choice with { Names = ["0.weight"] }, network)).Message
            .ShouldContain("1 arrays were named for a network of 2 layers");
        Should.Throw<ArgumentException>(() => WeightReader.Read(choice with { Names = ["0.weight", "1.wieght"] }, network)).Message
            .ShouldContain("nearest: 1.weight");
    }
}
