using Rhoflow.Kernels;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Lab.Models.Writing;
using Rhoflow.Lab.Weights;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>Networks that are written and read back: the same outputs, the same numbers, the names of PyTorch.</summary>
public sealed class ModelWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Team _team = new(1);
    private readonly int _seed = new Random().Next();

    private static readonly Dictionary<string, string> s_noMetadata = [];

    public static TheoryData<string> Networks => [.. s_networks.Keys];

    private static readonly Dictionary<string, Func<Network>> s_networks = new(StringComparer.Ordinal)
    {
        ["vectors"] = static () => new NetworkBuilder(5).Dense(7).Bias().Then(Activation.ReLU).Dense(4).Then(ElementwiseKind.Gelu)
            .LayerNorm(gamma: true, beta: true).Diagonal().Then(Activation.LeakyReLU(0.2)).Dense(3).Build(),
        ["units"] = static () => new NetworkBuilder(4).Dense(6).Then(ElementwiseKind.Tanh).Dense(6).Then(ElementwiseKind.Sigmoid)
            .Dense(5).Then(ElementwiseKind.Elu).Dense(5).Then(Activation.Power(3)).Dense(2).Bias().Build(),
        ["an image of pixels"] = static () => new NetworkBuilder(new TensorShape(4, 3, 2)).Dense(6).Bias().BatchNorm(affine: true)
            .Then(Activation.ReLU).Dense(3).Build(),
        ["convolutions"] = static () => new NetworkBuilder(new TensorShape(6, 6, 3)).Convolution(4, 3, 2, 1).BatchNorm()
            .Then(Activation.ReLU).Convolution(5, 3, padding: 1).Bias().Then(Activation.ReLU).MaxPool(2, 1).AveragePool(2, 2, 1).Flatten()
            .BatchNorm(affine: true).Then(ElementwiseKind.Tanh).Diagonal().Bias().Dense(4).Build(),
        ["residuals"] = static () => new NetworkBuilder(new TensorShape(5, 5, 2)).Convolution(4, 3, 1, 1)
            .Residual(static b => b.BatchNorm(affine: true).Then(Activation.ReLU).Convolution(4, 3, 1, 1))
            .Residual(static b => b.Convolution(6, 3, 2, 1), static b => b.Convolution(6, 1, 2)).Bias().GlobalAverage().Dense(3).Build(),
        ["side by side"] = static () => new NetworkBuilder(new TensorShape(4, 4, 2)).Convolution(3, 3, padding: 1)
            .Concat(static b => b.BatchNorm(affine: true).Then(Activation.ReLU).Convolution(2, 3, padding: 1))
            .Concat(static b => b.Convolution(2, 1), static b => b.MaxPool(3, 1, 1)).Flatten().Concat(static b => b.Dense(5).Bias())
            .BatchNorm(affine: true).Dense(3).Build(),
        ["one position"] = static () => new NetworkBuilder(new TensorShape(4, 4, 3)).Convolution(6, 4).Then(Activation.ReLU)
            .Convolution(5, 1).Bias().Dense(2).Build(),
        ["images normalized as a whole"] = static () => new NetworkBuilder(new TensorShape(3, 4, 2)).Convolution(3, 3, padding: 1)
            .LayerNorm(gamma: true).Convolution(2, 3).LayerNorm(gamma: true, beta: true).LayerNorm().Dense(2).Build(),
    };

    public void Dispose()
    {
        _team.Dispose();
        _folder.Dispose();
    }

    // θ, running statistics and examples, all drawn; variances are positive.
    private (double[] Theta, double[] Statistics, double[] X) Draw(Network network)
    {
        var random = new Random(_seed);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
        var statistics = Numbers(network.StatisticsCount);
        foreach (var node in network.Nodes)
            if (node.Windows.Variances is { } at)
                foreach (ref var v in at.Of(statistics.AsSpan())) v = 0.5 + v * v;
        return (Numbers(network.ParameterCount), statistics, Numbers(3 * network.Inputs));
    }

    private double[] Outputs(Network network, double[] theta, double[] statistics, double[] x)
    {
        var passes = GraphPasses<double>.Of(network, x, _team, NormalizeBy.Running, statistics);
        passes.Forward(theta);
        return passes.Outputs.ToArray();
    }

    private void ShouldBe(double[] found, double[] expected, double tolerance)
    {
        found.Length.ShouldBe(expected.Length);
        for (var i = 0; i < found.Length; i++)
            found[i].ShouldBe(expected[i], tolerance * (1 + Math.Abs(expected[i])), $"entry {i}, seed {_seed}");
    }

    private string Write(string format, Network network, double[] theta, double[] statistics, bool isDouble = true)
    {
        var path = _folder / $"m.{format}";
        ModelWriter.Write(path, format, network, theta, statistics, isDouble, s_noMetadata);
        return path;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_graph_reads_back_as_the_network(string name)
    {
        var network = s_networks[name]();
        var (theta, statistics, x) = Draw(network);
        var f = Outputs(network, theta, statistics, x);
        var read = OnnxNetwork.Read(Write("onnx", network, theta, statistics), network.Input);
        (read.Network.ParameterCount, read.Network.StatisticsCount).ShouldBe((network.ParameterCount, network.StatisticsCount));
        read.Network.Nodes.Select(static n => n.Kind).Where(static k => k != "flatten")
            .ShouldBe(network.Nodes.Select(static n => n.Kind).Where(static k => k != "flatten"));
        // What changes the order of the numbers changes that of their sums: ε is a float32 there.
        ShouldBe(Outputs(read.Network, read.Theta, read.Statistics, x), f, 1e-12);
        Homogeneity.Of(read.Network).Degree.ShouldBe(Homogeneity.Of(network).Degree);
        var rounded = OnnxNetwork.Read(Write("onnx", network, theta, statistics, isDouble: false), network.Input);
        ShouldBe(Outputs(rounded.Network, rounded.Theta, rounded.Statistics, x), f, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Arrays_read_back_with_the_same_bits(string name)
    {
        var network = s_networks[name]();
        var (theta, statistics, _) = Draw(network);
        foreach (var format in (string[])["safetensors", "npz"])
        {
            var path = Write(format, network, theta, statistics);
            // Without a convolution nothing in the file says in which order images were made vectors.
            var choice = new WeightChoice(path)
            {
                Layout = network.Layers.Any(static l => l.Kind == LayerKind.Convolution) ? null : "nchw",
            };
            var read = WeightReader.Read(choice, network);
            read.Theta.ShouldBe(theta, $"{format}, seed {_seed}");
            (read.Statistics ?? []).ShouldBe(statistics, $"{format}, seed {_seed}");
        }
    }

    [Fact]
    public void Names_and_shapes_are_those_of_a_sequence_of_modules()
    {
        // nn.Sequential(Conv2d, BatchNorm2d, ReLU, Conv2d, ReLU, MaxPool2d, Flatten, Linear, ReLU, Linear)
        var network = new NetworkBuilder(new TensorShape(8, 8, 3)).Convolution(4, 3, 1, 1).BatchNorm(affine: true).Then(Activation.ReLU)
            .Convolution(5, 3, 1, 1).Bias().Then(Activation.ReLU).MaxPool(2).Dense(6).Bias().Then(Activation.ReLU).Dense(2).Build();
        var (theta, statistics, _) = Draw(network);
        ModuleArrays.Of(network, theta, statistics).All.Select(static a => $"{a.Name} {string.Join('×', a.Shape)}").ShouldBe(
        [
            "0.weight 4×3×3×3", "1.weight 4", "1.bias 4", "1.running_mean 4", "1.running_var 4", "3.weight 5×4×3×3", "3.bias 5",
            "7.weight 6×80", "7.bias 6", "9.weight 2×6",
        ]);
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        var network = s_networks["convolutions"]();
        var (theta, statistics, _) = Draw(network);
        foreach (var format in ModelWriter.Formats)
            File.ReadAllBytes(Write(format, network, theta, statistics)).ShouldBe(File.ReadAllBytes(Write(format, network, theta,
                statistics)), format);
    }

    [Fact]
    public void What_ONNX_has_not_is_refused_and_the_old_file_stays()
    {
        var path = _folder / "m.onnx";
        File.WriteAllText(path, "old");
        var softplus = new ElementwiseKind("a-unit", "z", static z => z, static _ => 1, static _ => 0);
        var network = new NetworkBuilder(3).Dense(3).Then(softplus).Dense(2).Build();
        Should.Throw<ConfigException>(() => Write("onnx", network, network.Zeros(), [])).Message
            .ShouldBe("node 2 (a-unit → 3) cannot be written as ONNX: no operator of ONNX is known to do the same; "
                + "--to safetensors or npz write its weights");
        File.ReadAllText(path).ShouldBe("old");
        var mixed = new NetworkBuilder(new TensorShape(2, 2, 3)).Flatten().Residual(static b => b.Dense(12)).Dense(2).Build();
        Should.Throw<ConfigException>(() => Write("onnx", mixed, mixed.Zeros(), [])).Message
            .ShouldContain("node 3 (residual → 12) cannot be written as ONNX: it adds vectors, one of which was an image");
        Write("safetensors", network, network.Zeros(), []);
    }
}
