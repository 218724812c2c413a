using FsCheck.Fluent;
using Rhoflow.Kernels;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

public class PoolingTests
{
    [Fact]
    public void Two_by_two_windows_of_a_small_image()
    {
        using var team = new Team();
        var pooling = new Pooling<double>(new PoolingShape(2, 4, 1, 2, 2, 2, 0), team);
        double[] x = [1, 7, 5, 5, 3, 2, 5, 0], y = new double[2], choice = new double[2], dx = new double[8];
        pooling.MaximumForward(1, x, y, choice);
        y.ShouldBe([7, 5]);
        choice.ShouldBe([1, 0], "the first of three fives");
        pooling.MaximumTangent(1, [10, 20, 30, 40, 50, 60, 70, 80], choice, y);
        y.ShouldBe([20, 30]);
        pooling.MaximumBackward(1, [2, 3], choice, dx);
        dx.ShouldBe([0, 2, 3, 0, 0, 0, 0, 0]);
        pooling.MaximumBackward(1, [2, 3], choice, dx, accumulate: true);
        dx.ShouldBe([0, 4, 6, 0, 0, 0, 0, 0]);
        pooling.AverageForward(1, x, y);
        y.ShouldBe([3.25, 3.75]);
        pooling.AverageBackward(1, [4, 8], dx, accumulate: true);
        dx.ShouldBe([1, 5, 8, 2, 1, 1, 2, 2]);
    }

    [Fact]
    public void Outside_the_image_is_zero_to_an_average_and_nothing_to_a_maximum()
    {
        using var team = new Team();
        var pooling = new Pooling<float>(new PoolingShape(1, 1, 2, 2, 2, 1, 1), team);
        float[] x = [-4, -8], y = new float[8], choice = new float[8];
        pooling.MaximumForward(1, x, y, choice);
        y.ShouldBe([-4, -8, -4, -8, -4, -8, -4, -8]);
        choice.ShouldBe([3, 3, 2, 2, 1, 1, 0, 0]);
        pooling.AverageForward(1, x, y);
        y.ShouldBe([-1, -2, -1, -2, -1, -2, -1, -2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void A_number_that_is_none_is_passed_on(int channels)
    {
        using var team = new Team();
        var pooling = new Pooling<float>(PoolingShape.Global(1, 3, channels), team);
        foreach (var place in (int[])[0, 1, 2])
        {
            float[] x = [.. Enumerable.Range(0, 3 * channels).Select(i => i / channels == place ? float.NaN : i)];
            float[] y = new float[channels], choice = new float[channels];
            pooling.MaximumForward(1, x, y, choice);
            y.ShouldAllBe(v => float.IsNaN(v));
            choice.ShouldAllBe(c => c == place);
        }
    }

    [Fact]
    public void The_global_average_is_the_mean_over_pixels()
    {
        using var team = new Team();
        var pooling = new Pooling<double>(PoolingShape.Global(3, 5, 11), team);
        double[] x = Problems.Normal(new Random(1), 2 * 15 * 11), y = new double[22];
        pooling.AverageForward(2, x, y);
        for (var i = 0; i < 22; i++) y[i].ShouldBe(Enumerable.Range(0, 15).Average(p => x[(i / 11 * 15 + p) * 11 + i % 11]), 1e-15);
    }

    [Fact]
    public void All_shapes_agree_with_the_definition() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                int kh = random.Next(1, 5), kw = random.Next(1, 5), padding = random.Next(Math.Min(kh, kw) / 2 + 1);
                int[] channels = [1, 3, 4, 8, 17];
                var s = new PoolingShape(kh + random.Next(6), kw + random.Next(6), channels[random.Next(5)], kh, kw, random.Next(1, 4),
                    padding);
                var examples = random.Next(1, 4);
                // Few different values, so that ties are frequent.
                double[] x = [.. Enumerable.Range(0, examples * s.InputSize).Select(_ => (double)random.Next(-3, 4))];
                double[] tangent = Problems.Normal(random, x.Length), dy = Problems.Normal(random, examples * s.OutputSize);
                double[] y = new double[dy.Length], choice = new double[dy.Length], result = new double[dy.Length], dx =
                    Problems.Normal(random, x.Length);
                double[] mean = new double[dy.Length], spread = Problems.Normal(random, x.Length);
                double[] expectedDx = new double[x.Length], expectedSpread = (double[])spread.Clone();
                using var team = new Team(random.Next(1, 4));
                var pooling = new Pooling<double>(s, team);
                pooling.MaximumForward(examples, x, y, choice);
                pooling.MaximumTangent(examples, tangent, choice, result);
                pooling.MaximumBackward(examples, dy, choice, dx);
                pooling.AverageForward(examples, x, mean);
                pooling.AverageBackward(examples, dy, spread, accumulate: true);

                for (var o = 0; o < y.Length; o++)
                {
                    int c = o % s.Channels, ox = o / s.Channels % s.OutWidth, oy = o / s.Channels / s.OutWidth % s.OutHeight, n =
                        o / s.OutputSize;
                    var seen = (from ky in Enumerable.Range(0, kh)
                                from kx in Enumerable.Range(0, kw)
                                let iy = oy * s.Stride + ky - padding
                                let ix = ox * s.Stride + kx - padding
                                where iy >= 0 && iy < s.Height && ix >= 0 && ix < s.Width
                                select (At: ((n * s.Height + iy) * s.Width + ix) * s.Channels + c, Tap: ky * kw + kx)).ToList();
                    var best = seen.MaxBy(p => x[p.At]);
                    y[o].ShouldBe(x[best.At]);
                    choice[o].ShouldBe(best.Tap);
                    result[o].ShouldBe(tangent[best.At]);
                    mean[o].ShouldBe(seen.Sum(p => x[p.At]) / (kh * kw), 1e-14);
                    expectedDx[best.At] += dy[o];
                    foreach (var p in seen) expectedSpread[p.At] += dy[o] / (kh * kw);
                }
                dx.ShouldBe(expectedDx, 1e-14);
                spread.ShouldBe(expectedSpread, 1e-13);
            }));

