using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks.Passes;

/// <summary>Passes for outputs alone apply what follows an operator while it writes: the same bits as node by node.</summary>
public class OutputFusionTests
{
    private const int Examples = 7;

    // Few channels: no filtering, whose digits differ.
    private static readonly Func<Network>[] s_networks =
    [
        static () => Image().Convolution(5, 3, 2, 1).BatchNorm(affine: true).Then(Activation.ReLU).Convolution(17, 3).BatchNorm()
            .Then(Activation.ReLU).Dense(3).Build(),
        static () => Image().Convolution(9, 3, 1, 1).Then(Activation.ReLU).Convolution(6, 1).Then(Activation.LeakyReLU(.1))
            .Dense(3).Build(),
        // The first convolution is read twice: it stays.
        static () => Image().Convolution(9, 3, 1, 1).Residual(static b => b.BatchNorm().Then(Activation.ReLU).Convolution(9, 3, 1, 1)
            .BatchNorm(affine: true)).Then(Activation.ReLU).MaxPool(2).BatchNorm().Convolution(4, 2).BatchNorm().Dense(3).Build(),
        static () => Image().Convolution(8, 3, 1, 1).BatchNorm().Then(Activation.ReLU).Residual(
            static b => b.Convolution(8, 3, 2, 1).BatchNorm().Then(Activation.ReLU).Convolution(8, 3, 1, 1).BatchNorm(),
            static s => s.Convolution(8, 1, 2).BatchNorm()).BatchNorm().Then(Activation.ReLU).GlobalAverage().Dense(3).BatchNorm().Build(),
    ];

    [Theory]
    [InlineData(NormalizeBy.Running)]
    [InlineData(NormalizeBy.Batch)]
    public void They_give_the_bits_of_the_nodes_one_after_the_other(NormalizeBy by)
    {
        var seed = Random.Shared.Next();
        foreach (var build in s_networks)
        {
            Compare<float>(build(), by, seed);
            Compare<double>(build(), by, seed);
        }
    }

    private static void Compare<T>(Network network, NormalizeBy by, int seed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new RandomStream(seed);
        T[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextNormal()))];
        T[] x = Normal(Examples * network.Inputs), first = Normal(network.ParameterCount), second = Normal(network.ParameterCount);
        double[] statistics = [.. network.StartStatistics().Select(s => s + random.NextDouble())];
        foreach (var threads in (int[])[1, 3])
        {
            using var team = new Team(threads);
            var batch = new Minibatch<T>(network.Input, Examples, shared: false, team);
            batch.GatherRange(x, [], 0, Examples);
            var nodes = new GraphPasses<T>(network, Examples, team);
            var fused = new GraphPasses<T>(network, Examples, team, movesInput: false, evaluatesOnly: true);
            foreach (var theta in (T[][])[first, second])
            {
                double[] own = [.. statistics], others = [.. statistics];
                nodes.Forward(theta, batch, by, own);
                fused.Forward(theta, batch, by, others);
                fused.Outputs.ToArray().ShouldBe(nodes.Outputs.ToArray(), $"{network}, {typeof(T).Name}, seed {seed}");
                others.ShouldBe(own);
                // Again, with what was made of the weights.
                double[] again = [.. statistics];
                AllocationCount.Of(() => fused.Forward(theta, batch, by, again, sameTheta: true)).ShouldBe(0);
                fused.Outputs.ToArray().ShouldBe(nodes.Outputs.ToArray());
            }
        }
    }

    [Fact]
    public unsafe void Filtering_applies_it_and_keeps_transformed_weights_while_it_is_told_to()
    {
        var seed = Random.Shared.Next();
        var random = new RandomStream(seed);
        var shape = new ConvolutionShape(7, 6, 32, 40, 3, 3, 1, 1);
        float[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
        float[] x = Normal(Examples * shape.InputSize), w = Normal(shape.Maps * shape.Patch), other = Normal(shape.Maps * shape.Patch);
        float[] mu = Normal(shape.Maps), scale = Normal(shape.Maps), shift = Normal(shape.Maps);
        float[] plain = new float[Examples * shape.OutputSize], y = new float[plain.Length];
        using var team = new Team(2);
        var kernel = new WinogradForward<float>(shape, team);
        kernel.Run(Examples, x, w, plain);
        fixed (float* m = mu, s = scale, t = shift)
            foreach (var isRectified in (bool[])[false, true])
            {
                // Weights that are not looked at.
                kernel.Run(Examples, x, other, y, new Epilogue<float>(m, s, t, isRectified), sameWeights: true);
                for (var i = 0; i < y.Length; i++)
                {
                    var c = i % shape.Maps;
                    var v = scale[c] * (plain[i] - mu[c]) + shift[c];
                    y[i].ShouldBe(isRectified && v <= 0 ? 0 : v, $"number {i}, seed {seed}");
                }
            }
        kernel.Run(Examples, x, other, y);
        y.ShouldNotBe(plain);
    }

    private static NetworkBuilder Image() => new(new TensorShape(9, 10, 3));
}
