using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

public sealed class FixedRhoTests
{
    [Theory]
    [InlineData(3, .6522)]
    [InlineData(10, .6984)]
    [InlineData(30, .7359)]
    [InlineData(100, .7416)]
    [InlineData(300, .7426)]
    public void Iris_margins_are_the_known_ones(double rho, double margin) =>
        FixedRhoMinimizer.Solve(Problems.Setosa, rho).Margin.ShouldBe(margin, 5.1e-5);

    [Fact]
    public void Stationary_at_every_rho_and_never_far_below_the_maximum_margin()
    {
        foreach (var data in new[] { Problems.Setosa, Problems.TwoByTwo, Problems.Separable(1, 30, 4, .3),
            Problems.Separable(2, 5, 40, .3) })
        {
            var gamma = HardMargin.Solve(data).Margin;
            var last = double.NegativeInfinity;
            for (var rho = .01; rho <= 1e6; rho *= 10)
            {
                var s = FixedRhoMinimizer.Solve(data, rho);
                s.KktResidual.ShouldBeLessThan(1e-14 + 3e-14 * rho);
                s.Margin.ShouldBeInRange(gamma - Math.Log(data.Count) / rho, gamma * (1 + 1e-14));
                s.SmoothedMargin.ShouldBeLessThanOrEqualTo(s.Margin);
                s.SmoothedMargin.ShouldBeGreaterThan(last);
                last = s.SmoothedMargin;
            }
        }
    }

    [Fact]
    public void Projected_gradient_descent_goes_to_the_same_point()
    {
        foreach (var rho in new[] { .5, 4 })
        {
            var data = Problems.Separable(7, 20, 3, .3);
            var z = data.Signed();
            double[] v = [1, 0, 0];
            for (var step = 0; step < 200_000; step++)
            {
                var g = new double[3];
                var sum = 0.0;
                for (var n = 0; n < 20; n++) sum += Math.Exp(-rho * Vectors.Dot(v, z.AsSpan(3 * n, 3)));
                for (var n = 0; n < 20; n++) Vectors.Add(Math.Exp(-rho * Vectors.Dot(v, z.AsSpan(3 * n, 3))) / sum, z.AsSpan(3 * n, 3), g);
                Vectors.Add(.01, g, v);
                var norm = Vectors.Norm(v);
                for (var i = 0; i < 3; i++) v[i] /= norm;
            }
            Vectors.Angle(v, FixedRhoMinimizer.Solve(data, rho).Direction).ShouldBeLessThan(1e-10);
        }
    }

    [Fact]
    public void The_expansion_on_Iris()
    {
        var data = Problems.Setosa;
        var svm = HardMargin.Solve(data);
        var e = FixedRhoExpansion.Of(data, svm);
        e.Norm.ShouldBe(1.73628, 5e-6);
        e.Dual.ToArray().ShouldBe(svm.Dual.ToArray(), 1e-12 * svm.Dual.ToArray().Max());
        Vectors.Dot(e.C, svm.Direction).ShouldBe(0, 1e-13);
        // e^{−c·z_n}/α_n is the same for every support vector.
        var z = data.Signed();
        var ratios = svm.SupportVectors.Select(n => -Vectors.Dot(e.C, z.AsSpan(n * 4, 4)) - Math.Log(svm.Dual[n])).ToArray();
        ratios.ShouldAllBe(r => Math.Abs(r - ratios[0]) < 1e-11);
        e.LogSum.ShouldBe(ratios[0] + Math.Log(svm.Dual.ToArray().Sum()), 1e-11);
    }

    [Fact]
    public void The_expansion_is_what_the_minimizers_do()
    {
        foreach (var data in new[] { Problems.Setosa, Problems.TwoByTwo, Problems.Separable(1, 30, 4, .3), Doubled(Problems.TwoByTwo) })
        {
            var svm = HardMargin.Solve(data);
            var e = FixedRhoExpansion.Of(data, svm);
            e.Exists.ShouldBeTrue();
            foreach (var rho in new[] { 1e4, 1e5, 1e6 })
            {
                var s = FixedRhoMinimizer.Solve(data, rho);
                var c = s.Direction.ToArray().Zip(svm.Direction.ToArray(), (a, b) => rho * (a - b)).ToArray();
                Vectors.Distance(c, e.C).ShouldBeLessThan(30 / rho + 1e-15 * rho);
                (rho * svm.Margin - rho * s.SmoothedMargin).ShouldBe(e.LogSum, 30 / rho + 1e-15 * rho);
            }
        }
    }

    [Fact]
    public void Equal_copies_share_the_dual_weight()
    {
        var data = Doubled(Problems.TwoByTwo);
        var e = FixedRhoExpansion.Of(data, HardMargin.Solve(data));
        e.Dual[0].ShouldBe(e.Dual[2], 1e-13);
        e.Dual[1].ShouldBe(e.Dual[3], 1e-13);
    }

