using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Weight normalization of whole matrices, W_k = ρ_k V_k: ρ̇_k = ⟨V_k, Ẇ_k⟩ − 2λρ_k, V̇_k = ρ_k S Ẇ_k, S = I − V_kV_kᵀ,
/// Ẇ = −∂L/∂W (T3 eq. 52, 53, 54, 55, 74; SQ eq. 12, 13). T3 eq. 54 and SQ eq. 14 lack the minus of descent; SQ §2.3 prints ρ for ρ_k.
/// Stiff at large ρ: directions relax at the rate ρ².
/// </summary>
public sealed class WeightNormalizationFlow : NormDirectionFlow
{
    private readonly double _lambda;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">Start of ρ = ∏ρ_k; null takes it from the weights.</param>
    /// <param name="weightDecay">λ of the penalty λ‖W‖² = λ Σ ρ_k².</param>
    public WeightNormalizationFlow(EmpiricalRisk risk, double? rho = null, double weightDecay = 0) : base(risk, 2, rho) => _lambda = weightDecay;

    public override string Kind => "weight-normalization";

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rho = state[..depth];
        var v = state[depth..];
        var scale = DescentAtW(rho, v).LogScale;
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            velocity[k] = Vectors.Dot(layer.Of(v), layer.Of(H.AsSpan()));
            NormsAndDirections.Tangent(rho[k], layer.Of(v), layer.Of(H.AsSpan()), layer.Of(velocity[depth..]));
        }
        return Decay.OfNorms(scale, velocity, rho, _lambda);
    }
}
