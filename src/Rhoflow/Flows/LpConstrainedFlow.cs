using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// The flow of L(ρV) in (ρ, V) with ‖V_k‖_p = 1: ρ̇_k = ⟨V_k, Ẇ_k⟩, V̇_k = ρ_k S_p Ẇ_k, S_p = I − ννᵀ/‖ν‖², ν = ∂‖V‖_p/∂V
/// (T3 eq. 72). For p = 2 it is weight normalization.
/// </summary>
public sealed class LpConstrainedFlow : NormDirectionFlow
{
    private readonly double[] _nu;

    /// <param name="risk">What to go down.</param>
    /// <param name="p">1 &lt; p &lt; ∞.</param>
    public LpConstrainedFlow(EmpiricalRisk risk, double p) : base(risk, Checked(p), null) => _nu = new double[Network.ParameterCount];

    public override string Kind => "lp-constrained";

    internal static double Checked(double p) => p > 1 && double.IsFinite(p)
        ? p
        : throw new ArgumentOutOfRangeException(nameof(p), p, "p must lie between 1 and ∞ (the norms for p = 1 and p = ∞ have no gradient at their kinks; the tangent flow takes them)");

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rho = state[..depth];
        var v = state[depth..];
        var scale = DescentAtW(rho, v).LogScale;
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            var nu = layer.Of(_nu);
            velocity[k] = Vectors.Dot(layer.Of(v), layer.Of(H));
            NormsAndDirections.PNormGradient(layer.Of(v), P, nu);
            NormsAndDirections.Tangent(rho[k], nu, layer.Of(H), layer.Of(velocity[depth..]));
        }
        return scale;
    }
}

/// <summary>
/// Gradient flow on W written in (ρ_k, V_k) = (‖W_k‖_p, W_k/‖W_k‖_p): ρ̇_k = ⟨ν_k, Ẇ_k⟩, V̇_k = (I − V_kν_kᵀ) Ẇ_k/ρ_k.
/// T3 eq. 73 prints V̇ with the projection transposed, one factor 1/‖W‖ missing and a wrong power.
/// </summary>
public sealed class LpReparametrizedFlow : NormDirectionFlow
{
    private readonly double[] _nu;

    /// <inheritdoc cref="LpConstrainedFlow(EmpiricalRisk, double)"/>
    public LpReparametrizedFlow(EmpiricalRisk risk, double p) : base(risk, LpConstrainedFlow.Checked(p), null) => _nu = new double[Network.ParameterCount];

    public override string Kind => "lp-reparametrized";

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var rho = state[..depth];
        var v = state[depth..];
        var scale = DescentAtW(rho, v).LogScale;
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            var nu = layer.Of(_nu);
            var vk = layer.Of(v);
            var h = layer.Of(H);
            var target = layer.Of(velocity[depth..]);
            NormsAndDirections.PNormGradient(vk, P, nu);
            velocity[k] = Vectors.Dot(nu, h);
            Vectors.Scale(1 / rho[k], h, target);
            Vectors.Add(-velocity[k] / rho[k], vk, target);
        }
        return scale;
    }
}
