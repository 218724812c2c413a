namespace Rhoflow.Numerics;

/// <summary>How a step ended.</summary>
internal enum StepResult
{
    /// <summary>The state moved on.</summary>
    Accepted,

    /// <summary>The step that the tolerance asks for is below the resolution of s.</summary>
    TooSmall,

    /// <summary>The velocity is not finite at the current state.</summary>
    NotFinite,
}

/// <summary>One integrator at work on one initial value problem.</summary>
internal interface IStepper
{
    /// <summary>The name in configs and reports.</summary>
    string Name { get; }

    /// <summary>
    /// The order of the dense output's error in the step, compared with the method's own: below it, land on the points that matter.
    /// </summary>
    bool DenseIsAccurate { get; }

    /// <summary>Where the state stands.</summary>
    double S { get; }

    /// <summary>Where the last accepted step began.</summary>
    double PreviousS { get; }

    /// <summary>y(S).</summary>
    ReadOnlySpan<double> Y { get; }

    /// <summary>Evaluations of the vector field so far.</summary>
    long Evaluations { get; }

    /// <summary>True once the steps are limited by stability and no longer by accuracy.</summary>
    bool IsStiff { get; }

    /// <summary>One accepted step that does not go beyond <paramref name="limit"/> (the S of the end).</summary>
    StepResult Step(double limit);

    /// <summary>y(s) for PreviousS ≤ s ≤ S, from the dense output of the last step.</summary>
    void Interpolate(double s, Span<double> y);

    /// <summary>Begins anew at (s, y): after an event has changed the vector field. Keeps the step size.</summary>
    void Restart(double s, ReadOnlySpan<double> y);

    /// <summary>What <see cref="Restore"/> needs to go on bit for bit.</summary>
    StepperState Save();

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="ArgumentException">It is the state of another kind of integrator.</exception>
    void Restore(StepperState state);
}
