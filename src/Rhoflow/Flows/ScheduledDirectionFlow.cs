using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>
/// T3 eq. 81 read with constant ρ and a scheduled α(t): V̇_k = (α/ρ) Σ e^{−αρf_n}(∂f_n/∂V_k − V_k f_n). What ρ is in T3 eq. 81 the
/// paper does not say; <see cref="ScheduledRhoFlow"/> and <see cref="ScheduledOutputsFlow"/> are the other readings. State: V.
/// </summary>
public sealed class ScheduledDirectionFlow : DirectionFlow
{
    private static readonly FlowKey<Schedule> s_alpha = FlowKey.RequiredSchedule("alpha", "α(t)");
    private readonly double _rho;
    private readonly Schedule _alpha;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">The constant ρ &gt; 0.</param>
    /// <param name="alpha">α(t).</param>
    /// <exception cref="ArgumentOutOfRangeException">ρ is not positive and finite.</exception>
    public ScheduledDirectionFlow(EmpiricalRisk risk, double rho, Schedule alpha) : base(risk) =>
        (_rho, _alpha) = rho > 0 && double.IsFinite(rho)
            ? (rho, alpha)
            : throw new ArgumentOutOfRangeException(nameof(rho), rho, "ρ must be positive and finite");

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("scheduled-direction",
        "V̇ = (α(t)/ρ) Σ e^{−α(t)ρ f}(∂f/∂V − V f), ρ constant",
        "T3 eq. 81, reading (i)",
        [FlowKeys.Rho, s_alpha],
        static (settings, problem) =>
            new ScheduledDirectionFlow(problem.Risk, settings.Get(FlowKeys.Rho) ?? problem.Rho, settings.Get(s_alpha)))
    { Place = 10 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override bool IsAutonomous => false;

    /// <inheritdoc/>
    public override Instant Begin => _alpha.Begin;

    /// <inheritdoc/>
    protected override double RhoAt(double logT) => _alpha.Value(logT) * _rho;

    /// <inheritdoc/>
    public override double LogRho(double logT, ReadOnlySpan<double> rho) => _alpha.LogValue(logT) + Math.Log(_rho);

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var alpha = _alpha.Value(logT);
        if (alpha * _rho > Schedule.Frozen) return Schedule.Freeze(velocity);
        return Directions(work, alpha * _rho, alpha / _rho, state, velocity);
    }
}
