using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

public class InitializationTests
{
    private static readonly Network Net = Network.Dense(12, 30, 20, 1);

    [Fact]
    public void Same_seed_same_bits_and_another_seed_other_bits()
    {
        var a = Initialization.Normal(Net, new RandomStream(7));
        a.ShouldBe(Initialization.Normal(Net, new RandomStream(7)));
        a.ShouldNotBe(Initialization.Normal(Net, new RandomStream(8)));
        a.ShouldNotBe(Initialization.Normal(Net, new RandomStream(7, stream: 1)));
    }

    [Fact]
    public void The_generator_is_xoshiro256_star_star()
    {
        // The state that SplitMix64 gives for seed 0 (its published first outputs), stepped by hand below.
        var state = new ulong[4];
        ulong x = 0;
        ulong Next()
        {
            var z = x += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
        Next().ShouldBe(0xE220A8397B1DCDAFUL);
        x = 0xE220A8397B1DCDAF;
        for (var i = 0; i < 4; i++) state[i] = Next();
        var random = new RandomStream(0);
        for (var i = 0; i < 100; i++)
        {
            ulong r = unchecked(state[1] * 5);
            r = unchecked(((r << 7) | (r >> 57)) * 9);
            random.NextBits().ShouldBe(r);
            var t = state[1] << 17;
            state[2] ^= state[0];
            state[3] ^= state[1];
            state[1] ^= state[2];
            state[0] ^= state[3];
            state[2] ^= t;
            state[3] = (state[3] << 45) | (state[3] >> 19);
        }
    }

    [Fact]
    public void Spreads_are_as_stated()
    {
        var wide = Network.Dense(100, 400, 1);
        double Deviation(double[] theta) => Math.Sqrt(wide.Layers[0].Of(theta).ToArray().Average(v => v * v));
        Deviation(Initialization.Normal(wide, new RandomStream(1), 0.3)).ShouldBe(0.3, 0.006);
        Deviation(Initialization.Kaiming(wide, new RandomStream(1))).ShouldBe(Math.Sqrt(2.0 / 100), 0.003);
        Deviation(Initialization.Uniform(wide, new RandomStream(1), 0.6)).ShouldBe(0.6 / Math.Sqrt(3), 0.006);
    }

    [Fact]
    public void Orthogonal_layers_have_orthonormal_short_sides()
    {
        var theta = Initialization.Orthogonal(Net, new RandomStream(3), 2);
        foreach (var layer in Net.Layers)
        {
            var m = layer.Matrix(theta);
            var vectors = layer.Rows <= layer.Columns ? m
                : [.. Enumerable.Range(0, layer.Columns).Select(j => m.Select(r => r[j]).ToArray())];
            for (var i = 0; i < vectors.Length; i++)
                for (var j = 0; j <= i; j++) Vectors.Dot(vectors[i], vectors[j]).ShouldBe(i == j ? 4 : 0, 1e-13);
        }
    }

    [Fact]
    public void Diagonal_initialization_is_zero_off_the_diagonal()
    {
        var m = Net.Layers[0].Matrix(Initialization.Diagonal(Net, new RandomStream(3)));
        for (var i = 0; i < m.Length; i++)
            for (var j = 0; j < m[i].Length; j++) (m[i][j] != 0).ShouldBe(i == j);
    }

    [Fact]
    public void Layers_are_scaled_to_the_norms_asked_for()
    {
        var theta = Initialization.Kaiming(Net, new RandomStream(3));
        Initialization.ScaleLayers(Net, theta, [0.1, 2, 30]);
        Net.Layers.Select(l => Vectors.Norm(l.Of(theta))).Zip([0.1, 2.0, 30.0]).ShouldAllBe(p => Math.Abs(p.First / p.Second - 1) < 1e-14);
        Should.Throw<ArgumentException>(() =>
            Initialization.ScaleLayers(Net, Net.Zeros(), [1])).Message.ShouldContain("layer 1 starts at zero");
        Should.Throw<ArgumentException>(() => Initialization.ScaleLayers(Net, theta, [1, 2])).Message.ShouldContain("2 norms");
    }

    [Fact]
    public void Convolutions_start_as_their_matrices_and_batch_normalization_as_the_identity()
    {
        var net = new NetworkBuilder(new TensorShape(8, 8, 6)).Convolution(200, 3).BatchNorm(affine: true).Then(Activation.ReLU)
            .Convolution(5, 2).Dense(2).Build();
        var kaiming = Initialization.Kaiming(net, new RandomStream(2));
        Math.Sqrt(net.Layers[0].Of(kaiming).ToArray().Average(v => v * v)).ShouldBe(Math.Sqrt(2.0 / (9 * 6)), 0.003);
        foreach (var theta in (double[][])[kaiming, Initialization.Normal(net, new RandomStream(2)), net.Pack(net.Unpack(kaiming))])
            theta[(200 * 54)..(200 * 54 + 400)].ShouldBe([.. Enumerable.Repeat(1.0, 200), .. new double[200]]);
        net.Pack(net.Unpack(kaiming)).ShouldBe(kaiming);
        var w = net.Layers[1].Matrix(Initialization.Orthogonal(net, new RandomStream(3)));                 // 5 × 800
        for (var i = 0; i < 5; i++)
            for (var j = 0; j <= i; j++) Vectors.Dot(w[i], w[j]).ShouldBe(i == j ? 1 : 0, 1e-13);
        Initialization.ScaleLayers(net, kaiming, [0.5]);
        foreach (var layer in net.Layers) Vectors.Norm(layer.Of(kaiming)).ShouldBe(0.5, 1e-14);
    }

    [Fact]
    public void A_permutation_holds_every_index_once() =>
        new RandomStream(5).Permutation(100).Order().ShouldBe(Enumerable.Range(0, 100));
}
