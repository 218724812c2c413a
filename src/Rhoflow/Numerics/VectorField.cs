namespace Rhoflow.Numerics;

/// <summary>dy/ds at (s, y), written to <paramref name="dy"/>. Must not keep the spans.</summary>
public delegate void VectorField(double s, ReadOnlySpan<double> y, Span<double> dy);

/// <summary>Local error allowed in a step: |error_i| ≲ Absolute + Relative·|y_i|, in the root mean square over components.</summary>
/// <param name="Relative">At least 1e-14: below, rounding and not the method decides.</param>
/// <param name="Absolute">Positive; 1e-300 makes every component relative.</param>
public sealed record Tolerance(double Relative = 1e-10, double Absolute = 1e-12)
{
    /// <summary>‖error‖ relative to what is allowed; at most 1 is accepted.</summary>
    public double Norm(ReadOnlySpan<double> error, ReadOnlySpan<double> y, ReadOnlySpan<double> yNew)
    {
        var sum = 0.0;
        for (var i = 0; i < error.Length; i++)
        {
            var r = error[i] / Scale(y[i], yNew[i]);
            sum += r * r;
        }
        return Math.Sqrt(sum / error.Length);
    }

    /// <summary>The error allowed in a component that goes from <paramref name="y"/> to <paramref name="yNew"/>.</summary>
    public double Scale(double y, double yNew) => Absolute + Relative * Math.Max(Math.Abs(y), Math.Abs(yNew));
}

/// <summary>How a step ended.</summary>
public enum StepResult
{
    /// <summary>The state moved on.</summary>
    Accepted,

    /// <summary>The step that the tolerance asks for is below the resolution of s.</summary>
    TooSmall,

    /// <summary>The velocity is not finite at the current state.</summary>
    NotFinite,
}

/// <summary>Everything that a stepper needs to go on bit for bit: saved in checkpoints.</summary>
/// <param name="S">The independent variable.</param>
/// <param name="Y">The state.</param>
/// <param name="Step">The next step to try.</param>
/// <param name="Memory">What the step control and the method remember; its meaning is the method's own.</param>
public sealed record StepperState(double S, double[] Y, double Step, double[] Memory);

/// <summary>One integrator at work on one initial value problem.</summary>
public interface IStepper
{
    /// <summary>The name in configs and reports.</summary>
    string Name { get; }

    /// <summary>The order of the dense output's error in the step, compared with the method's own: below it, land on the points that matter.</summary>
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
    void Restore(StepperState state);
}
