using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Gradient flow on W written in (ρ_k, V_k): ρ̇_k = (ρ/ρ_k) Σ y f̃ e^{−ρyf̃}, V̇_k = (ρ/ρ_k²) Σ y e^{−ρyf̃}(∂f̃/∂V_k − V_k f̃)
/// (T3 eq. 16c, 16e, 18, 19, 20, 21, 75, 77; PNAS eq. 16a, 16c, 18, 18b; T3b eq. 36b, 39, 40, 41, 43, where all but 39 need corrections).
/// It differs from (B) by ρ_k² in V̇_k; "a ρ² factor" (T3 §4.5) holds for K = 1 only. T3 eq. 76 and PNAS eq. 20 print an extra 1/ρ in ρ̇.
/// Weight decay is that of the unconstrained flow: −2λρ_k. State: (ρ_k, V_k).
/// </summary>
/// <inheritdoc cref="UnconstrainedFlow" path="/param"/>
public sealed class ReparametrizedFlow(EmpiricalRisk risk, double weightDecay = 0) : NormDirectionFlow(risk, 2, null)
{
    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("reparametrized",
        "ρ̇_k = −V_kᵀ∂L/∂W_k,  V̇_k = −(1/ρ_k) S_k ∂L/∂W_k  (unconstrained, in ρ_k and V_k)",
        "T3 eq. 20, 21; after PNAS eq. 18",
        [FlowKeys.WeightDecay],
        static (settings, problem) => new ReparametrizedFlow(problem.Risk, settings.Get(FlowKeys.WeightDecay)))
    { Place = 2 };

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
        var rho = NormsAndDirections.Product(Network, rhos);
        var scale = work.Risk.EvaluateScaled(v, rho, work.H).LogScale;
        var cf = work.Risk.WeightedOutput();
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            velocity[k] = NormsAndDirections.ProductDerivative(Network, rhos, k) * cf;
            NormsAndDirections.Tangent(rho / (rhos[k] * rhos[k]), layer.Of(v), layer.Of(work.H), layer.Of(velocity[depth..]));
        }
        return Decay.OfNorms(scale, velocity, rhos, weightDecay);
    }
}
