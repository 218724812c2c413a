using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The flow of one batch-normalized unit against differences of its loss, and what claims compute beside it.</summary>
public class BatchNormalizedUnitTests
{
    [Fact]
    public void The_flow_goes_down_the_loss_of_the_batch_normalized_unit()
    {
        var seed = new Random().Next();
        var random = new RandomStream(seed);
        const int d = 3, count = 5;
        double[] Normal(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextNormal())];
        var data = new Dataset("random", Normal(d * count), [.. Enumerable.Range(0, count).Select(static n => n % 2 == 0 ? 1.0 : -1)], d);
        var moment = WhitenedMargin.SecondMoment(data);
        var risk = new EmpiricalRisk(Network.Linear(d, 1), Loss.Exponential, data, Reduction.Sum);
        var flow = new BatchNormalizedUnit(risk, moment, 0.5 + random.NextDouble());
        var state = flow.Start(Normal(d));
        var velocity = new double[state.Length];
        var scale = Math.Exp(flow.NewWorkspace().Velocity(double.NegativeInfinity, state, velocity));
        double LossAt(double[] s)
        {
            // Each output divided by the root mean square of all.
            double[] outputs = [.. Enumerable.Range(0, count).Select(n => Vectors.Dot(s.AsSpan(1), data.Example(n)))];
            var spread = Math.Sqrt(outputs.Average(static f => f * f));
            return outputs.Select((f, n) => Math.Exp(-data.Y[n] * s[0] * f / spread)).Sum();
        }
        for (var i = 0; i < state.Length; i++)
        {
            double At(double h) => LossAt([.. state.Select((x, j) => i == j ? x + h : x)]);
            var slope = (8 * (At(1e-3) - At(-1e-3)) - (At(2e-3) - At(-2e-3))) / 12e-3;
            (scale * velocity[i]).ShouldBe(-slope, 1e-7 * (1 + Math.Abs(slope)), $"seed {seed}, coordinate {i}");
        }
        // ‖w‖ is kept.
        Vectors.Dot(state.AsSpan(1), velocity.AsSpan(1)).ShouldBe(0, 1e-10 * Vectors.Norm(velocity), $"seed {seed}");
    }

    [Fact]
    public void Whitened_inputs_have_the_identity_for_a_second_moment()
    {
        var data = Iris.Load();
        var moment = WhitenedMargin.SecondMoment(data);
        WhitenedMargin.SecondMoment(BatchNormalizedUnit.Whiten(data, moment)).ShouldBe(BatchNormalizedUnit.Identity(data.Inputs), 1e-9);
        BatchNormalizedUnit.Whiten(data, moment, s: 0).X.ToArray().ShouldBe(data.X.ToArray(), 1e-12);
    }

    [Fact]
    public void Gains_are_counted_in_standard_errors()
    {
        // Differences 1, 2, 3: mean 2, deviation 1, so 2√3.
        CoefficientNormalizationGeneralizes.Gain([3, 5, 7], [2, 3, 4]).ShouldBe(2 * Math.Sqrt(3), 1e-12);
        CoefficientNormalizationGeneralizes.Gain([1, 1], [1, 1]).ShouldBe(0);
    }
}
