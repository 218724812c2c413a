using Rhoflow.Losses;

namespace Rhoflow.Flows;

/// <summary>
/// The flow (A) at fixed ρ: V̇_k = ρ Σ e^{−ρf_n}(∂f_n/∂V_k − V_k f_n), λ_k = ½ρ Σ e^{−ρf_n} f_n (T3 eq. 10, 10a; PNAS eq. 5, 5a).
/// Its limit is a minimizer of L on the product of unit spheres. State: V.
/// </summary>
public sealed class FixedRhoFlow : DirectionFlow
{
    private readonly double _rho;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">ρ &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">ρ is not positive and finite.</exception>
    public FixedRhoFlow(EmpiricalRisk risk, double rho) : base(risk) => _rho = rho > 0 && double.IsFinite(rho)
        ? rho
        : throw new ArgumentOutOfRangeException(nameof(rho), rho, "ρ must be positive and finite");

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("fixed-rho",
        "V̇_k = ρ Σ e^{−ρf_n}(∂f_n/∂V_k − V_k f_n), ρ constant",
        "T3 eq. 10; PNAS eq. 5",
        [FlowKeys.Rho],
        static (settings, problem) => new FixedRhoFlow(problem.Risk, settings.Get(FlowKeys.Rho) ?? problem.Rho))
    { Place = 3 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    protected override double RhoAt(double logT) => _rho;

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity) =>
        Directions(work, _rho, _rho, state, velocity);
}
