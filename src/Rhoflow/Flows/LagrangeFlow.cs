using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// The full Lagrange-multiplier flow (B): ρ̇_k = (ρ/ρ_k) Σ e^{−ρf} f − 2λρ_k, V̇_k = ρ Σ e^{−ρf}(∂f/∂V_k − V_k f), ‖V_k‖ = 1
/// (T3 eq. 14, 15, 22; SQ eq. 46; PNAS eq. 11). T3 eq. 14, 15 and PNAS eq. 11 print + V_k f, which does not keep the norm.
/// The same system as weight normalization, but written on the normalized network f(V; x), as the papers do.
/// </summary>
public sealed class LagrangeFlow : NormDirectionFlow
{
    private readonly double _lambda;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">Start of ρ = ∏ρ_k; null takes it from the weights.</param>
    /// <param name="weightDecay">λ of the penalty λ Σ ρ_k².</param>
    public LagrangeFlow(EmpiricalRisk risk, double? rho = null, double weightDecay = 0) : base(risk, 2, rho) => _lambda = weightDecay;

    public override string Kind => "lagrange";

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rhos = state[..depth];
        var v = state[depth..];
        var rho = NormsAndDirections.Product(Network, rhos);
        var scale = Risk.EvaluateScaled(v, rho, H).LogScale;
        var cf = Risk.WeightedOutput();
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            velocity[k] = NormsAndDirections.ProductDerivative(Network, rhos, k) * cf;
            NormsAndDirections.Tangent(rho, layer.Of(v), layer.Of(H.AsSpan()), layer.Of(velocity[depth..]));
        }
        return Decay.OfNorms(scale, velocity, rhos, _lambda);
    }
}
