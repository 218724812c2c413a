using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// Flows whose state is (ρ_1 … ρ_K, V_1 … V_K) with ‖V_k‖_p = 1. ρ_k is a signed coordinate: where the start does not separate
/// the data it may pass through 0, and W_k = ρ_k V_k stays right.
/// </summary>
public abstract class NormDirectionFlow : Flow
{
    private readonly double? _startRho;

    protected NormDirectionFlow(EmpiricalRisk risk, double p, double? startRho) : base(risk, risk.Network)
    {
        if (startRho is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ArgumentOutOfRangeException(nameof(startRho), given, "the start of ρ must be positive and finite");
        P = p;
        _startRho = startRho;
        H = new double[Network.ParameterCount];
        W = new double[Network.ParameterCount];
    }

    /// <summary>p of the norm.</summary>
    public double P { get; }

    public override int Dimension => Network.Depth + Network.ParameterCount;

    /// <summary>Room for Σ c_n ∂f̃_n/∂V or for −∂L/∂W.</summary>
    protected double[] H { get; }

    /// <summary>Room for W = ρ V.</summary>
    protected double[] W { get; }

    /// <summary>(‖W_k‖_p), (W_k/‖W_k‖_p); a start value for ρ scales all ρ_k alike so that their product is it.</summary>
    public override double[] Start(ReadOnlySpan<double> theta)
    {
        var state = new double[Dimension];
        var rho = state.AsSpan(0, Network.Depth);
        var v = state.AsSpan(Network.Depth);
        UnconstrainedFlow.SplitByNorm(Network, theta, P, rho, v);
        RequireDirections(rho, Kind);
        if (_startRho is { } wanted)
        {
            var factor = Math.Pow(wanted / Norms.Product(Network, rho), 1.0 / Network.Degree);
            foreach (ref var r in rho) r *= factor;
        }
        return state;
    }

    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v)
    {
        state[..Network.Depth].CopyTo(rho);
        state[Network.Depth..].CopyTo(v);
    }

    /// <summary>−∂L/∂W at W_k = ρ_k V_k, into <see cref="H"/>.</summary>
    protected LossValue DescentAtW(ReadOnlySpan<double> rho, ReadOnlySpan<double> v)
    {
        for (var k = 0; k < Network.Depth; k++)
            Vectors.Scale(rho[k], Network.Layers[k].Of(v), Network.Layers[k].Of(W));
        return Risk.Evaluate(W, H);
    }

    internal static void RequireDirections(ReadOnlySpan<double> rho, string kind)
    {
        for (var k = 0; k < rho.Length; k++)
            if (rho[k] == 0) throw new ArgumentException($"layer {k + 1} is zero at the start; {kind} needs a direction V_{k + 1} = W_{k + 1}/‖W_{k + 1}‖ for every layer");
    }

    /// <summary>
    /// velocity ← c (h − V⟨V,h⟩/‖V‖²): the part of c·h tangent to the sphere. Projected twice: near equilibrium the first pass leaves
    /// rounding of size ε|h| along V, which nothing damps and which e^u (a clock in log t) would blow up.
    /// </summary>
    internal static void Tangent(double c, ReadOnlySpan<double> v, ReadOnlySpan<double> h, Span<double> velocity)
    {
        var square = Vectors.Dot(v, v);
        Vectors.Scale(c, h, velocity);
        Vectors.Add(-c * Vectors.Dot(v, h) / square, v, velocity);
        Vectors.Add(-Vectors.Dot(v, velocity) / square, v, velocity);
    }
}
