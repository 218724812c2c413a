using MathNet.Numerics.Integration;
using Rhoflow.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

public sealed class NormGrowthTests
{
    private static readonly double Log10 = Math.Log(10);

    [Theory]
    [InlineData(2, 1.02673, 1.003665, 1.000466)]
    [InlineData(5, 1.04506, 1.00608, 1.00077)]
    [InlineData(10, 1.0529, 1.0071, 1.0009)]
    public void The_product_exceeds_log_t_by_a_loglog(int layers, double at100, double at1000, double at10000)
    {
        var s = NormGrowthSolution.FromLayers(layers, 1, .8);
        double Ratio(double decades) => s.LogR(decades * Log10) / (decades * Log10);
        var digits = layers == 10 ? 6e-5 : 6e-6;
        Ratio(100).ShouldBe(at100, digits);
        Ratio(1000).ShouldBe(at1000, digits);
        Ratio(10000).ShouldBe(at10000, digits);
        s.LogR(10000 * Log10).ShouldBe(s.AsymptoticLogR(10000 * Log10), .01);
    }

    [Fact]
    public void Layer_norms_at_1e100()
    {
        foreach (var (k, norm, digits) in new[] { (1, 230.3, .05), (2, 15.38, .005), (3, 6.203, .0005), (5, 2.994, .0005) })
            NormGrowthSolution.FromLayers(k, 1, .8).LayerNorm(100 * Log10).ShouldBe(norm, digits);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(2, .3, 2)]
    [InlineData(3, 1, 1)]
    [InlineData(5, 2, .7)]
    [InlineData(10, .8, 1.1)]
    public void Independent_layers_grow_as_the_closed_form_says(int layers, double f, double start)
    {
        // ρ̇_k = (ρ/ρ_k) f e^{−ρ f}, every layer on its own, against u = log(1 + t).
        double[] Velocity(double u, double[] r)
        {
            var rho = r.Aggregate(1.0, (a, b) => a * b);
            return [.. r.Select(v => Math.Exp(u - rho * f) * rho / v * f)];
        }
        var s = NormGrowthSolution.FromLayers(layers, f, start);
        foreach (var t in new[] { .01, 1, 1000, 1e6 })
        {
            var end = Problems.RungeKutta(Velocity, [.. Enumerable.Repeat(start, layers)], 0, Math.Log(1 + t), 4000);
            s.Rho(Math.Log(t)).ShouldBe(end.Aggregate(1.0, (a, b) => a * b), 1e-9);
            s.LayerNorm(Math.Log(t)).ShouldBe(end[0], 1e-9);
        }
        // The printed K² is the flow of tied layers: ρ̇_k K times as large.
        var tied = Problems.RungeKutta((u, r) =>
            [.. Velocity(u, r).Select(v => layers * v)], [.. Enumerable.Repeat(start, layers)], 0, Math.Log(1001), 4000);
        NormGrowthSolution.FromLayers(layers, f, start, printed: true).Rho(Math.Log(1000))
            .ShouldBe(tied.Aggregate(1.0, (a, b) => a * b), 1e-9);
    }

    [Fact]
    public void Two_layers_are_the_inverse_logarithmic_integral()
    {
        var s = new NormGrowthSolution(2, .7, 1.3);
        var c = LogarithmicIntegral.OfExp(1.3 * .7);
        foreach (var t in new[] { .5, 30, 1e8 })
            s.LogR(Math.Log(t)).ShouldBe(LogarithmicIntegral.LogInverse(2 * .7 * t + c), 1e-14 * s.LogR(Math.Log(t)));
        var logT = 1e4 * Log10;
        s.LogR(logT).ShouldBe(LogarithmicIntegral.LogInverseOfExp(logT + Math.Log(1.4)), 1e-15 * logT);
    }

    [Fact]
    public void The_logarithmic_integral_has_its_known_values()
    {
        LogarithmicIntegral.OfExp(Math.Log(2)).ShouldBe(1.04516378011749278484, 2e-15);
        LogarithmicIntegral.OfExp(Math.Log(1e6)).ShouldBe(78627.549159462181919, 1e-10);
        LogarithmicIntegral.LogInverse(0).ShouldBe(Math.Log(1.45136923488338105028), 1e-15);        // Ramanujan–Soldner
        LogarithmicIntegral.OfExp(50).ShouldBe(LogarithmicIntegral.OfExp(50 + 1e-13), 3e-13 * LogarithmicIntegral.OfExp(50));
        foreach (var y in new[] { -50.0, -1, 0, .3, 17, 1e5, 1e100 })
            LogarithmicIntegral.OfExp(LogarithmicIntegral.LogInverse(y)).ShouldBe(y, 3e-13 * Math.Max(1, Math.Abs(y)));
        foreach (var q in new[] { 60, 700, 23026, 1e8 })
            LogarithmicIntegral.LogInverseOfExp(LogarithmicIntegral.LogOfExp(q)).ShouldBe(q, 4e-16 * q);
    }

    [Fact]
    public void Time_is_the_quadrature_of_the_growth_equation()
    {
        foreach (var k in new[] { 2, 3, 4, 10 })
            foreach (var (from, to) in new[] { (1e-3, .1), (.01, 3), (.5, 49), (10, 51), (49, 60), (600, 900.0) })
            {
                var a = 2 - 2.0 / k;
                // t = ∫ e^q q^−a dq/K with f = 1, scaled by e^−to, in x = log q.
                var pieces = 200;
                var sum = 0.0;
                for (var i = 0; i < pieces; i++)
                {
                    double x0 = Math.Log(from) + Math.Log(to / from) * i / pieces, x1 =
                        Math.Log(from) + Math.Log(to / from) * (i + 1) / pieces;
                    sum += GaussLegendreRule.Integrate(x => Math.Exp(Math.Exp(x) - to + (1 - a) * x), x0, x1, 30);
                }
                var logT = Math.Log(sum / k) + to;
                var s = new NormGrowthSolution(k, 1, from);
                s.LogTime(to).ShouldBe(logT, 1e-12 * Math.Max(1, Math.Abs(logT)));
                s.Rho(logT).ShouldBe(to, 1e-12 * to);
            }
    }

    [Theory]
    [InlineData(2, 9.75103, 10.53337)]
    [InlineData(3, 11.06215, 12.32424)]
    public void The_products_at_t_1000_true_and_as_printed(int layers, double product, double printed)
    {
        NormGrowthSolution.FromLayers(layers, 1, .8).Rho(Math.Log(1000)).ShouldBe(product, 6e-6);
        NormGrowthSolution.FromLayers(layers, 1, .8, printed: true).Rho(Math.Log(1000)).ShouldBe(printed, 1e-5);
    }

    [Fact]
    public void What_cannot_grow_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new NormGrowthSolution(0, 1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new NormGrowthSolution(2, -1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new NormGrowthSolution(2, 1, 0));
        new NormGrowthSolution(3, 1, .5).Rho(double.NegativeInfinity).ShouldBe(.5);
        new NormGrowthSolution(3, 1, .5).Rho(-100).ShouldBe(.5, 1e-15);
    }
}
