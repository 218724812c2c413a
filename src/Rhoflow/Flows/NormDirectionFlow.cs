using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Flows whose state is (ρ_1 … ρ_K, V_1 … V_K), with ‖V_k‖_p = 1 at the start and, unless a flow says otherwise, ever after. ρ_k is a
/// signed coordinate: where the start does not separate the data it may pass through 0, and W_k = ρ_k V_k stays right.
/// </summary>
public abstract class NormDirectionFlow : Flow
{
    private readonly double? _startRho;

    /// <param name="risk">What to go down.</param>
    /// <param name="p">p ≥ 1 of the norm.</param>
    /// <param name="startRho">Start of ρ = ∏ρ_k^{e_k} &gt; 0; null takes it from the weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The start of ρ is not positive and finite.</exception>
    protected NormDirectionFlow(EmpiricalRisk risk, double p, double? startRho) : base(risk, risk.Network)
    {
        if (startRho is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ArgumentOutOfRangeException(nameof(startRho), given, "the start of ρ must be positive and finite");
        P = p;
        _startRho = startRho;
    }

    /// <summary>p of the norm.</summary>
    public double P { get; }

    /// <summary>K + P.</summary>
    public override int Dimension => Network.Depth + Network.ParameterCount;

    /// <summary>(‖W_k‖_p), (W_k/‖W_k‖_p); a start value for ρ scales all ρ_k alike so that their product is it.</summary>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var state = new double[Dimension];
        var rho = state.AsSpan(0, Network.Depth);
        var v = state.AsSpan(Network.Depth);
        NormsAndDirections.Split(Network, theta, rho, v, P);
        RequireDirections(rho);
        if (_startRho is { } wanted)
        {
            var factor = Math.Pow(wanted / NormsAndDirections.Product(Network, rho), 1.0 / Network.Degree);
            foreach (ref var r in rho) r *= factor;
        }
        return state;
    }

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        state[..Network.Depth].CopyTo(rho);
        state[Network.Depth..].CopyTo(v);
    }

    /// <summary>−∂L/∂W at W_k = ρ_k V_k, into <see cref="FlowWorkspace.H"/>.</summary>
    protected LossValue DescentAtW(FlowWorkspace work, ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        NormsAndDirections.Compose(Network, rho, v, work.W);
        return work.Risk.Evaluate(work.W, work.H);
    }
}
