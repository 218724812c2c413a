using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// T3 eq. 81 where ρ moves as well: gradient flow of the loss of α(t) f, Ẇ_k = −∂L(α f)/∂W_k. With W = ρV of one layer it is
/// V̇ = (α/ρ) Σ e^{−αρV·x_n}(x_n − VVᵀx_n) as printed, beside ρ̇ = α Σ e^{−αρV·x_n} V·x_n; at α = 1 it is
/// <see cref="UnconstrainedFlow"/>. <see cref="ScheduledDirectionFlow"/> and <see cref="ScheduledRhoFlow"/> are the readings in which ρ is
/// constant, or is α. State: θ.
/// </summary>
/// <param name="risk">What to go down.</param>
/// <param name="alpha">α(t).</param>
public sealed class ScheduledOutputsFlow(EmpiricalRisk risk, Schedule alpha) : Flow(risk, risk.Network)
{
    private static readonly FlowKey<Schedule> s_alpha = FlowKey.RequiredSchedule("alpha", "α(t)");
    private readonly Schedule _alpha = alpha;

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("scheduled-outputs",
        "Ẇ_k = −∂L(α(t) f)/∂W_k",
        "T3 eq. 81, reading (iii)",
        [s_alpha],
        static (settings, problem) => new ScheduledOutputsFlow(problem.Risk, settings.Get(s_alpha)))
    { Place = 11, NeedsDirection = false };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override bool IsAutonomous => false;

    /// <inheritdoc/>
    public override Instant Begin => _alpha.Begin;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var factor = _alpha.Value(logT);
        if (factor > Schedule.Frozen) return Schedule.Freeze(velocity);
        return work.Risk.EvaluateScaled(state, factor, velocity).LogScale + _alpha.LogValue(logT);
    }

    /// <inheritdoc/>
    protected internal override double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state) =>
        work.Risk.LogLossScaled(state, Math.Min(_alpha.Value(logT), double.MaxValue));

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        NormsAndDirections.Split(Network, state, rho, v);
}
