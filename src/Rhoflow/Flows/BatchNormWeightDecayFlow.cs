using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// The model of batch normalization with weight decay: normalized layers V_k and one norm ρ of the last,
/// L = Σ(ρf − y)² + ν Σ‖V_k‖² + λρ²: ρ̇ = −2 Σ(ρf − y) f − 2λρ, V̇_k = 2ρ Σ(ρf − y)(V_k f − ∂f/∂V_k) (SQ eq. 5, 6, 20, 22, 35).
/// SQ eq. 21 must read −2νV_k; the middle form of SQ eq. 23 has one factor 2 too many. With one linear layer it is SQ eq. 32, 33, 34
/// (corrected); with the exponential loss ρ̇ = Σ e^{−ρyf} y f − 2λρ. ρ is signed. State: (ρ, V).
/// </summary>
/// <param name="risk">The data term; the square loss in the paper.</param>
/// <param name="lambda">λ ≥ 0.</param>
/// <param name="rho">Start of ρ; null takes ∏‖W_k‖.</param>
public sealed class BatchNormWeightDecayFlow(EmpiricalRisk risk, double lambda, double? rho = null) : Flow(risk, risk.Network)
{
    private static readonly FlowKey<double> s_lambda = FlowKey.NonNegative("lambda", "λ of the penalty λρ² (SQ eq. 5)");

    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("batch-norm-weight-decay",
        "ρ̇ = −2Σ(ρf − y)f − 2λρ,  V̇_k = 2ρΣ(ρf − y)(V_k f − ∂f/∂V_k)",
        "SQ eq. 5, 6, 22",
        [FlowKeys.Rho, s_lambda],
        static (settings, problem) => new BatchNormWeightDecayFlow(problem.Risk, settings.Get(s_lambda), settings.Get(FlowKeys.Rho)))
    { Place = 9 };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <summary>1 + P.</summary>
    public override int Dimension => 1 + Network.ParameterCount;

    /// <inheritdoc/>
    public override double Lambda => lambda;

    /// <summary>(ρ, V) with V_k = W_k/‖W_k‖.</summary>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var state = new double[Dimension];
        var norms = new double[Network.Depth];
        NormsAndDirections.Split(Network, theta, norms, state.AsSpan(1));
        RequireDirections(norms);
        state[0] = rho ?? NormsAndDirections.Product(Network, norms);
        return state;
    }

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var r = state[0];
        var v = state[1..];
        var scale = work.Risk.EvaluateScaled(v, r, work.H).LogScale;
        velocity[0] = work.Risk.WeightedOutput();
        for (var k = 0; k < Network.Depth; k++)  // not foreach, which allocates an enumerator of the list
        {
            var layer = Network.Layers[k];
            NormsAndDirections.Tangent(r, layer.Of(v), layer.Of(work.H), layer.Of(velocity[1..]));
        }
        return Decay.OfNorms(scale, velocity, state[..1], lambda);
    }

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        rho.Fill(1);
        rho[^1] = state[0];
        state[1..].CopyTo(v);
    }
}
