using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Gradient flow on the weights, Ẇ_k = −∂L/∂W_k − 2λ W_k: T3 eq. 8, 17, 51 and PNAS eq. 3 (exponential), T3b eq. 60 (logistic),
/// T3b eq. 14, 27 (square). The penalty is λ‖W‖²; T3b eq. 8, 17, 24, 33, 35 print −λ W_k, which lacks the factor 2.
/// </summary>
public sealed class UnconstrainedFlow : Flow
{
    private readonly double _lambda;

    /// <param name="risk">What to go down.</param>
    /// <param name="weightDecay">λ ≥ 0.</param>
    public UnconstrainedFlow(EmpiricalRisk risk, double weightDecay = 0) : base(risk, risk.Network) => _lambda = weightDecay;

    public override string Kind => "unconstrained";
    public override int Dimension => Network.ParameterCount;
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var scale = Risk.Evaluate(state, velocity).LogScale;
        return _lambda == 0 ? scale : Decay.Combine(scale, velocity, state, _lambda);
    }

    public override double LogLoss(double logT, ReadOnlySpan<double> state) => Risk.LogLoss(state);

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        NormsAndDirections.Split(Network, state, rho, v);
}
