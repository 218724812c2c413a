using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>
/// Events of the user's against closed forms: one example at weight w has w(t) = log(e^{w₀} + t) under the exponential loss, and
/// w(t) = 1 + (w₀ − 1) e^{−2t} under the square loss.
/// </summary>
public class EventTests
{
    private const double W0 = .7;
    private static readonly IntegrationOptions s_tight = new() { Tolerance = new Tolerance(1e-11, 1e-13) };

    private static UnconstrainedFlow Growth() => new(One(Loss.Exponential));

    private static EmpiricalRisk One(Loss loss) => new(Network.Dense(1, 1), loss, new Dataset("one", [1], [1], 1), Reduction.Sum);

    // t at which w = log(e^{w₀} + t) reaches w.
    private static double ReachedAt(double w) => Math.Exp(w) - Math.Exp(W0);

    [Fact]
    public void A_recorded_event_is_where_the_closed_form_says_and_changes_nothing_else()
    {
        var wanted = 1 + 4 * Random.Shared.NextDouble();
        Instant[] instants = [Instant.FromT(1), Instant.FromT(1e3)];
        foreach (var clock in Enum.GetValues<ClockKind>())
            foreach (var method in (Method[])[Method.Dop853, Method.DormandPrince, Method.Radau])
            {
                var options = s_tight with { Clock = clock, Method = method };
                var expected = Growth().From([W0], options).At(instants).ToArray();
                var trajectory = Growth().From([W0], options with { Events = [new("w", m => m.State[0] - wanted)] });
                var points = trajectory.At(instants).ToArray();
                points.Select(p => p.State[0]).ShouldBe(expected.Select(p => p.State[0]));
                var met = trajectory.Events.Where(e => e.Kind == FlowEventKind.Condition).ShouldHaveSingleItem();
                met.What.ShouldBe("w");
                met.At.T.ShouldBe(ReachedAt(wanted), 1e-6 * ReachedAt(wanted), $"{clock}, {method}");
            }
    }

    [Fact]
    public void A_stop_event_ends_the_run_with_an_observation_there()
    {
        // Beyond the last instant that is asked for, before it, and without any.
        foreach (var (instants, before) in ((Instant[], int)[])[([Instant.FromT(1)], 1), ([Instant.FromT(1), Instant.FromT(1e9)], 1),
            ([], 0)])
        {
            var stop = new EventCondition("margin", m => m.Point().Rho * m.Point().Margin - 5, Crossing.Rising, EventAction.Stop);
            var trajectory = Growth().From([W0], s_tight with { Events = [stop] });
            var points = trajectory.At(instants).ToArray();
            points.Length.ShouldBe(before + 1);
            points[^1].State[0].ShouldBe(5, 1e-9);
            points[^1].T.ShouldBe(ReachedAt(5), 1e-7 * ReachedAt(5));
            trajectory.Events[^1].ShouldSatisfyAllConditions(e => e.What.ShouldBe("margin"), e => e.At.ShouldBe(points[^1].At));
        }
    }

    [Fact]
    public void The_earliest_of_several_ends_it_and_later_ones_in_the_same_step_are_not_recorded()
    {
        static EventCondition At(double w, EventAction action) => new($"{w}", m => m.State[0] - w, Action: action);
        var trajectory = Growth().From([W0], s_tight with
        {
            Events = [At(3.02, EventAction.Record), At(3.01, EventAction.Stop), At(3, EventAction.Record), At(3.015, EventAction.Stop)],
        });
        trajectory.At([]).Single().State[0].ShouldBe(3.01, 1e-9);
        trajectory.Events.Where(e => e.Kind == FlowEventKind.Condition).Select(e => e.What).ShouldBe(["3", "3.01"]);
        // A loss that is reached before the event.
        var loss = Growth().From([W0],
            s_tight with { Events = [At(3, EventAction.Stop)], Until = new Until(Log10Loss: -2.9 / Math.Log(10)) });
        loss.At([]).Single().State[0].ShouldBe(2.9, 1e-9);
        loss.Events.ShouldNotContain(e => e.Kind == FlowEventKind.Condition);
    }

    [Fact]
    public void Directions_select_the_passages()
    {
        // log L − log(1/4) falls through 0 once; its negative rises; nothing passes in the other direction.
        var flow = new UnconstrainedFlow(One(Loss.Square));
        EventCondition Level(string name, double sign, Crossing direction) => new(name, m => sign * (m.LogLoss - Math.Log(.25)), direction);
        var trajectory = flow.From([-1], s_tight with
        {
            Events =
            [
                Level("falls", 1, Crossing.Falling), Level("rises", -1, Crossing.Rising), Level("either", 1, Crossing.Either),
                Level("no rise", 1, Crossing.Rising), Level("no fall", -1, Crossing.Falling), new("nan", _ => double.NaN),
            ],
        });
        trajectory.At([Instant.FromT(3)]).Count().ShouldBe(1);
        var met = trajectory.Events.Where(e => e.Kind == FlowEventKind.Condition).ToArray();
        met.Select(e => e.What).Order().ShouldBe(["either", "falls", "rises"]);
        // (1 − w)² = 4 e^{−4t} = 1/4
        foreach (var e in met) e.At.T.ShouldBe(Math.Log(16) / 4, 1e-9);
    }

    [Fact]
    public void A_resumed_trajectory_meets_what_is_still_to_come()
    {
        EventCondition[] events = [new("w", m => m.State[0] - 9, Action: EventAction.Stop)];
        var original = Growth().From([W0], s_tight with { Events = events });
        TrajectoryCheckpoint? checkpoint = null;
        FlowPoint? end = null;
        foreach (var p in original.At([Instant.FromT(10), Instant.FromT(100)]))
        {
            end = p;
            checkpoint = p.T < 100 ? checkpoint : original.Checkpoint ?? checkpoint;
        }
        var resumed = Growth().From([W0], s_tight with { Events = events }).Resume(checkpoint.ShouldNotBeNull());
        var last = resumed.At([Instant.FromT(10), Instant.FromT(100)]).Last();
        last.State.ToArray().ShouldBe(end!.State.ToArray());
        last.At.ShouldBe(end.At);
    }
}
