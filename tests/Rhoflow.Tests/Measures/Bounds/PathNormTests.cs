using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Bounds;

public sealed class PathNormTests
{
    private static readonly Dictionary<string, Network> Networks = new()
    {
        ["dense"] = Network.Dense(3, 4, 3, 2),
        ["leaky"] = Network.Dense(3, Activation.LeakyReLU(-2), 3, 2),
        ["diagonal"] = new NetworkBuilder(4).Diagonal().Then(Activation.ReLU).Dense(2).Build(),
        ["padded convolution"] = Image(3, 4, 2).Convolution(2, 3, 2, 1).Then(Activation.ReLU).Dense(2).Build(),
        ["two convolutions"] = Image(4, 3, 1).Convolution(2, 2).Then(Activation.LeakyReLU(0.5)).Convolution(2, 2, 1, 1).GlobalAverage()
            .Dense(1).Build(),
        ["average pool"] = Image(4, 4, 2).AveragePool(3, 1, 1).Convolution(2, 2, 2).Then(Activation.ReLU).Flatten().Dense(1).Build(),
        ["residual"] = new NetworkBuilder(3).Residual(b => b.Dense(3).Then(Activation.ReLU)).Dense(3)
            .Residual(b => b.Then(Activation.ReLU).Dense(3), s => s.Dense(3)).Dense(2).Build(),
        ["residual convolutions"] = Image(3, 3, 2).Residual(b => b.Convolution(2, 3, 1, 1).Then(Activation.ReLU).Convolution(2, 1))
            .GlobalAverage().Dense(1).Build(),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_adds_up_every_single_path(string name)
    {
        var network = Networks[name];
        for (var seed = 0; seed < 3; seed++)
        {
            var theta = Problems.Normal(new Random(seed), network.ParameterCount);
            double[] paths = [.. Enumerable.Range(0, network.Outputs).SelectMany(c => Paths(network, theta, network.Nodes.Count - 1, c))];
            PathNorm.Of(network, theta, 1).ShouldBe(paths.Sum(Math.Abs), 1e-12 * paths.Length);
            PathNorm.Of(network, theta, 2).ShouldBe(Math.Sqrt(paths.Sum(static w => w * w)), 1e-12 * paths.Length);
            PathNorm.Of(network, theta, 3).ShouldBe(Math.Cbrt(paths.Sum(static w => Math.Abs(w * w * w))), 1e-12 * paths.Length);
        }
    }

    [Fact]
    public void A_maximum_passes_on_its_largest_sum()
    {
        // 2×2 image, one map of a 1×1 kernel with weight −3, max over all, output weight 2: every position has |−3|, the maximum one of
        // them.
        var network = Image(2, 2, 1).Convolution(1, 1).MaxPool(2).Dense(1).Build();
        PathNorm.Of(network, [-3, 2], 1).ShouldBe(6);
        PathNorm.Of(network, [-3, 2], 2).ShouldBe(6);
        var average = Image(2, 2, 1).Convolution(1, 1).AveragePool(2).Dense(1).Build();
        PathNorm.Of(average, [-3, 2], 1).ShouldBe(6);
        PathNorm.Of(average, [-3, 2], 2).ShouldBe(3);       // √(4·(3·2/4)²)
    }

    [Fact]
    public void Units_may_be_rescaled_and_permuted_and_the_Frobenius_product_is_not_below()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int d = random.Next(1, 6), h = random.Next(1, 7);
            var network = Network.Dense(d, h, 3, 1);
            var w = Problems.Normal(random, network.ParameterCount);
            double l1 = PathNorm.Of(network, w, 1), l2 = PathNorm.Of(network, w, 2);

            var scaled = (double[])w.Clone();
            var c = 0.1 + 3 * random.NextDouble();
            var unit = random.Next(h);
            for (var j = 0; j < d; j++) scaled[unit * d + j] *= c;
            for (var i = 0; i < 3; i++) scaled[h * d + i * h + unit] /= c;
            PathNorm.Of(network, scaled, 1).ShouldBe(l1, 1e-12 * l1);
            PathNorm.Of(network, scaled, 2).ShouldBe(l2, 1e-12 * l2);

            var order = new RandomStream(seed).Permutation(h);
            var permuted = (double[])w.Clone();
            for (var i = 0; i < h; i++)
            {
                w.AsSpan(order[i] * d, d).CopyTo(permuted.AsSpan(i * d));
                for (var r = 0; r < 3; r++) permuted[h * d + r * h + i] = w[h * d + r * h + order[i]];
            }
            PathNorm.Of(network, permuted, 2).ShouldBe(l2, 1e-12 * l2);

            var frobenius = LayerNorms.Of(network, w).Frobenius;
            l2.ShouldBeLessThanOrEqualTo(frobenius[0] * frobenius[1] * frobenius[2] * (1 + 1e-12));
            l2.ShouldBeLessThanOrEqualTo(l1 * (1 + 1e-12));
            l1.ShouldBeLessThanOrEqualTo(l2 * Math.Sqrt(d * h * 3) * (1 + 1e-12));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Powers_are_refused() =>
        Should.Throw<ArgumentException>(() =>
            PathNorm.Of(Network.Dense(2, Activation.Power(2), 2, 1), new double[6], 2)).Message.ShouldContain("power(2)");

    private static NetworkBuilder Image(int height, int width, int channels) => new(new TensorShape(height, width, channels));

    // The product of weights along each path that ends in one unit, one by one.
    private static IEnumerable<double> Paths(Network network, double[] theta, int index, int unit)
    {
        if (index < 0) return [1];
        var node = network.Nodes[index];
        var source = node.Sources[0];
        var below = source < 0 ? network.Input : network.Nodes[source].Shape;
        IEnumerable<double> Through(int from, double weight) => Paths(network, theta, source, from).Select(p => weight * p);
        int channel = unit % node.Shape.Channels, position = unit / node.Shape.Channels, y = position / node.Shape.Width, x =
            position % node.Shape.Width;
        IEnumerable<(int Cell, int Dy, int Dx)> Window(int kernel, int stride, int padding) =>
            from dy in Enumerable.Range(0, kernel)
            from dx in Enumerable.Range(0, kernel)
            let row = y * stride + dy - padding
            let column = x * stride + dx - padding
            where row >= 0 && row < below.Height && column >= 0 && column < below.Width
            select (row * below.Width + column, dy, dx);
        switch (node)
        {
            case LinearNode linear:
                var matrix = network.Layers[linear.Layer!.Value].Matrix(theta);
                return Enumerable.Range(0, below.Count).Where(j => network.Layers[linear.Layer!.Value].Kind != LayerKind.Diagonal
                    || j == unit).SelectMany(j => Through(j, matrix[unit][j]));
            case ConvolutionNode conv:
                var kernel = network.Layers[conv.Layer!.Value].Matrix(theta);
                return Window(conv.Kernel, conv.Stride, conv.Padding).SelectMany(w => Enumerable.Range(0, below.Channels)
                    .SelectMany(c => Through(w.Cell * below.Channels + c,
                    kernel[channel][(w.Dy * conv.Kernel + w.Dx) * below.Channels + c])));
            case PoolingNode pool:
                return Window(pool.Kernel, pool.Stride, pool.Padding)
                    .SelectMany(w => Through(w.Cell * below.Channels + channel, 1.0 / (pool.Kernel * pool.Kernel)));
            case GlobalAverageNode:
                return Enumerable.Range(0, below.Positions).SelectMany(i => Through(i * below.Channels + unit, 1.0 / below.Positions));
            case SumNode sum:
                return sum.Sources.SelectMany(s => Paths(network, theta, s, unit));
            case ConcatNode concat:
                var part = 0;
                while (channel >= concat.Channels[part]) channel -= concat.Channels[part++];
                return Paths(network, theta, concat.Sources[part], position * concat.Channels[part] + channel);
            case ActivationNode { Activation: { Kind: ActivationKind.LeakyReLU, Parameter: var slope } }:
                return Through(unit, Math.Max(1, Math.Abs(slope)));
            default:
                return Through(unit, 1);
        }
    }
}