    [Fact]
    public void A_margin_example_that_does_not_push_has_no_expansion()
    {
        // (1, 0) alone makes the margin; (1, 1) touches it from one side.
        var data = new Dataset("touching", [1, 0, 1, 1], [1, 1], 2);
        var svm = HardMargin.Solve(data);
        svm.SupportVectors.ShouldBe([0, 1]);
        svm.ActiveSupportVectors.ShouldBe([0]);
        var e = FixedRhoExpansion.Of(data, svm);
        e.Exists.ShouldBeFalse();
        e.Unloaded.ShouldBe([1]);
        double.IsNaN(e.Norm).ShouldBeTrue();
        Should.Throw<DataException>(() => GradientDescentResidual.Of(data, svm, [0, 0])).Message.ShouldContain("example 1");
        // And the minimizers agree: ρ·error grows without bound, like log ρ.
        var scaled = new[] { 1e2, 1e4, 1e6 }.Select(r => r * Vectors.Distance(FixedRhoMinimizer.Solve(data, r).Direction, svm.Direction))
            .ToArray();
        (scaled[1] - scaled[0]).ShouldBeGreaterThan(3);
        (scaled[2] - scaled[1]).ShouldBeGreaterThan(3);
        // A third, opposite one at the margin makes both push.
        var held = new Dataset("held", [1, 0, 1, 1, 1, -1], [1, 1, 1], 2);
        FixedRhoExpansion.Of(held, HardMargin.Solve(held)).Norm.ShouldBe(0, 1e-13);
    }

    [Fact]
    public void Gradient_descent_on_two_examples_has_the_known_constant()
    {
        var data = Problems.TwoByTwo;
        var r = GradientDescentResidual.Of(data, HardMargin.Solve(data), [.3, -.1]);
        r.IsDetermined.ShouldBeTrue();
        r.Constant.ShouldBe(1.029963, 5e-7);
        r.WeightNormalizationConstant.ShouldBe(r.Constant, 1e-15);
        // T3 eq. 77: error·log t = 1.0265 at t = 1e100.
        var logT = 100 * Math.Log(10);
        (r.DirectionError(logT) * logT).ShouldBe(1.0265, 5e-5);
    }

    [Fact]
    public void The_flow_itself_follows_the_residual_law()
    {
        // dw/du = e^u Σ z e^{−w·z}, u = log(1 + t), up to t = e^40.
        var data = new Dataset("three", [1, .5, 0, .4, 1.2, 0, 2, 2, 1], [1, 1, 1], 3);
        var svm = HardMargin.Solve(data);
        svm.SupportVectors.Count.ShouldBe(2);
        var z = data.Signed();
        double[] Velocity(double u, double[] w)
        {
            var g = new double[3];
            for (var n = 0; n < 3; n++) Vectors.Add(Math.Exp(u - Vectors.Dot(w, z.AsSpan(3 * n, 3))), z.AsSpan(3 * n, 3), g);
            return g;
        }
        var w = Problems.RungeKutta(Velocity, [.3, -.1, .7], 0, 40, 40_000);
        var error = Vectors.Distance([.. w.Select(v => v / Vectors.Norm(w))], svm.Direction);
        GradientDescentResidual.Of(data, svm, [.3, -.1, .7]).IsDetermined.ShouldBeFalse();
        var law = GradientDescentResidual.FromLate(data, svm, w);
        var kappa = FixedRhoExpansion.Of(data, svm).Relaxation;
        kappa.ShouldBeInRange(.1, .3);
        (error / law.DirectionError(40)).ShouldBe(1, 3 * Math.Exp(-40 * kappa));
        Vectors.Dot(w, svm.Direction).ShouldBe(law.Radius(40), 10 * Math.Exp(-40 * kappa));
        // Twice the log time, the square of the deviation: κ is the rate.
        var half = Problems.RungeKutta(Velocity, [.3, -.1, .7], 0, 20, 20_000);
        var c = FixedRhoExpansion.Of(data, svm).C.ToArray();
        double Off(double[] at) => Math.Abs(Vectors.Dot(at, c) / Vectors.Dot(c, c) - 1);
        Math.Log(Off(half) / Off(w)).ShouldBe(20 * kappa, .02 * 20 * kappa);

        // Without the third example the start's part outside the span stays for ever.
        var two = data.Choose([0, 1]);
        var known = GradientDescentResidual.Of(two, HardMargin.Solve(two), [.3, -.1, .7]);
        known.IsDetermined.ShouldBeTrue();
        known.OffSpan.ShouldBe(.7, 1e-15);
    }

    [Fact]
    public void Inseparable_data_have_minimizers_only_up_to_the_norm_of_the_finite_one()
    {
        var data = new Dataset("line", [1, -2], [1, 1], 1);       // w* = log(1/2)/3, |w*| = .231
        FixedRhoMinimizer.Solve(data, .1).Direction.ToArray().ShouldBe([-1.0]);
        Should.Throw<DataException>(() => FixedRhoMinimizer.Solve(data, 1)).Message.ShouldContain("not separable");
        Should.Throw<ArgumentOutOfRangeException>(() => FixedRhoMinimizer.Solve(data, 0));
    }

    private static Dataset Doubled(Dataset data) => data.Choose([.. Enumerable.Range(0, data.Count), .. Enumerable.Range(0, data.Count)]);
}
