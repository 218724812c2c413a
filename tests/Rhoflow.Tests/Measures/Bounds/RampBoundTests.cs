using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Losses;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Bounds;

public sealed class RampBoundTests
{
    [Fact]
    public void Four_margins_by_hand()
    {
        double[] margins = [-1, 0, 0.5, 3];
        RampBound.RampLoss(margins, 2).ShouldBe((1 + 1 + 0.75 + 0) / 4, 1e-15);
        RampBound.RampLoss(margins, 0).ShouldBe(0.5);
        var bound = RampBound.Of(margins, 2, 0.1, 1, 0.05);
        bound.Complexity.ShouldBe(0.1, 1e-15);                                             // 2/γ R
        bound.Confidence.ShouldBe(3 * Math.Sqrt(Math.Log(40) / 8), 1e-15);
        bound.Total.ShouldBe(bound.Ramp + bound.Complexity + bound.Confidence);
        RampBound.Of(margins, 2, 0.1, 10, 0.05).Complexity.ShouldBe(2, 1e-15);             // 4C/γ R
    }

    [Fact]
    public void The_margin_at_a_share_leaves_that_share_below()
    {
        double[] margins = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6];
        RampBound.MarginAt(margins, 0).ShouldBe(1);
        RampBound.MarginAt(margins, 0.1).ShouldBe(2);
        RampBound.MarginAt(margins, 0.19).ShouldBe(2);
        RampBound.MarginAt(margins, 0.95).ShouldBe(10);
        RampBound.MarginAt([3.0], 0.5).ShouldBe(3);
    }

    [Fact]
    public void The_ramp_is_between_errors_and_scales_with_the_margin()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var margins = Problems.Normal(random, random.Next(1, 40));
            double gamma = 0.01 + 2 * random.NextDouble(), rho = Math.Exp(6 * random.NextDouble() - 3);
            var ramp = RampBound.RampLoss(margins, gamma);
            ramp.ShouldBeGreaterThanOrEqualTo(Margin.ErrorShare(margins) - 1e-15);
            ramp.ShouldBeLessThanOrEqualTo(margins.Count(m => m < gamma) / (double)margins.Length + 1e-15);
            RampBound.RampLoss(margins, 1.5 * gamma).ShouldBeGreaterThanOrEqualTo(ramp);
            // f = ρ f̃ with margin ρ γ̃ and R_N(F) = ρ R_N(F̃): the same bound.
            RampBound a = RampBound.Of(margins, gamma, 0.3, 1, 0.1), b =
                RampBound.Of([.. margins.Select(m => rho * m)], rho * gamma, rho * 0.3, 1, 0.1);
            b.Total.ShouldBe(a.Total, 1e-12);
            RampBound.Of(margins, 2 * gamma, 0.3, 1, 0.1).Complexity.ShouldBe(a.Complexity / 2, 1e-12 * a.Complexity);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_bound_holds_for_linear_classifiers_where_the_truth_is_known()
    {
        // x uniform on the circle, labels by the first coordinate, all errors of sign(w·x) are angle/π: no draw of 400 examples may break
        // the bound.
        for (var trial = 0; trial < 40; trial++)
        {
            var random = new Random(trial);
            double[] angles = [.. Enumerable.Range(0, 400).Select(_ => 2 * Math.PI * random.NextDouble())];
            var turn = 0.6 * random.NextDouble();
            double[] margins = [.. angles.Select(a => Math.Sign(Math.Cos(a)) * Math.Cos(a - turn))];
            var bound = RampBound.Of(margins, 0.5, 1 / Math.Sqrt(400), 1, 0.05);
            bound.Total.ShouldBeGreaterThan(turn / Math.PI);
            bound.Total.ShouldBeLessThan(1);
        }
    }

    [Fact]
    public void Counts_of_a_known_network()
    {
        var network = new NetworkBuilder(new TensorShape(4, 4, 3)).Convolution(8, 3).BatchNorm(affine: true).Then(Activation.ReLU).Dense(2)
            .Build();
        CapacityCounts.Weights(network).ShouldBe(8 * 27 + 2 * 32);
        CapacityCounts.Width(network).ShouldBe(32);
        CapacityCounts.PiecewiseLinear(network).ShouldBe(280 * 2 * Math.Log2(280), 1e-9);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => RampBound.Of([1], 0, 1, 1, 0.1)).Message.ShouldContain("γ > 0");
        Should.Throw<ArgumentOutOfRangeException>(() => RampBound.Of([1], 1, 1, 1, 1)).Message.ShouldContain("(0, 1)");
        Should.Throw<ArgumentOutOfRangeException>(() => RampBound.MarginAt([1.0], 1)).Message.ShouldContain("[0, 1)");
    }
}
