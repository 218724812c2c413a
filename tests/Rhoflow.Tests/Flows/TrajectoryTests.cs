using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

public class TrajectoryTests
{
    private static readonly IntegrationOptions Tight = new() { Tolerance = new Tolerance(1e-11, 1e-13) };
    private static EmpiricalRisk TwoByTwo => new(Network.Dense(2, 1), Loss.Exponential, Problems.TwoByTwo, Reduction.Sum);
    private static readonly double[] Start = [.3, -.1];

    private static Instant[] Times(params double[] t) => [.. t.Select(Instant.FromT)];

    [Fact]
    public void All_clocks_and_methods_tell_the_same_story()
    {
        var instants = Times(0, .5, .5, 7, 1000, 1e4);
        foreach (var make in (Func<Flow>[])[() => new UnconstrainedFlow(TwoByTwo), () => new WeightNormalizationFlow(TwoByTwo), () =>
            new FixedRhoFlow(TwoByTwo, 3)])
        {
            var reference = make().From(Start, Tight with { TrackTau = true }).At(instants).ToArray();
            foreach (var clock in Enum.GetValues<ClockKind>())
                foreach (var method in (Method[])[Method.Dop853, Method.DormandPrince, Method.Radau])
                {
                    var points = make().From(Start, Tight with { Clock = clock, Method = method, TrackTau = true }).At(instants).ToArray();
                    points.Length.ShouldBe(instants.Length);
                    for (var i = 0; i < instants.Length; i++)
                    {
                        points[i].At.ShouldBe(instants[i]);
                        points[i].Weights().ShouldBe(reference[i].Weights(), 2e-8, $"{clock}, {method}, {instants[i]}");
                        points[i].Tau.ShouldBe(reference[i].Tau, 2e-8 * (1 + reference[i].Tau), $"τ: {clock}, {method}, {instants[i]}");
                    }
                }
        }
    }

    // dτ = L dt: for one example at weight w, w(t) = log(e^{w₀} + t), L = e^{−w}, τ = w − w₀
    [Fact]
    public void Tau_is_the_integral_of_the_loss()
    {
        var risk = new EmpiricalRisk(Network.Dense(1, 1), Loss.Exponential, new Dataset("one", [1], [1], 1), Reduction.Sum);
        Instant[] instants = [.. Times(0, .1, 3, 1e6), Instant.FromLog10T(200)];
        foreach (var method in (Method[])[Method.Dop853, Method.Radau])
            foreach (var p in new UnconstrainedFlow(risk).From([.7], Tight with { TrackTau = true, Method = method }).At(instants))
            {
                var w = p.At.LogT > 100 ? p.At.LogT : Math.Log(Math.Exp(.7) + p.T);
                p.State[0].ShouldBe(w, 2e-9);
                p.Tau.ShouldBe(w - .7, 2e-8);
                p.LogLoss.ShouldBe(-w, 2e-9);
            }
        var trajectory = new UnconstrainedFlow(risk).From([.7], Tight with { Until = new Until(Tau: 50) });
        var end = trajectory.At([]).Single();
        end.Tau.ShouldBe(50, 1e-11);
        end.State[0].ShouldBe(50.7, 1e-9);
        end.At.LogT.ShouldBe(50.7 + Math.Log(1 - Math.Exp(-50)), 1e-8);
    }

    [Fact]
    public void A_run_ends_at_a_loss_a_time_or_a_tau()
    {
        var risk = new EmpiricalRisk(Network.Dense(1, 1), Loss.Exponential, new Dataset("one", [1], [1], 1), Reduction.Sum);
        foreach (var clock in (ClockKind[])[ClockKind.LogT, ClockKind.T])
        {
            var target = clock == ClockKind.T ? -3.0 : -800;
            var trajectory = new UnconstrainedFlow(risk).From([.7], Tight with { Clock = clock, Until = new Until(Log10Loss: target) });
            var points = trajectory.At(Times(1, 2)).ToArray();
            points.Length.ShouldBe(3);
            points[2].LogLoss.ShouldBe(target * Math.Log(10), 1e-9);
            points[2].At.LogT.ShouldBe(Math.Log(Math.Exp(-target * Math.Log(10)) - Math.Exp(.7)) is var exact
                && double.IsFinite(exact) ? exact : -target * Math.Log(10), 1e-7);
            trajectory.Events.ShouldContain(e => e.What == "loss");
        }
        // Before the last observation, before the first, and at the beginning
        new UnconstrainedFlow(risk).From([.7], new() { Until = new Until(Instant.FromT(5)) }).At(Times(1, 5, 6)).Select(p => p.T)
            .ShouldBe([1, 5]);
        new UnconstrainedFlow(risk).From([.7], new() { Until = new Until(Instant.FromT(5)) }).At(Times(0, 6)).Select(p => p.T)
            .ShouldBe([0]);
        new UnconstrainedFlow(risk).From([.7], new() { Until = new Until(Instant.Zero) }).At(Times(0, 6)).Select(p => p.T).ShouldBe([0]);
        new UnconstrainedFlow(risk).From([.7]).At([]).ShouldBeEmpty();
        // A loss that is never reached: the run ends where the flow rests
        var square = new EmpiricalRisk(Network.Dense(1, 1), Loss.Square, new Dataset("two", [1, 1], [1, 2], 1), Reduction.Sum);
        var rest = new UnconstrainedFlow(square).From([.7], new() { Until = new Until(Log10Loss: -5) });
        var last = rest.At(Times(1)).Last();
        last.State[0].ShouldBe(1.5, 1e-9);
        last.At.ShouldBe(rest.RestedAt!.Value);
    }