    [Fact]
    public void A_second_call_allocates_nothing()
    {
        var shape = new PoolingShape(8, 8, 5, 3, 3, 2, 1);
        using var team = new Team();
        var pooling = new Pooling<float>(shape, team);
        float[] x = new float[2 * shape.InputSize], y = new float[2 * shape.OutputSize], choice = new float[y.Length];
        AllocationCount.Of(Step).ShouldBe(0);

        void Step()
        {
            pooling.MaximumForward(2, x, y, choice);
            pooling.MaximumTangent(2, x, choice, y);
            pooling.MaximumBackward(2, y, choice, x);
            pooling.AverageForward(2, x, y);
            pooling.AverageBackward(2, y, x);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_in_words()
    {
        Should.Throw<ArgumentException>(() =>
            new PoolingShape(4, 4, 1, 3, 2, 1, 2)).Message.ShouldBe("a pooling with a kernel of 3×2 takes a padding of at most 1, not 2");
        Should.Throw<ArgumentException>(() =>
            new PoolingShape(4, 4, 1, 5, 2, 1, 0)).Message.ShouldContain("kernel height 5 of a pooling is larger");
        Should.Throw<ArgumentException>(() =>
            new PoolingShape(4, 0, 1, 1, 1, 1, 0)).Message.ShouldContain("width of an image that a pooling sees is at least 1, not 0");
        using var team = new Team();
        var pooling = new Pooling<float>(new PoolingShape(4, 4, 1, 2, 2, 2, 0), team);
        Should.Throw<ArgumentException>(() =>
            pooling.AverageForward(2, new float[31], new float[8])).Message.ShouldStartWith("32 numbers are needed as inputs");
        Should.Throw<ArgumentException>(() => pooling.MaximumForward(2, new float[32], new float[8], new float[7])).Message.ShouldStartWith(
            "8 numbers are needed as choices");
    }
}
