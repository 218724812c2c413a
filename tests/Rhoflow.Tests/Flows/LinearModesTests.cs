using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>One linear layer under the square loss, followed by its modes: against integrators and by hand.</summary>
public class LinearModesTests
{
    [Fact]
    public void A_polynomial_of_degree_30_through_15_points_goes_to_any_t()
    {
        var nodes = Enumerable.Range(0, 15).Select(i => -1 + i / 7.0).ToArray();
        double[] targets = [.. nodes.Select(static x => Math.Round(1 / (1 + 25 * x * x), 6))];
        double[] x = [.. nodes.SelectMany(static p => Enumerable.Range(0, 31).Select(j => Math.Pow(p, j)))];
        var data = new Dataset("T3b", x, targets, 31);
        var risk = new EmpiricalRisk(Network.Dense(31, 1), Loss.Square, data, Reduction.Sum);
        double[] instants = [0, 4, 8, 40, 1000];
        var points = new UnconstrainedFlow(risk).From(new double[31]).At([.. instants.Select(Instant.FromLog10T)]).ToArray();
        // mpmath, 40 digits.
        double[] expected = [-.2775260536, -1.291267511, -2.140944181];
        for (var i = 0; i < 3; i++) (points[i].LogLoss / Math.Log(10)).ShouldBe(expected[i], 2e-9);
        var limit = MinimumNorm.Of(data).Weights;
        Vectors.Distance(points[4].Weights(), limit).ShouldBeLessThan(1e-9 * Vectors.Norm(limit));
        points[4].LogLoss.ShouldBe(double.NegativeInfinity);
    }

