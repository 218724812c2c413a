using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Gradient flow on W written in (ρ_k, V_k): ρ̇_k = (ρ/ρ_k) Σ y f̃ e^{−ρyf̃}, V̇_k = (ρ/ρ_k²) Σ y e^{−ρyf̃}(∂f̃/∂V_k − V_k f̃)
/// (T3 eq. 20, 21, 75; after PNAS eq. 18). It differs from (B) by ρ_k² in V̇_k; "a ρ² factor" (T3 §4.5) holds for K = 1 only.
/// T3 eq. 76 and PNAS eq. 20 print an extra 1/ρ in ρ̇. Weight decay is that of the unconstrained flow: −2λρ_k.
/// </summary>
public sealed class ReparametrizedFlow : NormDirectionFlow
{
    private readonly double _lambda;

    /// <inheritdoc cref="UnconstrainedFlow(EmpiricalRisk, double)"/>
    public ReparametrizedFlow(EmpiricalRisk risk, double weightDecay = 0) : base(risk, 2, null) => _lambda = weightDecay;

    public override string Kind => "reparametrized";

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
            NormsAndDirections.Tangent(rho / (rhos[k] * rhos[k]), layer.Of(v), layer.Of(H.AsSpan()), layer.Of(velocity[depth..]));
        }
        return Decay.OfNorms(scale, velocity, rhos, _lambda);
    }
}
