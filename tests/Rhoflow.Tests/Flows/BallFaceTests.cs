using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>The tangent flow at the corners of the 1-ball: coordinates cross 0, or stay there.</summary>
public sealed class BallFaceTests
{
    private static readonly Dataset Two = new("two", [1, .5, .4, 1.2], [1, 1], 2);
    private static readonly Dataset Three = new("three", [1, .1, -.3, .2, 1, .1, .5, -.2, 1.1], [1, 1, 1], 3);

    public static TheoryData<int, double[]> Starts => new()
    {
        { 2, [.3, -.1] }, { 2, [.3, 0] }, { 2, [-.2, .5] }, { 3, [.4, -.3, .1] }, { 3, [0, -.2, 0] }, { 3, [-.5, .2, -.1] },
    };

    // Small steps along the nearest point to g of the directions in which Σ|u_i| stands still: v_i = g_i − μ sign(u_i), at a corner
    // v_i = sign(g_i)(|g_i| − μ)₊; μ by bisection. A coordinate that would change its sign stops at the corner first.
    private static double[] SmallSteps(EmpiricalRisk risk, double[] start, double end, int steps)
    {
        var u = (double[])start.Clone();
        var norm = u.Sum(Math.Abs);
        var g = new double[u.Length];
        for (var s = 0; s < steps; s++)
        {
            var h = end / steps * Math.Exp(risk.Evaluate(u, g).LogScale);
            double V(int i, double mu) => u[i] != 0 ? g[i] - mu * Math.Sign(u[i]) : Math.Sign(g[i]) * Math.Max(Math.Abs(g[i]) - mu, 0);
            double Growth(double mu) => Enumerable.Range(0, u.Length).Sum(i => u[i] != 0 ? Math.Sign(u[i]) * V(i, mu) : Math.Abs(V(i, mu)));
            double low = -100, high = 100;
            for (var k = 0; k < 60; k++) (low, high) = Growth((low + high) / 2) > 0 ? ((low + high) / 2, high) : (low, (low + high) / 2);
            var next = Enumerable.Range(0, u.Length).Select(i => u[i] + h * V(i, low)).ToArray();
            for (var i = 0; i < u.Length; i++)
                if (u[i] != 0 && next[i] * u[i] < 0) next[i] = 0;
            var now = next.Sum(Math.Abs);
            u = [.. next.Select(v => v * norm / now)];
        }
        return u;
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void The_flow_on_the_1_ball_is_the_limit_of_small_steps(int inputs, double[] start)
    {
        var risk = new EmpiricalRisk(Network.Dense(inputs, 1), Loss.Exponential, inputs == 2 ? Two : Three, Reduction.Sum);
        var previous = double.PositiveInfinity;
        foreach (var p in new TangentFlow(risk, 1).From(start)
            .At([.. new[] { .05, .2, .5, 1, 3, 1e6 }.Select(Instant.FromT)], TestContext.Current.CancellationToken))
        {
            p.State.ToArray().Sum(Math.Abs).ShouldBe(start.Sum(Math.Abs), 1e-11);
            p.LogLoss.ShouldBeLessThanOrEqualTo(previous + 1e-11);
            previous = p.LogLoss;
            if (p.T > 3) continue;
            var small = SmallSteps(risk, start, p.T, 4_000);
            for (var i = 0; i < inputs; i++) p.State[i].ShouldBe(small[i], 3e-3, $"{p.At}, coordinate {i}");
        }
    }

    [Fact]
    public void At_rest_on_a_corner_no_sign_could_do_better()
    {
        var risk = new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, Two, Reduction.Sum);
        var end = new TangentFlow(risk, 1).From([.3, -.1]).At([Instant.FromT(1e6)], TestContext.Current.CancellationToken).Single();
        // The minimum of L on the segments |u_1| + |u_2| = 0.4, found by search.
        var best = Enumerable.Range(0, 400_001).Select(k => k / 1e6)
            .Min(a => Math.Min(risk.LogLoss([a, .4 - a]), risk.LogLoss([a, a - .4])));
        end.LogLoss.ShouldBe(best, 1e-9);
    }
}