    [Theory]
    [InlineData(0, Reduction.Sum)]
    [InlineData(0.3, Reduction.Sum)]
    [InlineData(0, Reduction.Mean)]
    [InlineData(1e-3, Reduction.Mean)]
    public void It_is_what_the_integrators_give(double lambda, Reduction reduction)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (var (count, d) in new[] { (7, 3), (3, 6), (5, 5) })
        {
            var data = new Dataset("random", Limits.Problems.Normal(random, count * d), Limits.Problems.Normal(random, count), d);
            var start = Limits.Problems.Normal(random, d);
            var flow = new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(d, 1), Loss.Square, data, reduction), lambda);
            Instant[] instants = [.. new[] { 0, .01, .3, 2, 20 }.Select(Instant.FromT)];
            var tight = new IntegrationOptions { Tolerance = new Tolerance(1e-12, 1e-14), TrackTau = true };
            foreach (var clock in new[] { ClockKind.LogT, ClockKind.T })
            {
                var modes = flow.From(start, tight with { Clock = clock });
                var points = modes.At(instants).ToArray();
                modes.MethodName.ShouldBe("modes");
                var integrated = flow.From(start, tight with { Method = Method.Dop853 }).At(instants).ToArray();
                for (var i = 0; i < instants.Length; i++)
                {
                    Vectors.Distance(points[i].State, integrated[i].State).ShouldBeLessThan(1e-9, $"seed {seed}");
                    Math.Exp(points[i].LogLoss).ShouldBe(Math.Exp(integrated[i].LogLoss), 1e-9);
                    points[i].Tau.ShouldBe(integrated[i].Tau, 1e-7 * (1 + integrated[i].Tau));
                }
            }
        }
    }

    [Fact]
    public void A_loss_far_below_rounding_is_reached_when_it_should_be()
    {
        // L = (y − x w)² = y² e^{−4x²t} from w = 0.
        const double x = .7, y = 3;
        var flow = new UnconstrainedFlow(
            new EmpiricalRisk(Network.Dense(1, 1), Loss.Square, new Dataset("one", [x], [y], 1), Reduction.Sum));
        var last = flow.From([0.0], new IntegrationOptions { Until = new Until(Log10Loss: -300) }).At([]).Last();
        last.T.ShouldBe((300 * Math.Log(10) + 2 * Math.Log(y)) / (4 * x * x), 1e-9);
        (last.LogLoss / Math.Log(10)).ShouldBe(-300, 1e-9);
        // Two targets for one input: the loss stays at 2, and the flow comes to rest instead.
        var held = new UnconstrainedFlow(
            new EmpiricalRisk(Network.Dense(1, 1), Loss.Square, new Dataset("two", [1, 1], [0, 2], 1), Reduction.Sum));
        var trajectory = held.From([5.0], new IntegrationOptions { Until = new Until(Log10Loss: -3) });
        Math.Exp(trajectory.At([]).Last().LogLoss).ShouldBe(2, 1e-14);
        trajectory.RestedAt.ShouldNotBeNull();
    }

    [Fact]
    public void Inputs_of_any_size_are_followed()
    {
        foreach (var size in new[] { 1e-200, 1e200 })
        {
            var data = new Dataset("size", [size, 2 * size, -size, size, 3 * size, 0], [1, -1, 2], 2);
            var flow = new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(2, 1), Loss.Square, data, Reduction.Sum));
            var point = flow.From(new double[2]).At([Instant.FromLog10T(900)]).Single();
            var limit = MinimumNorm.Of(data).Weights;
            for (var i = 0; i < 2; i++) (point.State[i] * size).ShouldBe(limit[i] * size, 1e-12);
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(52)]
    public void Small_singular_values_have_all_their_digits(int power)
    {
        // s_1 s_2 = |det| = 2^−power, s_1² + s_2² = Σ of the squares.
        var e = Math.ScaleB(1, -power);
        var modes = SingularModes.Of([1, 1, 1, 1 + e], 2, 2)!;
        modes.Values.Length.ShouldBe(2);
        modes.Values[1].ShouldBe(e / modes.Values[0], 4e-16 * e);
        (modes.Values[0] * modes.Values[0] + modes.Values[1] * modes.Values[1]).ShouldBe(3 + (1 + e) * (1 + e), 4e-15);
    }

    [Fact]
    public void What_is_dependent_exactly_is_no_mode()
    {
        SingularModes.Of([1, 2, 1, 2, 3, 6], 3, 2)!.Values.Length.ShouldBe(1);
        SingularModes.Of([1, .1, 3, .3], 2, 2)!.Values.Length.ShouldBe(2, "3 · .1 is not .3");
        SingularModes.Of([0, 0, 0, 0], 2, 2)!.Values.ShouldBeEmpty();
        // Every example twice: the same modes, √2 times as large.
        var x = Limits.Problems.Normal(new Random(9), 40);
        double[] once = SingularModes.Of(x, 4, 10)!.Values, twice = SingularModes.Of([.. x, .. x], 8, 10)!.Values;
        twice.Length.ShouldBe(4);
        for (var i = 0; i < 4; i++) twice[i].ShouldBe(Math.Sqrt(2) * once[i], 1e-13);
    }

    [Fact]
    public void A_resumed_flow_gives_the_same_bits()
    {
        var random = new Random(4);
        var data = new Dataset("random", Limits.Problems.Normal(random, 12), Limits.Problems.Normal(random, 4), 3);
        var flow = new UnconstrainedFlow(new EmpiricalRisk(Network.Dense(3, 1), Loss.Square, data));
        Instant[] instants = [.. new[] { 0, .5, 3, 90 }.Select(Instant.FromT)];
        var options = new IntegrationOptions { TrackTau = true };
        var whole = flow.From([1, 2, 3], options).At(instants).ToArray();
        var first = flow.From([1, 2, 3], options);
        foreach (var point in first.At(instants))
            if (point.T == 3) break;
        var rest = flow.From([1, 2, 3], options).Resume(first.Checkpoint!);
        var last = rest.At(instants).Last();
        last.State.ToArray().ShouldBe(whole[^1].State.ToArray());
        last.Tau.ShouldBe(whole[^1].Tau);
    }
}
