using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Weight normalization of whole matrices, W_k = ρ_k V_k: ρ̇_k = ⟨V_k, Ẇ_k⟩ − 2λρ_k, V̇_k = ρ_k S Ẇ_k, S = I − V_kV_kᵀ,
/// Ẇ = −∂L/∂W (T3 eq. 52, 53, 53a, 54, 55, 74; SQ eq. 12, 13, 14, 15). T3 eq. 54 and SQ eq. 14 lack the minus of descent; SQ §2.3 prints ρ
/// for ρ_k. Stiff at large ρ: directions relax at the rate ρ². State: (ρ_k, V_k).
/// </summary>
/// <param name="risk">What to go down.</param>
/// <param name="rho">Start of ρ = ∏ρ_k; null takes it from the weights.</param>
/// <param name="weightDecay">λ of the penalty λ‖W‖² = λ Σ ρ_k².</param>
public sealed class WeightNormalizationFlow(EmpiricalRisk risk, double? rho = null, double weightDecay = 0)
    : NormDirectionFlow(risk, 2, rho)
{
    private static readonly FlowKey<string> s_per = FlowKey.Word("per", "one norm per matrix W_k, or per row (unit)", "matrix", "row");

    /// <summary>The kind in configs; <c>per: row</c> is <see cref="RowWeightNormalizationFlow"/>.</summary>
    public static FlowKind Definition { get; } = new("weight-normalization",
        "ġ = v·ẇ/|v|,  v̇ = (g/|v|) S ẇ,  ẇ = −∂L/∂w, per matrix or per row",
        "T3 eq. 52, 53; SQ eq. 12, 13",
        [s_per, FlowKeys.Rho, FlowKeys.WeightDecay],
        static (settings, problem) => settings.Get(s_per) == "row"
            ? new RowWeightNormalizationFlow(problem.Risk, settings.Get(FlowKeys.WeightDecay))
            : new WeightNormalizationFlow(problem.Risk, settings.Get(FlowKeys.Rho), settings.Get(FlowKeys.WeightDecay)))
    {
        Place = 5,
        Check = static settings => settings.Get(s_per) == "row" && settings.Has("rho")
            ? new FlowConflict("rho", "has no meaning with per: row, where every row has its own norm")
            : null,
    };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override double Lambda => weightDecay;

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var depth = Network.Depth;
        var norms = state[..depth];
        var v = state[depth..];
        var scale = DescentAtW(work, norms, v).LogScale;
        for (var k = 0; k < depth; k++)
        {
            var layer = Network.Layers[k];
            velocity[k] = Vectors.Dot(layer.Of(v), layer.Of(work.H));
            NormsAndDirections.Tangent(norms[k], layer.Of(v), layer.Of(work.H), layer.Of(velocity[depth..]));
        }
        return Decay.OfNorms(scale, velocity, norms, weightDecay);
    }
}
