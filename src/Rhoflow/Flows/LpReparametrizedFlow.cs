using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Gradient flow on W written in (ρ_k, V_k) = (‖W_k‖_p, W_k/‖W_k‖_p): ρ̇_k = ⟨ν_k, Ẇ_k⟩, V̇_k = (I − V_kν_kᵀ) Ẇ_k/ρ_k.
/// T3 eq. 73 prints V̇ with the projection transposed, one factor 1/‖W‖ missing and a wrong power. State: (ρ_k, V_k).
/// </summary>
/// <inheritdoc cref="LpConstrainedFlow" path="/param"/>
/// <exception cref="ArgumentOutOfRangeException">p is not between 1 and ∞.</exception>
public sealed class LpReparametrizedFlow(EmpiricalRisk risk, double p) : NormDirectionFlow(risk, LpConstrainedFlow.Checked(p), null)
{
    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("lp-reparametrized",
        "ρ̇ = νᵀẆ, V̇ = (I − Vνᵀ) Ẇ/‖W‖_p",
        "T3 eq. 73 (corrected)",
        [FlowKeys.P],
        static (settings, problem) => new LpReparametrizedFlow(problem.Risk, settings.Get(FlowKeys.P)))
    { Place = 8 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rho = state[..depth];
        var v = state[depth..];
        var scale = DescentAtW(work, rho, v).LogScale;
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            var nu = layer.Of(work.Nu);
            var vk = layer.Of(v);
            var h = layer.Of(work.H);
            var target = layer.Of(velocity[depth..]);
            NormsAndDirections.PNormGradient(vk, P, nu);
            velocity[k] = Vectors.Dot(nu, h);
            Vectors.Scale(1 / rho[k], h, target);
            Vectors.Add(-velocity[k] / rho[k], vk, target);
        }
        return scale;
    }
}
