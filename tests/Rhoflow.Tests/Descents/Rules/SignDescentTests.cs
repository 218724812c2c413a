using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class SignDescentTests
{
    [Fact]
    public void Signs_are_those_of_every_number_in_both_precisions()
    {
        var random = new Random(5);
        foreach (var n in (int[])[1, 5, 16, 37, 200])
        {
            double[] g = Problems.Normal(random, n);
            if (n > 2) (g[1], g[n - 1], g[n / 2]) = (0, -0.0, 1e-42);
            double[] expected = [.. g.Select(static v => (double)Math.Sign(v))];
            RuleRun.Of<double>(new Sign(), [], g, [g])[0].ShouldBe(expected);
            RuleRun.Of<float>(new Sign(), [], g, [g])[0].ShouldBe(expected);
            RuleRun.Of<float>(new Sign(), [], g, [g], cut: 3)[0].ShouldBe(expected);
        }
    }

    // Every weight moves by η exactly, and with momentum by the sign of the mean.
    [Fact]
    public void A_step_has_the_length_of_the_learning_rate_in_every_weight()
    {
        var data = Problems.Separable(8, 20, 5, 0.1);
        var risk = new DataRisk<double>(Network.Dense(5, 3, 1), Loss.Logistic, data);
        var theta = TrainingTests.Start(risk.Network, 2);
        foreach (var momentum in (double[])[0, 0.9])
        {
            using var training = Descent.Of(risk, new SignDescent(0.125, momentum)).From(theta);
            training.Train(1);
            training.Replicas[0].Theta().Zip(theta, static (a, b) => Math.Abs(a - b))
                .ShouldAllBe(static d => Math.Abs(d - 0.125) < 1e-15 || d == 0);
        }
    }

    // Steepest descent in ℓ∞: its margin γ there is within log N/‖w‖∞ + η max‖x‖₁² of the largest, for L < N e^{−γ‖w‖} and curvature.
    [Fact]
    public void On_separable_data_its_direction_goes_to_the_maximum_margin_in_the_largest_norm()
    {
        var data = MarginPrograms.Separable;
        var limit = MarginPrograms.LargestNorm(data);
        var rule = new SignDescent(LearningRate.Steps(0.02, 0.1, 5000));
        using var training = Descent.Of(new DataRisk<double>(Network.Dense(3, 1), Loss.Exponential, data),
            rule with { Scale = StepScale.LossBased })
            .From([0.01, 0.02, -0.01]);
        limit.Margin.ShouldBe(13 / 12.0, 1e-12);
        var last = 0.0;
        foreach (var epochs in (int[])[200, 2000, 20_000])
        {
            training.Train(epochs);
            var w = training.Replicas[0].Theta();
            var margin = MarginPrograms.LargestNormMargin(data, w);
            margin.ShouldBeInRange(last, limit.Margin * (1 + 1e-12));
            var reach = data.X.ToArray().Chunk(3).Max(static x => x.Sum(Math.Abs));
            (limit.Margin - margin).ShouldBeLessThan(Math.Log(data.Count) / w.Max(Math.Abs) + rule.LearningRate.At(epochs) * reach * reach);
            last = margin;
        }
        (last / limit.Margin).ShouldBeGreaterThan(0.98);
        var euclidean = MarginPrograms.LargestNormMargin(data, Rhoflow.Limits.HardMargin.Solve(data).Direction);
        (euclidean / limit.Margin).ShouldBeLessThan(0.95);
    }
}
