using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>
/// Directions by the flow (A) while ρ(t) is set to a function of time: V̇_k = ρ(t) Σ e^{−ρ(t)f_n}(∂f_n/∂V_k − V_k f_n)
/// (T3 eq. 10 with T3 §13.1 and T3 Fig. 7, "ρ set to functions of t"; SQ §6.1 with the square loss): the second reading of T3 eq. 81,
/// <see cref="ScheduledDirectionFlow"/> being the first. Under gradient descent (T3 eq. 79) the factor before the sum is 1/ρ(t). State: V.
/// </summary>
/// <param name="risk">What to go down.</param>
/// <param name="rho">ρ(t).</param>
/// <param name="descent">The factor is 1/ρ(t), as under gradient descent, instead of ρ(t).</param>
public sealed class ScheduledRhoFlow(EmpiricalRisk risk, Schedule rho, bool descent = false) : DirectionFlow(risk)
{
    private static readonly FlowKey<Schedule> s_rho = FlowKey.RequiredSchedule("rho", "ρ(t)");
    private static readonly FlowKey<string> s_factor = FlowKey.Word("factor",
        "what stands before the sum: rho as under weight normalization (T3 eq. 80), 1/rho as under gradient descent (T3 eq. 79)",
        "rho", "1/rho");
    private readonly Schedule _rho = rho;

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("scheduled-rho",
        "V̇_k = ρ(t) Σ e^{−ρ(t) f_n}(∂f_n/∂V_k − V_k f_n), ρ(t) prescribed",
        "T3 §13.1, §17; T3 eq. 81, reading (ii); SQ §6.1",
        [s_rho, s_factor],
        static (settings, problem) => new ScheduledRhoFlow(problem.Risk, settings.Get(s_rho), settings.Get(s_factor) == "1/rho"))
    { Place = 11 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override bool IsAutonomous => false;

    /// <inheritdoc/>
    public override Instant Begin => _rho.Begin;

    /// <inheritdoc/>
    protected override double RhoAt(double logT) => _rho.Value(logT);

    /// <inheritdoc/>
    public override double LogRho(double logT, ReadOnlySpan<double> rho) => _rho.LogValue(logT);

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var now = _rho.Value(logT);
        if (now > Schedule.Frozen) return Schedule.Freeze(velocity);
        return Directions(work, now, descent ? 1 / now : now, state, velocity);
    }
}
