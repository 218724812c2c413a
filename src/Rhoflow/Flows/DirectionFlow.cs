using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Flows whose state is the direction (V_1 … V_K) alone, ‖V_k‖ = 1, while ρ is given from outside: f(x) = ρ f(V; x). Where
/// weights are asked for, ρ stands on the last layer: W_K = ρ V_K.
/// </summary>
/// <param name="risk">What to go down.</param>
public abstract class DirectionFlow(EmpiricalRisk risk) : Flow(risk, risk.Network)
{
    /// <summary>P.</summary>
    public override int Dimension => Network.ParameterCount;

    /// <summary>V_k = W_k/‖W_k‖.</summary>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var v = new double[Dimension];
        var rho = new double[Network.Depth];
        NormsAndDirections.Split(Network, theta, rho, v);
        RequireDirections(rho);
        return v;
    }

    /// <summary>ρ at log t (natural).</summary>
    protected abstract double RhoAt(double logT);

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        rho.Fill(1);
        rho[^1] = RhoAt(logT);
        state.CopyTo(v);
    }

    /// <summary>V̇_k = c Σ c_n (∂f_n/∂V_k − V_k f_n) with the loss taken at ρ f; returns the log scale.</summary>
    protected double Directions(FlowWorkspace work, double rho, double c, ReadOnlySpan<double> v, Span<double> velocity)
    {
        var scale = work.Risk.EvaluateScaled(v, rho, work.H).LogScale;
        for (var k = 0; k < Network.Depth; k++)  // not foreach, which allocates an enumerator of the list
        {
            var layer = Network.Layers[k];
            NormsAndDirections.Tangent(c, layer.Of(v), layer.Of(work.H), layer.Of(velocity));
        }
        return scale;
    }
}
