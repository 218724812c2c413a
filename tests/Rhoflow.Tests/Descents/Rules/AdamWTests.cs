using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class AdamWTests
{
    [Fact]
    public void The_decay_follows_its_formula_in_both_precisions()
    {
        Follows<double>(1e-14);
        Follows<float>(1e-6);
    }

    private static void Follows<T>(double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(9);
        foreach (var n in (int[])[1, 6, 50])
        {
            double[] x = Problems.Normal(random, n), g = Problems.Normal(random, n);
            double[] expected = [.. g.Zip(x, static (u, w) => u - 2 * 0.3 * w)];
            RuleRun.Of<T>(new DecoupledDecay(), [], x, [g], decay: 0.3)[0].ShouldBe(expected, tolerance);
            RuleRun.Of<T>(new DecoupledDecay(), [], x, [g], decay: 0.3, cut: 4)[0].ShouldBe(expected, tolerance);
        }
    }

    // PyTorch: p ← p (1 − lr · weight_decay), then Adam's step; weight_decay = 2λ.
    [Fact]
    public void Two_steps_are_those_of_the_algorithm_with_twice_lambda()
    {
        const double Eta = 0.1, Lambda = 0.05, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, X = 1.5, Y = 0.5;
        var risk = new DataRisk<double>(Network.Dense(1, 1), Loss.Square, new Dataset("one", [X], [Y], 1));
        using var training = Descent.Of(risk, new AdamW(Eta), weightDecay: Lambda).From([2.0]);
        double w = 2, m = 0, v = 0;
        for (var t = 1; t <= 2; t++)
        {
            training.Train(t);
            var g = 2 * X * (w * X - Y);
            w *= 1 - Eta * (2 * Lambda);
            m = Beta1 * m + (1 - Beta1) * g;
            v = Beta2 * v + (1 - Beta2) * g * g;
            w -= Eta * (m / (1 - Math.Pow(Beta1, t))) / (Math.Sqrt(v / (1 - Math.Pow(Beta2, t))) + Epsilon);
            training.Replicas[0].Theta()[0].ShouldBe(w, 1e-15);
        }
        // Adam has the decay in its gradient: another path.
        using var coupled = Descent.Of(risk, new Adam(Eta), weightDecay: Lambda).From([2.0]);
        coupled.Train(2);
        Math.Abs(coupled.Replicas[0].Theta()[0] - w).ShouldBeGreaterThan(1e-3);
    }

    // Xie and Li (2024): it ends at a point that is stationary for the loss under ‖W‖∞ ≤ 1/(2λ): on separable data at the corner of that
    // box.
    [Fact]
    public void Weights_stay_in_the_box_of_the_decay()
    {
        const double Lambda = 0.25;
        var rule = new AdamW(LearningRate.Steps(0.05, 0.2, 1000, 2000), 0.9, 0.99) { Scale = StepScale.LossBased };
        var risk = new DataRisk<double>(Network.Dense(3, 1), Loss.Exponential, MarginPrograms.Separable);
        using var training = Descent.Of(risk, rule, Lambda).From([0.01, 0.02, -0.01]);
        training.Train(4000);
        var w = training.Replicas[0].Theta();
        w[0].ShouldBe(1 / (2 * Lambda), 1e-3);
        w.ShouldAllBe(static v => Math.Abs(v) < 1 / (2 * Lambda) + 1e-3);
        Should.Throw<ArgumentException>(new AdamW(0.1, beta2: 1).Check).Message.ShouldContain("β₁² < β₂ < 1");
    }
}
