using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

/// <summary>Fused passes against one number at a time in float64, and the same bits from any team.</summary>
public sealed class ElementwiseTests : IDisposable
{
    private static readonly int[] Lengths = [0, 1, 3, 7, 8, 9, 31, 64, 100, 40_000];

    private readonly Team _team = new(3);

    public void Dispose() => _team.Dispose();

    [Fact]
    public void Leaky_relu_and_its_backward_pass()
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            foreach (var length in Lengths)
                foreach (var slope in new[] { 0, 0.25, 1 })
                {
                    var random = new Random(length);
                    T[] z = Reference.Random<T>(length, random), delta = Reference.Random<T>(length, random), s = [T.CreateChecked(slope)];
                    T[] a = [.. z], sharedA = [.. z], d = [.. delta], sharedD = [.. delta];
                    Elementwise.LeakyRelu(a, s[0]);
                    Elementwise.LeakyRelu(sharedA, s[0], _team);
                    a.ShouldHaveTheBitsOf([.. z.Select(x => x > T.Zero ? x : x * s[0] + T.Zero)]);
                    sharedA.ShouldHaveTheBitsOf(a);
                    Elementwise.LeakyReluBackward<T>(a, d, s[0]);
                    Elementwise.LeakyReluBackward<T>(a, sharedD, s[0], _team);
                    d.ShouldHaveTheBitsOf([.. delta.Zip(z, (x, zi) => zi > T.Zero ? x : x * s[0])]);
                    sharedD.ShouldHaveTheBitsOf(d);
                }
        }
    }

    [Fact]
    public void Relu_keeps_infinity_and_NaN()
    {
        float[] z = [.. Enumerable.Repeat(new[] { float.PositiveInfinity, float.NegativeInfinity, float.NaN, -2f }, 5).SelectMany(x => x)];
        Elementwise.LeakyRelu(z, 0f);
        for (var i = 0; i < z.Length; i += 4)
            (z[i], z[i + 1], float.IsNaN(z[i + 2]), z[i + 3]).ShouldBe((float.PositiveInfinity, 0f, true, 0f));
        Should.Throw<ArgumentOutOfRangeException>(() => Elementwise.LeakyRelu(z, 1.5f)).Message.ShouldContain("a slope lies in [0, 1]");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Momentum_steps_follow_the_formula(bool nesterov)
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            foreach (var length in Lengths)
            {
                var random = new Random(length);
                T[] w = Reference.Random<T>(length, random), m = Reference.Random<T>(length, random), g = Reference.Random<T>(length, random);
                var (eta, mu, scale, decay) = (0.125, 0.875, 0.5, 0.0625);
                T[] gotW = [.. w], gotM = [.. m], sharedW = [.. w], sharedM = [.. m];
                Step(gotW, gotM, null);
                Step(sharedW, sharedM, _team);
                sharedW.ShouldHaveTheBitsOf(gotW);
                sharedM.ShouldHaveTheBitsOf(gotM);
                for (var i = 0; i < length; i++)
                {
                    var (w0, m0, g0) = (double.CreateChecked(w[i]), double.CreateChecked(m[i]), double.CreateChecked(g[i]));
                    var gradient = g0 * scale + decay * w0;
                    var m1 = mu * m0 + gradient;
                    var w1 = w0 - eta * (nesterov ? gradient + mu * m1 : m1);
                    if (!(Math.Abs(double.CreateChecked(gotM[i]) - m1) <= 8 * Reference.RoundOff<T>())) Assert.Fail($"m[{i}] of {length}");
                    if (!(Math.Abs(double.CreateChecked(gotW[i]) - w1) <= 8 * Reference.RoundOff<T>())) Assert.Fail($"w[{i}] of {length}");
                }

                void Step(T[] weights, T[] momenta, Team? team) => Elementwise.MomentumStep<T>(
                    weights, momenta, g, T.CreateChecked(eta), T.CreateChecked(mu), T.CreateChecked(scale), T.CreateChecked(decay), nesterov, team);
            }
        }
    }

    [Fact]
    public void Dots_are_summed_in_float64()
    {
        Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), length =>
        {
            var random = new Random(length);
            float[] x = Reference.Random<float>(length, random), y = Reference.Random<float>(length, random);
            double[] xd = [.. x], yd = [.. y];
            var expected = x.Zip(y, (a, b) => (double)a * b).Sum();
            Elementwise.Dot<float>(x, y).ShouldBe(expected, 1e-11);
            Elementwise.Dot<double>(xd, yd).ShouldBe(expected, 1e-11);
            Elementwise.SquaredNorm<float>(x).ShouldBe(x.Sum(a => (double)a * a), 1e-11);
        }).QuickCheckThrowOnFailure();
        // A float sum of squares would stop growing at 2²⁴.
        Elementwise.SquaredNorm<float>([4096, .. Enumerable.Repeat(1f, 1000)]).ShouldBe(16777216.0 + 1000);
        Should.Throw<ArgumentException>(() => Elementwise.Dot<float>(new float[2], new float[3])).Message.ShouldContain("2 and of 3");
    }

    [Fact]
    public void A_second_pass_allocates_nothing()
    {
        float[] w = new float[40_000], m = new float[40_000], g = new float[40_000];
        Call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Call();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Call()
        {
            Elementwise.LeakyRelu(w, 0.1f, _team);
            Elementwise.LeakyReluBackward<float>(g, w, 0, _team);
            Elementwise.MomentumStep<float>(w, m, g, 0.1f, 0.9f, 1, 0, false, _team);
            _ = Elementwise.Dot<float>(w, m);
        }
    }
}
