using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Flows;

/// <summary>
/// Flows whose state is the direction (V_1 … V_K) alone, ‖V_k‖ = 1, while ρ is given from outside: f(x) = ρ f(V; x). Where
/// weights are asked for, ρ stands on the last layer: W_K = ρ V_K.
/// </summary>
public abstract class DirectionFlow : Flow
{
    protected DirectionFlow(EmpiricalRisk risk) : base(risk, risk.Network) => H = new double[Network.ParameterCount];

    public override int Dimension => Network.ParameterCount;

    /// <summary>Room for Σ c_n ∂f̃_n/∂V.</summary>
    protected double[] H { get; }

    /// <summary>V_k = W_k/‖W_k‖.</summary>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var v = new double[Dimension];
        var rho = new double[Network.Depth];
        NormsAndDirections.Split(Network, theta, rho, v);
        NormDirectionFlow.RequireDirections(rho, Kind);
        return v;
    }

    /// <summary>ρ at log t.</summary>
    protected abstract double RhoAt(double logT);

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        rho.Fill(1);
        rho[^1] = RhoAt(logT);
        state.CopyTo(v);
    }

    /// <summary>V̇_k = c Σ c_n (∂f_n/∂V_k − V_k f_n) with the loss taken at ρ f; returns the log scale.</summary>
    protected double Directions(double rho, double c, ReadOnlySpan<double> v, Span<double> velocity)
    {
        var scale = Risk.EvaluateScaled(v, rho, H).LogScale;
        for (var k = 0; k < Network.Depth; k++)
        {
            var layer = Network.Layers[k];
            NormsAndDirections.Tangent(c, layer.Of(v), layer.Of(H.AsSpan()), layer.Of(velocity));
        }
        return scale;
    }
}

/// <summary>
/// The flow (A) at fixed ρ: V̇_k = ρ Σ e^{−ρf_n}(∂f_n/∂V_k − V_k f_n), λ_k = ½ρ Σ e^{−ρf_n} f_n (T3 eq. 10; PNAS eq. 5).
/// Its limit is a minimizer of L on the product of unit spheres.
/// </summary>
public sealed class FixedRhoFlow : DirectionFlow
{
    private readonly double _rho;

    /// <param name="risk">What to go down.</param>
    /// <param name="rho">ρ &gt; 0.</param>
    public FixedRhoFlow(EmpiricalRisk risk, double rho) : base(risk) => _rho = rho > 0 && double.IsFinite(rho)
        ? rho
        : throw new ArgumentOutOfRangeException(nameof(rho), rho, "ρ must be positive and finite");

    public override string Kind => "fixed-rho";

    protected override double RhoAt(double logT) => _rho;

    protected internal override double Field(double logT, ReadOnlySpan<double> state, Span<double> velocity) => Directions(_rho, _rho, state, velocity);
}
