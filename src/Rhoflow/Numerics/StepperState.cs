namespace Rhoflow.Numerics;

/// <summary>Everything that an integrator needs to go on bit for bit: saved in checkpoints.</summary>
/// <param name="S">The independent variable.</param>
/// <param name="Y">The state.</param>
/// <param name="Step">The next step to try.</param>
/// <param name="Evaluations">Evaluations of the vector field so far.</param>
public abstract record StepperState(double S, ReadOnlyMemory<double> Y, double Step, long Evaluations)
{
    /// <summary>
    /// dy/ds at S, as the last step left it; empty: evaluated anew, which gives the same bits only where the field depends on S and Y
    /// alone (along a kink it depends on the slopes that were found before).
    /// </summary>
    public ReadOnlyMemory<double> Velocity { get; init; }

    internal static ArgumentException OfAnother(string stepper, StepperState state) =>
        new($"{stepper} cannot go on from a {state.GetType().Name}", nameof(state));
}

/// <summary>The state of an explicit Runge–Kutta pair.</summary>
/// <param name="ErrorOld">The error norm of the last accepted step, for PI step control.</param>
/// <param name="StiffSteps">Steps in a row that stability seemed to limit.</param>
/// <param name="EasySteps">Steps since that it did not.</param>
/// <param name="Rejected">Whether the last try was refused, so that the next step must not grow.</param>
/// <inheritdoc cref="StepperState" path="/param"/>
public sealed record ExplicitStepperState(
    double S, ReadOnlyMemory<double> Y, double Step, long Evaluations, double ErrorOld, int StiffSteps, int EasySteps, bool Rejected)
    : StepperState(S, Y, Step, Evaluations);

/// <summary>The state of Radau IIA.</summary>
/// <param name="ErrorOld">The error norm of the last accepted step; NaN before the first.</param>
/// <param name="StepOld">The length of the last accepted step.</param>
/// <param name="Span">How much of s the collocation polynomial spans; 0 after a restart.</param>
/// <param name="PreviousS">Where it begins.</param>
/// <param name="Rejected">Whether the last try was refused.</param>
/// <param name="HasPolynomial">Whether there is a last step to extrapolate from.</param>
/// <param name="JacobianIsCurrent">Whether the Jacobian was taken at Y.</param>
/// <param name="FactoredStep">The step that the factored matrices belong to; 0 where there are none.</param>
/// <param name="Start">y at PreviousS, n numbers.</param>
/// <param name="Stages">z_1, z_2, z_3 of the last step, n numbers each.</param>
/// <param name="Jacobian">∂(dy/ds)/∂y, n × n, column by column.</param>
/// <inheritdoc cref="StepperState" path="/param"/>
public sealed record RadauStepperState(
    double S, ReadOnlyMemory<double> Y, double Step, long Evaluations, double ErrorOld, double StepOld, double Span, double PreviousS,
    bool Rejected, bool HasPolynomial, bool JacobianIsCurrent, double FactoredStep,
    ReadOnlyMemory<double> Start, IReadOnlyList<ReadOnlyMemory<double>> Stages, ReadOnlyMemory<double> Jacobian)
    : StepperState(S, Y, Step, Evaluations);
