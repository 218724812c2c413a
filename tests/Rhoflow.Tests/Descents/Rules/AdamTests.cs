using System.Numerics;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class AdamTests
{
    [Fact]
    public void The_rule_follows_its_formula_in_both_precisions_however_it_is_cut()
    {
        Follows<double>(1e-13);
        Follows<float>(2e-5);
    }

    private static void Follows<T>(double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(3);
        for (var trial = 0; trial < 20; trial++)
        {
            var n = random.Next(1, 200);
            var rule = new Moments(random.NextDouble() * 0.9, 0.9 + random.NextDouble() * 0.0999, Math.Pow(10, -random.Next(1, 9)));
            double[] x = Problems.Normal(random, n);
            double[][] g = [.. Enumerable.Range(0, 12).Select(_ => Single<T>(Problems.Normal(random, n)))];
            var fast = RuleRun.Of<T>(rule, [], x, g);
            var slow = new NaiveRules(new Adam(1) { Moments = rule }, 1, n);
            for (var t = 0; t < g.Length; t++) fast[t].ShouldBe(slow.Step(g[t], x, 0), tolerance);
            foreach (var cut in (int[])[1, 7, 64])
                RuleRun.Of<T>(rule, [], x, g, cut: cut).SelectMany(static u => u).ShouldBe(fast.SelectMany(static u => u));
        }
    }

    // The first step is −η sign(g), whatever the size of g, and a gradient that always is 0 moves nothing.
    [Fact]
    public void Its_first_step_is_that_of_the_sign()
    {
        foreach (var size in (double[])[1e-30, 1e-12, 1, 1e6])
        {
            double[] g = [size, -3 * size, 0, 0.01 * size];
            RuleRun.Of<double>(new Moments(Epsilon: 1e-300), [], new double[4], [g])[0].ShouldBe([1, -1, 0, 1], 1e-12);
            // In float32 squares of 1e-30 are 0, and then the step is bounded all the same.
            var single = RuleRun.Of<float>(new Moments(Epsilon: 1e-300), [], new double[4], [g])[0];
            if (size > 1e-20) single.ShouldBe([1, -1, 0, 1], 2e-5);
        }
    }

    [Fact]
    public void Numbers_without_a_bounded_step_are_refused()
    {
        Should.Throw<ArgumentException>(new Adam(0.1, beta1: 0.9, beta2: 0.8).Check).Message.ShouldContain("β₁² < β₂ < 1");
        Should.Throw<ArgumentException>(new Adam(0.1, epsilon: 0).Check).Message.ShouldContain("ε must be positive");
    }

    // Zhang, Zou and Cao (2024): while ε is small beside gradients, directions go to the maximum margin in ℓ∞. Gradients of log L stay
    // large.
    [Fact]
    public void On_separable_data_its_direction_goes_to_the_maximum_margin_in_the_largest_norm()
    {
        var data = MarginPrograms.Separable;
        var limit = MarginPrograms.LargestNorm(data);
        var rule = new Adam(LearningRate.Steps(0.02, 0.5, 2000, 4000, 6000), 0.9, 0.99) { Scale = StepScale.LossBased };
        using var training = Descent.Of(new DataRisk<double>(Network.Dense(3, 1), Loss.Exponential, data), rule).From([0.01, 0.02, -0.01]);
        training.Train(2000);
        var early = MarginPrograms.LargestNormMargin(data, training.Replicas[0].Theta());
        training.Train(10_000);
        var late = MarginPrograms.LargestNormMargin(data, training.Replicas[0].Theta());
        late.ShouldBeInRange(early, limit.Margin * (1 + 1e-12));
        (late / limit.Margin).ShouldBeGreaterThan(0.98);
        // The maximum margin in ℓ₂ is another direction, and is not where it goes.
        var euclidean = MarginPrograms.LargestNormMargin(data, Rhoflow.Limits.HardMargin.Solve(data).Direction);
        (euclidean / limit.Margin).ShouldBeLessThan(0.95);
    }

    private static double[] Single<T>(double[] values) where T : unmanaged, IFloatingPointIeee754<T> =>
        [.. values.Select(static v => double.CreateTruncating(T.CreateTruncating(v)))];
}
