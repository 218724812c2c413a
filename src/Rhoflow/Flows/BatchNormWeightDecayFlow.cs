using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// The model of batch normalization with weight decay: normalized layers V_k and one norm ρ of the last,
/// L = Σ(ρf − y)² + ν Σ‖V_k‖² + λρ²: ρ̇ = −2 Σ(ρf − y) f − 2λρ, V̇_k = 2ρ Σ(ρf − y)(V_k f − ∂f/∂V_k) (SQ eq. 5, 6, 22).
/// SQ eq. 21 must read −2νV_k; the middle form of SQ eq. 23 has one factor 2 too many. With the exponential loss it is SQ eq. 34,
/// ρ̇ = Σ e^{−ρyf} y f − 2λρ. ρ is signed.
/// </summary>
public sealed class BatchNormWeightDecayFlow : Flow
{
    private readonly double _lambda;
    private readonly double? _startRho;
    private readonly double[] _h;

    /// <param name="risk">The data term; the square loss in the paper.</param>
    /// <param name="lambda">λ ≥ 0.</param>
    /// <param name="rho">Start of ρ; null takes ∏‖W_k‖.</param>
    public BatchNormWeightDecayFlow(EmpiricalRisk risk, double lambda, double? rho = null) : base(risk, risk.Network)
    {
        (_lambda, _startRho) = (lambda, rho);
        _h = new double[Network.ParameterCount];
    }

    public override string Kind => "batch-norm-weight-decay";

    public override int Dimension => 1 + Network.ParameterCount;

    /// <summary>(ρ, V) with V_k = W_k/‖W_k‖.</summary>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var state = new double[Dimension];
        var rho = new double[Network.Depth];
        NormsAndDirections.Split(Network, theta, rho, state.AsSpan(1));
        NormDirectionFlow.RequireDirections(rho, Kind);
        state[0] = _startRho ?? NormsAndDirections.Product(Network, rho);
        return state;
    }

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var rho = state[0];
        var v = state[1..];
        var scale = Risk.EvaluateScaled(v, rho, _h).LogScale;
        velocity[0] = Risk.WeightedOutput();
        for (var k = 0; k < Network.Depth; k++)
        {
            var layer = Network.Layers[k];
            NormsAndDirections.Tangent(rho, layer.Of(v), layer.Of(_h.AsSpan()), layer.Of(velocity[1..]));
        }
        return Decay.OfNorms(scale, velocity, state[..1], _lambda);
    }

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        rho.Fill(1);
        rho[^1] = state[0];
        state[1..].CopyTo(v);
    }
}
