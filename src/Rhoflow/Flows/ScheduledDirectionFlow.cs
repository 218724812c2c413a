using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>
/// T3 eq. 81 read with constant ρ and a scheduled α(t): V̇_k = (α/ρ) Σ e^{−αρf_n}(∂f_n/∂V_k − V_k f_n). What ρ is there the
/// paper does not say; this is reading (i).
/// </summary>
public sealed class ScheduledDirectionFlow : DirectionFlow
{
    private readonly double _rho;
    private readonly Schedule _alpha;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">The constant ρ &gt; 0.</param>
    /// <param name="alpha">α(t).</param>
    public ScheduledDirectionFlow(EmpiricalRisk risk, double rho, Schedule alpha) : base(risk) => (_rho, _alpha) = rho > 0 && double.IsFinite(rho)
        ? (rho, alpha)
        : throw new ArgumentOutOfRangeException(nameof(rho), rho, "ρ must be positive and finite");

    public override string Kind => "scheduled-direction";
    public override bool IsAutonomous => false;
    public override Instant Begin => Scheduled.Begin(_alpha);
    protected override double RhoAt(double logT) => _alpha.Value(logT) * _rho;
    public override double LogRho(double logT, ReadOnlySpan<double> rho) => _alpha.LogValue(logT) + Math.Log(_rho);

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var alpha = _alpha.Value(logT);
        if (alpha * _rho > Scheduled.Frozen) return Scheduled.Freeze(velocity);
        return Directions(alpha * _rho, alpha / _rho, state, velocity);
    }
}

/// <summary>
/// Directions by the flow (A) while ρ(t) is set to a function of time: V̇_k = ρ(t) Σ e^{−ρ(t)f_n}(∂f_n/∂V_k − V_k f_n)
/// (T3 eq. 10 with §13.1 and Fig 7, "ρ set to functions of t"; SQ §6.1 with the square loss). Reading (ii) of T3 eq. 81.
/// </summary>
public sealed class ScheduledRhoFlow : DirectionFlow
{
    private readonly Schedule _rho;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">ρ(t).</param>
    public ScheduledRhoFlow(EmpiricalRisk risk, Schedule rho) : base(risk) => _rho = rho;

    public override string Kind => "scheduled-rho";
    public override bool IsAutonomous => false;
    public override Instant Begin => Scheduled.Begin(_rho);
    protected override double RhoAt(double logT) => _rho.Value(logT);
    public override double LogRho(double logT, ReadOnlySpan<double> rho) => _rho.LogValue(logT);

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var rho = _rho.Value(logT);
        if (rho > Scheduled.Frozen) return Scheduled.Freeze(velocity);
        return Directions(rho, rho, state, velocity);
    }
}

/// <summary>What flows with a schedule share.</summary>
internal static class Scheduled
{
    /// <summary>
    /// Beyond this norm the products ρ f lose all meaning in double precision: e^{−ρf} is 0 for every separated example, and the
    /// directions stand still.
    /// </summary>
    public const double Frozen = 1e15;

    /// <summary>t = 3 for the schedules that need t &gt; e or t &gt; 1, t = 0 otherwise.</summary>
    public static Instant Begin(Schedule schedule) => Instant.FromT(schedule.SmallestT > 0 ? 3 : 0);

    public static double Freeze(Span<double> velocity)
    {
        velocity.Clear();
        return 0;
    }
}
