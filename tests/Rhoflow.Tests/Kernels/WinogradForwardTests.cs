using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

public class WinogradForwardTests
{
    private static readonly SimdWidth[] Widths = [SimdWidth.Bits128, SimdWidth.Bits256, SimdWidth.Bits512];

    [Theory]
    [InlineData(12, 12, 32, 32, 1)]
    [InlineData(4, 4, 64, 40, 1)]
    [InlineData(7, 5, 32, 48, 1)]
    [InlineData(3, 3, 40, 32, 0)]
    [InlineData(1, 2, 32, 32, 2)]
    [InlineData(6, 5, 32, 72, 3)]
    public void It_is_the_definition(int height, int width, int channels, int maps, int padding)
    {
        var shape = new ConvolutionShape(height, width, channels, maps, 3, 3, 1, padding);
        var seed = Random.Shared.Next();
        foreach (var lanes in Widths)
        {
            Compare<float>(shape, lanes, seed);
            Compare<double>(shape, lanes, seed);
        }
    }

    // Of small integers every transform, product and sum is exact, quarters included.
    private static void Compare<T>(ConvolutionShape shape, SimdWidth lanes, int seed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        const int Guard = 40;
        WinogradForward<T>.Fits(shape).ShouldBeTrue();
        var random = new Random(seed);
        foreach (var examples in (int[])[1, 5, 26])
        {
            double[] x = Integers(examples * shape.InputSize), w = Integers(shape.Maps * shape.Patch);
            var expected = ReferenceConvolution.Forward(shape, examples, x, w);
            foreach (var threads in (int[])[1, 3])
            {
                using var team = new Team(threads);
                var kernel = new WinogradForward<T>(shape, team, lanes);
                T[] tx = To(x), tw = To(w), y = new T[expected.Length + Guard];
                AllocationCount.Of(() => kernel.Run(examples, tx, tw, y)).ShouldBe(0);
                for (var i = 0; i < y.Length; i++)
                {
                    var wanted = T.CreateChecked(i < expected.Length ? expected[i] : 0);
                    if (y[i] != wanted) Assert.Fail($"y[{i}] is {y[i]}, not {wanted}: {typeof(T).Name}, {lanes}, {shape}, seed {seed}");
                }
            }
        }

        double[] Integers(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(-4, 5))];
        static T[] To(double[] numbers) => [.. numbers.Select(T.CreateChecked)];
    }

    [Theory]
    [InlineData(64, 64, 5, 1, 2)]
    [InlineData(64, 64, 3, 2, 1)]
    [InlineData(16, 64, 3, 1, 1)]
    [InlineData(64, 36, 3, 1, 1)]
    public void Others_are_not_for_it(int channels, int maps, int kernel, int stride, int padding) =>
        WinogradForward<float>.Fits(new ConvolutionShape(8, 8, channels, maps, kernel, kernel, stride, padding))
            .ShouldBe(false);

    // The same bits by any threads and however many go together, near the definition in float64; and no derivatives.
    [Fact]
    public void Passes_that_evaluate_only_take_it()
    {
        var seed = Random.Shared.Next();
        var network = new NetworkBuilder(new TensorShape(9, 10, 3)).Convolution(32, 3, 1, 1).Then(Activation.ReLU)
            .Convolution(64, 3, 1, 1).Then(Activation.ReLU).Convolution(40, 3).GlobalAverage().Dense(4).Build();
        const int Examples = 13;
        var random = new RandomStream(seed);
        double[] theta = Initialization.Kaiming(network, new RandomStream(seed, 1)),
            x = [.. Enumerable.Range(0, Examples * network.Inputs).Select(_ => random.NextNormal())];
        float[] narrow = [.. theta.Select(static t => (float)t)], inputs = [.. x.Select(static v => (float)v)];
        float[]? first = null;
        foreach (var (threads, capacity) in ((int, int)[])[(1, 13), (2, 13), (3, 4), (2, 1)])
        {
            using var team = new Team(threads);
            var passes = new GraphPasses<float>(network, capacity, team, movesInput: false, evaluatesOnly: true);
            var f = new float[Examples * 4];
            passes.Evaluate(narrow, inputs, [], f);
            (first ??= f).ShouldBe(f, $"{threads} threads, {capacity} at a time, seed {seed}");
            Should.Throw<InvalidOperationException>(() => passes.VectorJacobianProduct(narrow, new float[passes.Examples * 4], narrow))
                .Message.ShouldContain("outputs alone");
            Should.Throw<InvalidOperationException>(() => passes.JacobianVectorProduct(narrow, narrow))
                .Message.ShouldContain("outputs alone");
        }
        using var one = new Team();
        var exact = GraphPasses<double>.Of(network, x, one);
        exact.Forward(theta);
        var plain = GraphPasses<float>.Of(network, inputs, one);
        plain.Forward(narrow);
        var size = 0.0;
        foreach (var f in exact.Outputs) size = Math.Max(size, Math.Abs(f));
        for (var i = 0; i < first!.Length; i++) ((double)first[i]).ShouldBe(exact.Outputs[i], 1e-5 * size, $"seed {seed}");
        // It is another way of rounding.
        first.AsSpan().SequenceEqual(plain.Outputs).ShouldBeFalse();
    }
}
