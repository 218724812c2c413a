using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>Where a trajectory ends, besides its last observation: whatever comes first.</summary>
/// <param name="Time">This instant.</param>
/// <param name="Log10Loss">log₁₀ L has fallen to this.</param>
/// <param name="Tau">∫L dt has reached this; the trajectory is then integrated in τ.</param>
public sealed record Until(Instant? Time = null, double? Log10Loss = null, double? Tau = null);

/// <summary>How a flow is integrated.</summary>
public sealed record IntegrationOptions
{
    /// <summary>Local error allowed per step.</summary>
    public Tolerance Tolerance { get; init; } = new();

    /// <summary>The independent variable.</summary>
    public ClockKind Clock { get; init; } = ClockKind.LogT;

    /// <summary>The integrator.</summary>
    public Method Method { get; init; } = Method.Auto;

    /// <summary>Where time begins; null takes the flow's own beginning (t = 0, or t = 3 for schedules in log t).</summary>
    public Instant? Begin { get; init; }

    /// <summary>Where to end early.</summary>
    public Until Until { get; init; } = new();

    /// <summary>Events of the user's, recorded or ending the trajectory.</summary>
    public IReadOnlyList<EventCondition> Events { get; init; } = [];

    /// <summary>Accumulate τ = ∫L dt along the flow (three more loss values per step).</summary>
    public bool TrackTau { get; init; }

    /// <summary>Told every few seconds how far it is, and what the rest will take at that rate.</summary>
    internal Action<string>? Told { get; init; }

    /// <summary>Steps after which the trajectory gives up.</summary>
    public long MaxSteps { get; init; } = 10_000_000;
}

/// <summary>Where a trajectory stands, so that it can go on bit for bit.</summary>
/// <param name="Stepper">The integrator's state.</param>
/// <param name="Method">Which integrator it is by now.</param>
/// <param name="Observed">Observations made so far.</param>
/// <param name="Tau">τ at the integrator's S.</param>
/// <param name="Steps">Steps so far.</param>
/// <param name="Separated">Whether the data were separated.</param>
/// <param name="Mode">The discrete part of the flow (<see cref="FlowWorkspace.SaveMode"/>); empty where there is none.</param>
public sealed record TrajectoryCheckpoint(
    StepperState Stepper, Method Method, int Observed, double Tau, long Steps, bool Separated,
    ReadOnlyMemory<double> Mode)
{
    /// <summary>Kinks crossed so far.</summary>
    public long Kinks { get; init; }

    /// <summary>Kinks met one upon the other at the latest, at the same place to rounding.</summary>
    public int Chatter { get; init; }

    /// <summary>Where on the clock the latest kink was; NaN before the first.</summary>
    public double LastKink { get; init; } = double.NaN;

    /// <summary>Evaluations by integrators that have been replaced.</summary>
    public long EarlierEvaluations { get; init; }

    /// <summary>When the flow came to rest; null while it has not.</summary>
    public Instant? RestedAt { get; init; }

    /// <summary>What happened so far.</summary>
    public IReadOnlyList<FlowEvent> Events { get; init; } = [];
}
