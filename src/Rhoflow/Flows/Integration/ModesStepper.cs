using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// A flow whose state is known at every instant, as an integrator: steps only divide the clock, so that what comes to pass between
/// observations (separation, a loss that ends the run) is found.
/// </summary>
internal sealed class ModesStepper : IStepper
{
    private const double Length = 0.25;
    private readonly LinearModes _modes;
    private readonly ClockKind _clock;
    private readonly double[] _y;

    public ModesStepper(LinearModes modes, ClockKind clock, double s, ReadOnlySpan<double> y)
    {
        (_modes, _clock, _y) = (modes, clock, y.ToArray());
        S = PreviousS = s;
    }

    /// <inheritdoc/>
    public string Name => "modes";

    /// <inheritdoc/>
    public bool DenseIsAccurate => true;

    /// <inheritdoc/>
    public double S { get; private set; }

    /// <inheritdoc/>
    public double PreviousS { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> Y => _y;

    /// <inheritdoc/>
    public long Evaluations { get; private set; }

    /// <inheritdoc/>
    public bool IsStiff => false;

    /// <inheritdoc/>
    public StepResult Step(double limit)
    {
        PreviousS = S;
        // A quarter of log(1 + t) on either clock.
        S = Math.Min(limit, _clock == ClockKind.T ? S + (1 + S) * double.ExpM1(Length) : S + Length);
        Evaluations++;
        Interpolate(S, _y);
        return StepResult.Accepted;
    }

    /// <inheritdoc/>
    public void Interpolate(double s, Span<double> y) => _modes.State(At(s), y);

    /// <inheritdoc/>
    public void Restart(double s, ReadOnlySpan<double> y) => S = s;

    /// <inheritdoc/>
    public StepperState Save() =>
        new ExplicitStepperState(S, _y.ToArray(), Length, Evaluations, 0, 0, 0, false) { Velocity = new double[_y.Length] };

    /// <inheritdoc/>
    public void Restore(StepperState state)
    {
        if (state is not ExplicitStepperState) throw StepperState.OfAnother(Name, state);
        (S, PreviousS, Evaluations) = (state.S, state.S, state.Evaluations);
        state.Y.Span.CopyTo(_y);
    }

    private Instant At(double s) => _clock == ClockKind.T ? Instant.FromT(s) : Instant.FromU(s);
}
