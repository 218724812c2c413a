using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace MyLab;

/// <summary>
/// A flow: gradient flow at unit speed, Ẇ = −∇L/‖∇L‖. Its time is the length of the path; the path is that of gradient flow. State: θ.
/// </summary>
/// <param name="risk">What to go down.</param>
public sealed class ArcLengthFlow(EmpiricalRisk risk) : Flow(risk, risk.Network)
{
    /// <summary>In configs: <c>flow: {kind: arc-length}</c>.</summary>
    public static FlowKind Definition { get; } = new("arc-length", "Ẇ = −∇L/‖∇L‖", "a sample", [],
        static (_, problem) => new ArcLengthFlow(problem.Risk))
    { NeedsDirection = false };

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

    /// <inheritdoc/>
    protected override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        // e^s v with a scale s that may be −1e6: the direction alone is wanted.
        work.Risk.Evaluate(state, velocity);
        var norm = NormsAndDirections.PNorm(velocity, 2);
        foreach (ref var v in velocity) v /= norm;
        return 0;
    }

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        NormsAndDirections.Split(Network, state, rho, v);
}
