using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Papers.Schedules;
using Rhoflow.Papers.SetUps;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The rates behind the schedules of ρ, a second way.</summary>
public sealed class SchedulesTests
{
    // The linearized tangent flow at v*(ρ), by finite differences of Σ e^{−ρv·z}(I − vvᵀ)z along the one tangent direction there is.
    [Fact]
    public void The_rate_in_the_span_is_the_slope_of_the_flow()
    {
        var two = LogFamily.Two;
        const double Rho = 400, H = 1e-7;
        var v = Rhoflow.Limits.FixedRhoMinimizer.Solve(ExampleSets.TwoByTwo, Rho).Direction.ToArray();
        var z = ExampleSets.TwoByTwo.Signed();
        double Velocity(double angle)
        {
            double c = Math.Cos(angle), s = Math.Sin(angle), x = c * v[0] - s * v[1], y = s * v[0] + c * v[1], sum = 0;
            for (var n = 0; n < 4; n += 2) sum += Math.Exp(-Rho * (x * z[n] + y * z[n + 1] - two.Svm.Margin)) * (x * z[n + 1] - y * z[n]);
            return Rho * sum;
        }
        var slope = -(Velocity(H) - Velocity(-H)) / (2 * H);
        var gamma = two.Svm.Margin;
        (slope / (gamma * Math.Exp(two.Expansion.LogSum) * Rho * (1 + two.Expansion.Relaxation * gamma * Rho))).ShouldBe(1, .03);
    }

    [Theory]
    [InlineData("1 + 0.0001*t", 1e-4)]
    [InlineData("1 + 0.01*t", 1e-2)]
    public void The_freezing_norm_solves_its_equation(string schedule, double slope)
    {
        var set = LogFamily.Iris;
        double rho = set.FreezingNorm(Schedule.Parse(schedule)), gamma = set.Svm.Margin;
        var turns = gamma * Math.Exp(set.Expansion.LogSum) * rho * Math.Exp(-rho * gamma) * (1 + set.Expansion.Relaxation * gamma * rho);
        (turns / (slope / rho)).ShouldBe(1, .05);
    }

    [Theory]
    [InlineData("b80-fastest-schedule", Verdict.Care)]
    [InlineData("b81-steps-to-the-margin", Verdict.Fails)]
    public void Claims_of_the_new_algorithms_come_to_their_verdicts(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
    }
}
