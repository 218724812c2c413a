using Rhoflow.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

public sealed class ScalarSolutionsTests
{
    [Theory]
    [InlineData(1, .1)]
    [InlineData(2, .01)]
    [InlineData(2, 4)]
    [InlineData(3, .1)]
    [InlineData(4, 5)]
    [InlineData(10, .3)]
    public void Square_loss_growth_is_the_solution_of_its_equation(int layers, double start)
    {
        const double B = .8, C = .39;
        var s = new SquareLossGrowth(layers, B, C, start);
        foreach (var t in new[] { .05, .3, 1.0 })
        {
            var rho = Problems.RungeKutta((_, r) =>
                [2 * layers * Math.Pow(r[0], 2 - 2.0 / layers) * (B - r[0] * C)], [start], 0, t, 20_000)[0];
            s.Rho(t).ShouldBe(rho, 1e-10);
            // Near ρ_eq the time is only as well known as ρ is, over its slope.
            s.Time(rho).ShouldBe(t, 1e-9 + 1e-12 / Math.Abs(2 * layers * Math.Pow(rho, 2 - 2.0 / layers) * (B - rho * C)));
        }
        s.Rho(1e6).ShouldBe(s.Equilibrium, 1e-12);
    }

    [Theory]
    [InlineData(1e-6, new[] { 4.5, 62, 312, 1563, 4929 }, new[] { .05, .5, .5, .5, .5 })]
    [InlineData(.1, new[] { .93, .89, .82, .68, .49 }, new[] { .005, .005, .005, .005, .005 })]
    public void Half_times_are_those_of_the_catalogue(double start, double[] times, double[] digits)
    {
        int[] layers = [2, 3, 4, 6, 10];
        for (var i = 0; i < layers.Length; i++)
        {
            var s = new SquareLossGrowth(layers[i], .8, .39, start);
            s.Time(s.Equilibrium / 2).ShouldBe(times[i], digits[i]);
        }
    }

    [Theory]
    [InlineData(1, 1.2)]
    [InlineData(.3, .5)]
    [InlineData(2.5, 2.2)]      // more than a right angle: ρ first falls
    public void One_example_keeps_its_invariants(double gamma, double theta0)
    {
        const double Rho0 = 1.1;
        double[] start = [Rho0, theta0];
        // z along the first axis, w = ρ(cos θ, sin θ).
        double[] WeightNormalization(double u, double[] s)
        {
            var e = Math.Exp(u - s[0] * gamma * Math.Cos(s[1])) * gamma;
            return [e * Math.Cos(s[1]), -s[0] * e * Math.Sin(s[1])];
        }
        double[] GradientDescent(double u, double[] s)
        {
            var e = Math.Exp(u - s[0] * gamma * Math.Cos(s[1])) * gamma;
            return [e * Math.Cos(s[1]), -e * Math.Sin(s[1]) / s[0]];
        }
        foreach (var u in new[] { .2, 2, 6 })
        {
            var wn = Problems.RungeKutta(WeightNormalization, start, 0, u, 20_000);
            OneExampleInvariants.LogWeightNormalization(wn[0], wn[1])
                .ShouldBe(OneExampleInvariants.LogWeightNormalization(Rho0, theta0), 2e-8);
            OneExampleInvariants.LogSineWeightNormalization(Rho0, theta0, wn[0]).ShouldBe(Math.Log(Math.Sin(wn[1])), 2e-8);
            var gd = Problems.RungeKutta(GradientDescent, start, 0, u, 20_000);
            OneExampleInvariants.GradientDescent(gd[0], gd[1]).ShouldBe(OneExampleInvariants.GradientDescent(Rho0, theta0), 1e-10);
            OneExampleInvariants.LogSineGradientDescent(Rho0, theta0, gd[0]).ShouldBe(Math.Log(Math.Sin(gd[1])), 1e-10);
            var (rho, theta) = OneExampleInvariants.GradientDescentAt(gamma, Rho0, theta0, Math.Log(Math.Exp(u) - 1));
            rho.ShouldBe(gd[0], 1e-10);
            theta.ShouldBe(gd[1], 1e-10);
        }
        // At t = 1e1000 the angle is γ b/log t.
        var late = OneExampleInvariants.GradientDescentAt(gamma, Rho0, theta0, 1000 * Math.Log(10));
        (late.Rho * gamma / (1000 * Math.Log(10))).ShouldBe(1, .01);
    }

    [Fact]
    public void The_printed_rate_is_not_the_rate()
    {
        // T3 eq. 80: log sin θ = −42.14 at t = 1e4, against −½ log² t = −42.42 and log(t^−½ log t) = −2.38.
        var logT = Math.Log(1e4);
        OneExampleInvariants.LogSineLaw(1, logT).ShouldBe(-42.42, .005);
        (-.5 * logT + Math.Log(logT)).ShouldBe(-2.38, .01);
    }

    [Fact]
    public void Differences_of_squared_layer_norms_are_conserved()
    {
        double[] start = [1.2, .7, .4];
        var end = Problems.RungeKutta((_, r) =>
        {
            var rho = r[0] * r[1] * r[2];
            return [.. r.Select(v => rho / v * .9 * Math.Exp(-rho * .9))];
        }, start, 0, 50, 20_000);
        OneExampleInvariants.NormDifferences(end).ShouldBe(OneExampleInvariants.NormDifferences(start), 1e-12);
        OneExampleInvariants.NormDifferences(start)[1].ShouldBe(.49 - 1.44, 1e-15);
    }

    [Fact]
    public void One_weight_that_cannot_separate_stops_at_the_logarithm()
    {
        foreach (var (x1, x2) in new (double, double)[] { (1, 2), (2, 1), (.3, 7), (5, 5) })
        {
            var w = ScalarSeparator.Minimizer(x1, x2);
            ScalarSeparator.Velocity(x1, x2, w).ShouldBe(0, 1e-15 * (x1 + x2) * 4);
            var h = 1e-5;
            ScalarSeparator.Jacobian(x1, x2).ShouldBe(
                (ScalarSeparator.Velocity(x1, x2, w + h) - ScalarSeparator.Velocity(x1, x2, w - h)) / (2 * h), 1e-6);
            Problems.RungeKutta((_, s) => [ScalarSeparator.Velocity(x1, x2, s[0])], [.1], 0, 60, 20_000)[0].ShouldBe(w, 1e-12);
        }
        Should.Throw<ArgumentOutOfRangeException>(() => ScalarSeparator.Minimizer(-1, 1));
    }
}