    [Fact]
    public void Instants_made_from_logarithms_are_met_on_the_direct_clock()
    {
        foreach (var method in (Method[])[Method.Dop853, Method.Radau])
        {
            var instants = Clock.LogSpaced(Instant.FromT(.1), Instant.FromT(200), 37);
            var points = new UnconstrainedFlow(TwoByTwo).From(Start, new() { Clock = ClockKind.T, Method = method }).At(instants).ToArray();
            points.Select(p => p.At).ShouldBe(instants);
        }
    }

    [Fact]
    public void At_rest_the_state_is_held_to_the_end_of_time()
    {
        foreach (var method in (Method[])[Method.Auto, Method.Radau])
        {
            var trajectory = new FixedRhoFlow(TwoByTwo, 10).From(Start, Tight with { Method = method, TrackTau = true });
            var points = trajectory.At([.. Times(1e3), .. Clock.DecadesOfT(16, 100), Instant.FromLog10T(1000)]).ToArray();
            var rested = trajectory.RestedAt.ShouldNotBeNull();
            rested.Log10T.ShouldBeLessThan(16);
            trajectory.Events.ShouldContain(e => e.What == "equilibrium");
            foreach (var p in points[1..])
            {
                p.AtEquilibrium.ShouldBeTrue();
                p.V.ToArray().ShouldBe(points[1].V.ToArray());
                // Constant loss: τ grows with t
                if (double.IsFinite(p.T)) Math.Log(p.Tau).ShouldBe(p.At.LogT + p.LogLoss, 1e-6);
            }
            points[^1].Tau.ShouldBe(double.PositiveInfinity);
            // Stationary: ∇L along the sphere vanishes at v
            double a = Math.Exp(-10 * points[^1].Outputs[0]), b = Math.Exp(-10 * points[^1].Outputs[1]);
            var v = points[^1].V;
            (v[1] * (a + .4 * b) - v[0] * (.5 * a + 1.2 * b)).ShouldBe(0, 1e-13 * (a + b) * 10);
        }
    }

