using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Outside;

/// <summary>
/// Gradient flow in another unit of time: Ẇ_k = −c ∂L/∂W_k. A flow of another assembly: this file is all of it.
/// FlowKind.Register(RescaledTimeFlow.Definition) makes it a kind that configs know.
/// </summary>
public sealed class RescaledTimeFlow(EmpiricalRisk risk, double factor) : Flow(risk, risk.Network)
{
    private static readonly FlowKey<double?> s_factor = FlowKey.OptionalPositive("factor", "c; 1 unless given");

    /// <summary>In configs: rescaled-time.</summary>
    public static FlowKind Definition { get; } = new("rescaled-time", "Ẇ_k = −c ∂L/∂W_k", "a test", [s_factor],
        static (settings, problem) => new RescaledTimeFlow(problem.Risk, settings.Get(s_factor) ?? 1));

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    /// <inheritdoc/>
    protected override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity) =>
        work.Risk.Evaluate(state, velocity).LogScale + Math.Log(factor);

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        NormsAndDirections.Split(Network, state, rho, v);
}
