namespace Rhoflow.Flows;

/// <summary>What kind of thing happened between observations.</summary>
public enum FlowEventKind
{
    /// <summary>All margins have become positive.</summary>
    Separation,

    /// <summary>A discrete mode changed: the kink of a ReLU, a face of a ball.</summary>
    Kink,

    /// <summary>Stability limits the explicit steps; the implicit method takes over.</summary>
    Stiff,

    /// <summary>The flow is at rest to rounding.</summary>
    Equilibrium,

    /// <summary>The loss that ends the run is reached.</summary>
    Loss,

    /// <summary>A condition of <see cref="IntegrationOptions.Events"/> was met.</summary>
    Condition,
}

/// <summary>Something that happened between observations.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="What">The kind in lower case, or the name of a condition.</param>
/// <param name="At">When.</param>
/// <param name="Detail">In words.</param>
public sealed record FlowEvent(FlowEventKind Kind, string What, Instant At, string Detail)
{
    internal FlowEvent(FlowEventKind kind, Instant at, string detail) : this(kind, kind.ToString().ToLowerInvariant(), at, detail) { }
}

/// <summary>Which sign changes of a condition count.</summary>
public enum Crossing
{
    /// <summary>Both.</summary>
    Either,

    /// <summary>From negative to zero or more.</summary>
    Rising,

    /// <summary>From positive to zero or less.</summary>
    Falling,
}

/// <summary>What happens where a condition is met.</summary>
public enum EventAction
{
    /// <summary>It is noted in <see cref="Trajectory.Events"/>.</summary>
    Record,

    /// <summary>It is noted, observed, and ends the trajectory.</summary>
    Stop,
}

/// <summary>A number that changes its sign where the event is.</summary>
public delegate double EventFunction(FlowMoment moment);

/// <summary>
/// An event of the user's: a function of the state whose sign changes are located by bisection of the dense output, to rounding of the
/// clock. Looked at after each step of the integrator: two sign changes within one step cancel, and go unseen.
/// </summary>
/// <param name="Name">How it is called in <see cref="Trajectory.Events"/>.</param>
/// <param name="Function">g; the event is where g passes 0. A NaN passes nothing.</param>
/// <param name="Direction">Which passages count.</param>
/// <param name="Action">
/// What it does. With <see cref="EventAction.Stop"/> the trajectory is followed beyond its last observation until the event comes (or the
/// flow rests, or <see cref="Until"/> says so), as it is for a loss.
/// </param>
public sealed record EventCondition(
    string Name, EventFunction Function, Crossing Direction = Crossing.Either, EventAction Action = EventAction.Record);

/// <summary>A place on a trajectory, as conditions see it; valid during the call.</summary>
public readonly ref struct FlowMoment
{
    private readonly FlowWorkspace _work;

    internal FlowMoment(FlowWorkspace work, Instant at, ReadOnlySpan<double> state)
    {
        _work = work;
        At = at;
        State = state;
    }

    /// <summary>When.</summary>
    public Instant At { get; }

    /// <summary>The flow's state, <see cref="Flow.Dimension"/> numbers.</summary>
    public ReadOnlySpan<double> State { get; }

    /// <summary>log L, natural.</summary>
    public double LogLoss => _work.LogLoss(At.LogT, State);

    /// <summary>The same as an observation (without τ): norms, directions, margins. Allocates.</summary>
    public FlowPoint Point() => FlowPoint.Of(_work, At, State, double.NaN, false);
}
