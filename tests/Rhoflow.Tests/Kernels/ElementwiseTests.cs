using System.Numerics;
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
                T[] w = Reference.Random<T>(length, random), m = Reference.Random<T>(length, random), g =
                    Reference.Random<T>(length, random);
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
                    weights, momenta, g, T.CreateChecked(eta), T.CreateChecked(mu), T.CreateChecked(scale), T.CreateChecked(decay),
                        nesterov, team);
            }
        }
    }

    [Fact]
    public void A_second_pass_allocates_nothing()
    {
        float[] w = new float[40_000], m = new float[40_000], g = new float[40_000];
        AllocationCount.Of(Call).ShouldBe(0);

        void Call()
        {
            Elementwise.MomentumStep<float>(w, m, g, 0.1f, 0.9f, 1, 0, false, _team);
        }
    }
}
