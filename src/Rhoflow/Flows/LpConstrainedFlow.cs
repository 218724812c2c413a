using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// The flow of L(ρV) in (ρ, V) with ‖V_k‖_p = 1: ρ̇_k = ⟨V_k, Ẇ_k⟩, V̇_k = ρ_k S_p Ẇ_k, S_p = I − ννᵀ/‖ν‖², ν = ∂‖V‖_p/∂V
/// (T3 eq. 72). For p = 2 it is weight normalization. State: (ρ_k, V_k).
/// </summary>
/// <param name="risk">What to go down.</param>
/// <param name="p">1 &lt; p &lt; ∞.</param>
/// <exception cref="ArgumentOutOfRangeException">p is not between 1 and ∞.</exception>
public sealed class LpConstrainedFlow(EmpiricalRisk risk, double p) : NormDirectionFlow(risk, Checked(p), null)
{
    /// <summary>The kind in configs; <c>lp</c> is another name for it.</summary>
    public static FlowKind Definition { get; } = new("lp-constrained",
        "ρ̇ = VᵀẆ, V̇ = ρ S_p Ẇ",
        "T3 eq. 72",
        [FlowKeys.P],
        static (settings, problem) => new LpConstrainedFlow(problem.Risk, settings.Get(FlowKeys.P)))
    { Place = 7, Aliases = ["lp"] };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    internal static double Checked(double p) => p > 1 && double.IsFinite(p)
        ? p
        : throw new ArgumentOutOfRangeException(nameof(p), p,
            "p must lie between 1 and ∞ (the norms for p = 1 and p = ∞ have no gradient at their kinks; the tangent flow takes them)");

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
            velocity[k] = Vectors.Dot(layer.Of(v), layer.Of(work.H));
            NormsAndDirections.PNormGradient(layer.Of(v), P, nu);
            NormsAndDirections.Tangent(rho[k], nu, layer.Of(work.H), layer.Of(velocity[depth..]));
        }
        return scale;
    }
}
