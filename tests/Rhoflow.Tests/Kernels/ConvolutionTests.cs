using System.Numerics;
using FsCheck.Fluent;
using Rhoflow.Kernels;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

public class ConvolutionTests
{
    private static readonly SimdWidth[] Widths = [SimdWidth.Bits128, SimdWidth.Bits256, SimdWidth.Bits512];

    public static TheoryData<int[], int, int> Fixed => new()
    {
        { [1, 1, 1, 1, 1, 1, 1, 0], 1, 1 },
        { [32, 32, 3, 16, 3, 3, 2, 1], 3, 2 },
        { [16, 16, 16, 32, 3, 3, 2, 1], 2, 2 },
        { [4, 4, 16, 33, 3, 3, 2, 1], 26, 25 },
        { [7, 5, 5, 24, 7, 5, 3, 3], 4, 4 },
        { [6, 9, 2, 10, 2, 3, 3, 0], 9, 7 },
        // Pixels that no tap sees, windows that see nothing but zeros, a border wider than the kernel.
        { [5, 5, 17, 2, 1, 1, 3, 0], 3, 3 },
        { [2, 3, 1, 16, 2, 1, 1, 3], 3, 3 },
        { [1, 2, 3, 5, 1, 2, 3, 3], 2, 2 },
        { [9, 9, 1, 1, 7, 7, 2, 3], 20, 17 },
        // More than one block and chunk of output pixels.
        { [40, 17, 1, 17, 1, 3, 1, 1], 5, 4 },
    };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Every_pass_is_the_definition(int[] sizes, int batch, int examples)
    {
        var shape = new ConvolutionShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7]);
        foreach (var width in Widths)
        {
            Compare<float>(shape, batch, examples, width, threads: 1, seed: 1);
            Compare<double>(shape, batch, examples, width, threads: 2, seed: 2);
        }
    }

    [Fact]
    public void Every_pass_is_the_definition_for_all_shapes() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                var (shape, batch) = (RandomShape(random), random.Next(1, 9));
                var (examples, threads) = (random.Next(1, batch + 1), random.Next(1, 3));
                var width = Widths[random.Next(3)];
                Compare<float>(shape, batch, examples, width, threads, seed);
                Compare<double>(shape, batch, examples, width, threads, seed + 1);
            }));

    [Fact]
    public void Backward_passes_are_adjoint_to_the_forward_pass() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                var (shape, examples) = (RandomShape(random), random.Next(1, 9));
                using var team = new Team();
                var convolution = new Convolution<double>(shape, examples, team);
                double[] x = Problems.Normal(random, examples * shape.InputSize), w = Problems.Normal(random, shape.Maps * shape.Patch);
                double[] dy = Problems.Normal(random, examples * shape.OutputSize);
                double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[w.Length];
                convolution.Forward(examples, x, w, y);
                convolution.BackwardData(examples, dy, w, dx);
                convolution.BackwardWeights(examples, x, dy, dw);
                var tolerance = 1e-12 * Math.Sqrt(Dot(dy, dy) * Math.Max(1, Dot(y, y)));
                Dot(dx, x).ShouldBe(Dot(dy, y), tolerance);
                Dot(dw, w).ShouldBe(Dot(dy, y), tolerance);
            }));

    [Theory]
    [InlineData(3, 16, 32)]
    [InlineData(16, 20, 9)]
    [InlineData(5, 33, 4)]
    public void Teams_change_no_bit(int channels, int maps, int size)
    {
        const int examples = 21;
        var shape = new ConvolutionShape(size, size, channels, maps, 3, 3, 2, 1);
        float[] x = Normal(1, examples * shape.InputSize), w = Normal(2, maps * shape.Patch), dy = Normal(3, examples * shape.OutputSize);
        var results = new List<(float[] Y, float[] Dx, float[] Dw)>();
        foreach (var threads in (int[])[1, 2, 3])
        {
            using var team = new Team(threads);
            var convolution = new Convolution<float>(shape, 24, team);
            var r = (Y: new float[dy.Length], Dx: new float[x.Length], Dw: new float[w.Length]);
            convolution.Forward(examples, x, w, r.Y);
            convolution.BackwardData(examples, dy, w, r.Dx);
            convolution.BackwardWeights(examples, x, dy, r.Dw);
            results.Add(r);
        }
        foreach (var (y, dx, dw) in results.Skip(1))
        {
            y.ShouldBe(results[0].Y);
            dx.ShouldBe(results[0].Dx);
            dw.ShouldBe(results[0].Dw);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_second_call_allocates_nothing(int threads)
    {
        const int examples = 5;
        var shape = new ConvolutionShape(11, 8, 3, 10, 3, 3, 2, 1);
        using var team = new Team(threads);
        var convolution = new Convolution<float>(shape, 8, team);
        float[] x = Normal(1, examples * shape.InputSize), w = Normal(2, shape.Maps * shape.Patch), y =
            new float[examples * shape.OutputSize];
        AllocationCount.Of(Step).ShouldBe(0);

        void Step()
        {
            convolution.Forward(examples, x, w, y);
            convolution.BackwardWeights(examples, x, y, w, accumulate: true, sameInput: true);
            convolution.BackwardData(examples, y, w, x);
        }
    }

    [Fact]
    public void The_input_of_the_last_forward_pass_need_not_be_padded_again()
    {
        var shape = new ConvolutionShape(9, 6, 2, 5, 3, 3, 1, 1);
        using var team = new Team();
        var convolution = new Convolution<double>(shape, 4, team);
        double[] x = Integers(1, 4 * shape.InputSize), other = Integers(2, x.Length), dy = Integers(3, 4 * shape.OutputSize);
        double[] w = Integers(4, shape.Maps * shape.Patch), again = new double[w.Length], y = new double[dy.Length];
        convolution.Forward(4, other, w, y);
        convolution.Forward(4, x, w, y);
        convolution.BackwardWeights(4, x, dy, again, sameInput: true);
        again.ShouldBe(ReferenceConvolution.BackwardWeights(shape, 4, x, dy));
        convolution.BackwardWeights(4, other, dy, again);
        again.ShouldBe(ReferenceConvolution.BackwardWeights(shape, 4, other, dy));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_in_words()
    {
        Should.Throw<ArgumentException>(() => new ConvolutionShape(4, 8, 1, 1, 7, 3, 1, 1)).Message
            .ShouldBe("the kernel height 7 of a convolution is larger than the padded image: 4 + 2·1 = 6");
        Should.Throw<ArgumentException>(() =>
            new ConvolutionShape(8, 8, 1, 1, 3, 3, 0, 1)).Message.ShouldContain("stride of a convolution is at least 1, not 0");
        Should.Throw<ArgumentException>(() => new ConvolutionShape(8, 8, 1, 0, 3, 3, 1, 1)).Message.ShouldContain("0 maps");
        Should.Throw<ArgumentException>(() => new ConvolutionShape(8, 8, 0, 1, 3, 3, 1, 1)).Message.ShouldContain("0 channels");
        using var team = new Team();
        var convolution = new Convolution<float>(new ConvolutionShape(4, 4, 1, 2, 3, 3, 1, 1), 2, team);
        Should.Throw<ArgumentException>(() =>
            convolution.Forward(3, new float[48], new float[18], new float[96])).Message.ShouldContain("takes 1 to 2");
        Should.Throw<ArgumentException>(() =>
            convolution.Forward(2, new float[31], new float[18], new float[64])).Message.ShouldStartWith("32 numbers are needed as inputs");
        Should.Throw<ArgumentException>(() => convolution.Forward(2, new float[32], new float[17], new float[64])).Message.ShouldStartWith(
            "18 numbers are needed as weights");
        Should.Throw<ArgumentException>(() => convolution.BackwardData(2, new float[63], new float[18],
            new float[32])).Message.ShouldStartWith("64 numbers are needed as outputs");
        Should.Throw<NotSupportedException>(() =>
            new Convolution<Half>(convolution.Shape, 1, team)).Message.ShouldContain("float or double");
    }

    // Small integers make every sum exact, so that results are equal in whatever order and precision they are formed.
    private static void Compare<T>(ConvolutionShape shape, int batch, int examples, SimdWidth width, int threads, int seed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        const int Guard = 40;
        using var team = new Team(threads);
        var convolution = new Convolution<T>(shape, batch, team, width);
        double[] x = Integers(seed, examples * shape.InputSize), w = Integers(seed + 1, shape.Maps * shape.Patch);
        double[] dy = Integers(seed + 2, examples * shape.OutputSize);
        T[] tx = To<T>(x), tw = To<T>(w), tdy = To<T>(dy);
        double[] y = ReferenceConvolution.Forward(shape, examples, x, w), dx = ReferenceConvolution.BackwardData(shape, examples, dy, w);
        Judge("y", y, (y, add) => convolution.Forward(examples, tx, tw, y, add));
        Judge("dw", ReferenceConvolution.BackwardWeights(shape, examples, x, dy), (dw, add) =>
            convolution.BackwardWeights(examples, tx, tdy, dw, add));
        Judge("dx", dx, (dx, add) => convolution.BackwardData(examples, tdy, tw, dx, add));

        // Once stored over what was there, once added to it; nothing after the end may change.
        void Judge(string what, double[] expected, Action<T[], bool> pass)
        {
            foreach (var accumulate in (bool[])[false, true])
            {
                var result = To<T>(Integers(seed + 3, expected.Length + Guard));
                var wanted = (T[])result.Clone();
                for (var i = 0; i < expected.Length; i++) wanted[i] = T.CreateChecked(expected[i]) + (accumulate ? wanted[i] : T.Zero);
                pass(result, accumulate);
                if (!result.AsSpan().SequenceEqual(wanted))
                {
                    var at = result.AsSpan().CommonPrefixLength(wanted);
                    throw new ShouldAssertException($"{what}[{at}] is {result[at]}, not {wanted[at]}: {typeof(T).Name}, {width}, {shape}, "
                        + $"{examples} of {batch}, accumulate {accumulate}");
                }
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(3)]
    public void A_number_that_is_none_is_passed_on(int maps)
    {
        var shape = new ConvolutionShape(3, 4, 1, maps, 1, 1, 1, 0);
        using var team = new Team();
        var y = new float[shape.OutputSize];
        float[] x = [.. Enumerable.Repeat(1f, shape.InputSize)];
        x[2] = float.NaN;
        new Convolution<float>(shape, 1, team).Forward(1, x, [.. Enumerable.Repeat(-1f, maps)], y);
        for (var i = 0; i < y.Length; i++) y[i].ShouldBe(i / maps == 2 ? float.NaN : -1);
    }

    private static ConvolutionShape RandomShape(Random random)
    {
        int kh = Pick(1, 2, 3, 5, 7), kw = random.Next(2) == 0 ? kh : Pick(1, 2, 3, 5, 7), padding = random.Next(4);
        int height = Math.Max(1, kh - 2 * padding) + random.Next(9), width = Math.Max(1, kw - 2 * padding) + random.Next(9);
        return new ConvolutionShape(height, width, Pick(1, 2, 3, 5, 16, 17), Pick(1, 2, 10, 16, 24, 33), kh, kw, random.Next(1, 4),
            padding);

        int Pick(params int[] values) => values[random.Next(values.Length)];
    }

    private static double[] Integers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(-4, 5))];
    }

    private static T[] To<T>(double[] values) where T : INumber<T> => [.. values.Select(T.CreateChecked)];

    private static float[] Normal(int seed, int count) => To<float>(Problems.Normal(new Random(seed), count));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();
}