    [Fact]
    public void Slow_flows_and_saddles_are_not_taken_for_rest()
    {
        var slow = new UnconstrainedFlow(TwoByTwo).From(Start);
        slow.At(Clock.DecadesOfT(1, 1000)).Count().ShouldBe(1000);
        slow.RestedAt.ShouldBeNull();
        // A saddle of the fixed-ρ flow, left along a component of 1e-17
        var data = new Dataset("one", [1, 0], [1], 2);
        foreach (var method in (Method[])[Method.Dop853, Method.Radau])
        {
            var flow = new FixedRhoFlow(new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, data, Reduction.Sum), 2);
            var end = flow.From([-1, 1e-17], new() { Method = method, Tolerance = new Tolerance(1e-10, 1e-25) }).At([Instant.FromT(1e4)])
                .Single();
            end.V[0].ShouldBe(1, 1e-9, $"{method}");
        }
        // A deep network that starts small: W = 1e-12, slow at first
        var deep = new UnconstrainedFlow(
            new EmpiricalRisk(Network.Linear(1, 1, 1, 1), Loss.Exponential, new Dataset("one", [1], [1], 1), Reduction.Sum));
        deep.From([1e-6, 1e-6, 1e-6]).At([Instant.FromT(1e8)]).Single().Rho.ShouldBeGreaterThan(10);
    }

    public static TheoryData<string> Resumable => ["dop853", "radau", "relu", "schedule", "tau", "stiff", "rest"];

    private static (Func<Trajectory> New, Instant[] Instants) Case(string name)
    {
        var relu = Network.Dense(2, 4, 1);
        var random = new Random(2);
        double[] x = Problems.Normal(random, 8), theta = Problems.Normal(random, relu.ParameterCount);
        EmpiricalRisk Relu() => new(relu, Loss.Square, new Dataset("random", x, [1, 1, 2, 1], 2), Reduction.Sum);
        return name switch
        {
            "radau" => (() => new WeightNormalizationFlow(TwoByTwo).From(Start, Tight with { Method = Method.Radau, TrackTau = true }),
                Clock.DecadesOfT(0, 12)),
            "relu" => (() => new UnconstrainedFlow(Relu()).From(theta, Tight with { TrackTau = true }),
                Clock.LogSpaced(Instant.Zero, Instant.FromT(.2), 12)),
            "schedule" => (() => new ScheduledRhoFlow(TwoByTwo, Schedule.LogT).From(Start, Tight), Clock.DecadesOfT(1, 12)),
            "tau" => (() => new UnconstrainedFlow(TwoByTwo).From(Start, Tight with { Clock = ClockKind.Tau }), Clock.DecadesOfT(0, 12)),
            "stiff" => (() => new WeightNormalizationFlow(TwoByTwo).From(Start, new IntegrationOptions { TrackTau = true }),
                Clock.DecadesOfT(0, 60)),
            "rest" => (() => new FixedRhoFlow(TwoByTwo, 4).From(Start, new IntegrationOptions { TrackTau = true }),
                Clock.DecadesOfT(0, 30)),
            _ => (() => new UnconstrainedFlow(TwoByTwo).From(Start, Tight with { TrackTau = true }), Clock.DecadesOfT(0, 40)),
        };
    }

    [Theory]
    [MemberData(nameof(Resumable))]
    public void A_resumed_trajectory_goes_on_bit_for_bit(string name)
    {
        var (make, instants) = Case(name);
        var original = make();
        var checkpoints = new List<TrajectoryCheckpoint>();
        var expected = new List<FlowPoint>();
        foreach (var p in original.At(instants))
        {
            expected.Add(p);
            if (original.Checkpoint is { } c && (checkpoints.Count == 0 || checkpoints[^1].Steps != c.Steps)) checkpoints.Add(c);
        }
        checkpoints.Count.ShouldBeGreaterThan(1);
        if (original.Checkpoint is { } final) checkpoints.Add(final);
        foreach (var checkpoint in checkpoints.Where((_, i) => i % Math.Max(1, checkpoints.Count / 6) == 0).Append(checkpoints[^1]))
        {
            var resumed = make().Resume(checkpoint);
            var points = resumed.At(instants).ToArray();
            points.Length.ShouldBe(instants.Length - checkpoint.Observed);
            for (var i = 0; i < points.Length; i++)
            {
                points[i].State.ToArray().ShouldBe(expected[checkpoint.Observed + i].State.ToArray());
                points[i].Tau.ShouldBe(expected[checkpoint.Observed + i].Tau);
                points[i].LogLoss.ShouldBe(expected[checkpoint.Observed + i].LogLoss);
            }
            resumed.Steps.ShouldBe(original.Steps);
            resumed.RestedAt.ShouldBe(original.RestedAt);
        }
        if (name == "relu") original.Kinks.ShouldBePositive();
        if (name == "stiff") original.Events.ShouldContain(e => e.What == "stiff");
        if (name == "rest") original.RestedAt.ShouldNotBeNull();
    }

    [Fact]
    public void Misuse_is_explained()
    {
        var flow = new UnconstrainedFlow(TwoByTwo);
        Should.Throw<ArgumentException>(() => flow.From(Start).At(Times(2, 1))).Message.ShouldContain("must ascend");
        Should.Throw<ArgumentException>(() => new ScheduledRhoFlow(TwoByTwo, Schedule.LogT).From(Start)
            .At(Times(1, 10))).Message.ShouldContain("lies before the flow's beginning at t = 3");
        var trajectory = flow.From(Start);
        trajectory.At(Times(1)).Count().ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => trajectory.At(Times(2)).ToArray()).Message.ShouldContain("followed already");
        Should.Throw<IntegrationException>(() =>
            flow.From(Start, new() { MaxSteps = 3 }).At(Times(1e9)).ToArray()).Message.ShouldContain("3 steps were not enough");
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => flow.From(Start).At(Times(1), source.Token).ToArray());
    }
}
