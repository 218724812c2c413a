using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// The full Lagrange-multiplier flow (B): ρ̇_k = (ρ/ρ_k) Σ e^{−ρf} f − 2λρ_k, V̇_k = ρ Σ e^{−ρf}(∂f/∂V_k − V_k f), ‖V_k‖ = 1
/// (T3 eq. 14, 15, 22, 24, 25, 43; SQ eq. 46; PNAS eq. 10, 11). T3 eq. 14, 15 and PNAS eq. 11 print + V_k f, which does not keep the norm.
/// The same system as weight normalization, but written on the normalized network f(V; x), as the papers do. State: (ρ_k, V_k).
/// </summary>
/// <param name="risk">What to go down.</param>
/// <param name="rho">Start of ρ = ∏ρ_k; null takes it from the weights.</param>
/// <param name="weightDecay">λ of the penalty λ Σ ρ_k².</param>
public sealed class LagrangeFlow(EmpiricalRisk risk, double? rho = null, double weightDecay = 0) : NormDirectionFlow(risk, 2, rho)
{
    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("lagrange",
        "ρ̇_k = (ρ/ρ_k) Σ e^{−ρf} f,  V̇_k = ρ Σ e^{−ρf}(∂f/∂V_k − V_k f), ρ_k signed",
        "T3 eq. 14, 15, 22 (sign of 14 and 15 corrected); SQ eq. 46",
        [FlowKeys.Rho, FlowKeys.StartNorms, FlowKeys.WeightDecay],
        static (settings, problem) =>
            new LagrangeFlow(problem.Risk, settings.Get(FlowKeys.Rho), settings.Get(FlowKeys.WeightDecay)))
    {
        Place = 4,
        StartNorms = static settings => settings.Get(FlowKeys.StartNorms),
        Check = FlowKeys.RhoOrNorms,
    };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override double Lambda => weightDecay;

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rhos = state[..depth];
        var v = state[depth..];
        var product = NormsAndDirections.Product(Network, rhos);
        var scale = work.Risk.EvaluateScaled(v, product, work.H).LogScale;
        var cf = work.Risk.WeightedOutput();
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            velocity[k] = NormsAndDirections.ProductDerivative(Network, rhos, k) * cf;
            NormsAndDirections.Tangent(product, layer.Of(v), layer.Of(work.H), layer.Of(velocity[depth..]));
        }
        return Decay.OfNorms(scale, velocity, rhos, weightDecay);
    }
}
