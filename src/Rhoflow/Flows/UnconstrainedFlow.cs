using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Gradient flow on the weights, Ẇ_k = −∂L/∂W_k − 2λ W_k: T3 eq. 8, 17, 51, 58, PNAS eq. 3, 17 and T3b eq. 6, 31, 37 (exponential),
/// T3b eq. 60 (logistic), T3b eq. 14, 27 and SQ eq. 18, 19 (square). The penalty is λ‖W‖²; T3b eq. 8, 17, 24, 33, 35 print −λ W_k, which
/// lacks the factor 2. State: θ.
/// </summary>
/// <param name="risk">What to go down.</param>
/// <param name="weightDecay">λ ≥ 0.</param>
public sealed class UnconstrainedFlow(EmpiricalRisk risk, double weightDecay = 0) : Flow(risk, risk.Network)
{
    /// <summary>The kind in configs.</summary>
    public static FlowKind Definition { get; } = new("unconstrained",
        "Ẇ_k = −∂L/∂W_k − 2λ W_k",
        "T3 eq. 8, 17, 51; PNAS eq. 3; T3b eq. 6, 8, 14 (2λ for the λ of 8)",
        [FlowKeys.WeightDecay],
        static (settings, problem) => new UnconstrainedFlow(problem.Risk, settings.Get(FlowKeys.WeightDecay)))
    { Place = 1, NeedsDirection = false };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override double Lambda => weightDecay;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    /// <inheritdoc/>
    protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var scale = work.Risk.Evaluate(state, velocity).LogScale;
        return weightDecay == 0 ? scale : Decay.Combine(scale, velocity, state, weightDecay);
    }

    /// <inheritdoc/>
    protected internal override double LogLoss(FlowWorkspace work, double logT, ReadOnlySpan<double> state) => work.Risk.LogLoss(state);

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        NormsAndDirections.Split(Network, state, rho, v);
}
