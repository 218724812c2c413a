using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>One observation of a flow: everything is finite also where ρ, t or L leave the range of a double, through the logarithms.</summary>
public sealed class FlowPoint
{
    private readonly double _logReduction;

    internal FlowPoint(Flow flow, Instant at, ReadOnlySpan<double> state, double tau, bool atEquilibrium)
    {
        (At, Tau, AtEquilibrium, State) = (at, tau, atEquilibrium, state.ToArray());
        Network = flow.Network;
        RhoK = new double[Network.Depth];
        V = new double[Network.ParameterCount];
        flow.Split(at.LogT, state, RhoK, V);
        LogRho = flow.LogRho(at.LogT, RhoK);
        Rho = Norms.Product(Network, RhoK);
        LogLoss = flow.LogLoss(at.LogT, state);
        Outputs = flow.NormalizedOutputs(RhoK, V);
        Targets = flow.Targets.ToArray();
        _logReduction = flow.LogReduction;
        NormalizedMargins = new double[Outputs.Length];
        for (var n = 0; n < Outputs.Length; n++) NormalizedMargins[n] = Targets[n] * Outputs[n];
    }

    public Network Network { get; }
    public Instant At { get; }
    public double T => At.T;
    public double Log10T => At.Log10T;

    /// <summary>τ = ∫L dt; NaN where it was not tracked.</summary>
    public double Tau { get; }

    /// <summary>True if the flow had come to rest before: the state stands still to rounding.</summary>
    public bool AtEquilibrium { get; }

    /// <summary>The flow's own state.</summary>
    public double[] State { get; }

    /// <summary>log L, natural, with the reduction (sum or mean) of the risk.</summary>
    public double LogLoss { get; }

    /// <summary>ρ_k, signed.</summary>
    public double[] RhoK { get; }

    /// <summary>V: all directions in one vector of the shape of θ.</summary>
    public double[] V { get; }

    /// <summary>log |ρ|.</summary>
    public double LogRho { get; }

    /// <summary>ρ = ∏ρ_k, signed.</summary>
    public double Rho { get; }

    /// <summary>sign(ρ) f(V; x_n): outputs of the normalized network.</summary>
    public double[] Outputs { get; }

    /// <summary>y_n.</summary>
    public double[] Targets { get; }

    /// <summary>y_n f_n/|ρ|.</summary>
    public double[] NormalizedMargins { get; }

    /// <summary>min_n y_n f_n/|ρ|: the normalized margin.</summary>
    public double Margin => NormalizedMargins.Min();

    /// <summary>mean_n y_n f_n/|ρ|.</summary>
    public double MarginMean => NormalizedMargins.Average();

    /// <summary>γ̃ = −log(Σ_n ℓ_n)/ρ, with the sum also where the risk is a mean: monotone once the sum is below 1 (catalogue B14).</summary>
    public double SmoothedMargin => -(LogLoss - _logReduction) * Math.Exp(-LogRho);

    /// <summary>Share of examples with y f ≤ 0.</summary>
    public double TrainError => NormalizedMargins.Count(m => !(m > 0)) / (double)NormalizedMargins.Length;

    /// <summary>θ: W_k = ρ_k V_k.</summary>
    public double[] Weights()
    {
        var theta = (double[])V.Clone();
        for (var k = 0; k < Network.Depth; k++)
        {
            var w = Network.Layers[k].Of(theta);
            Vectors.Scale(RhoK[k], w, w);
        }
        return theta;
    }

    /// <summary>
    /// The direction of the end-to-end linear map W_K … W_1 (d numbers, unit norm), or null where the network is not linear or the map is 0.
    /// </summary>
    public double[]? LinearDirection()
    {
        if (Network.Layers.Any(l => l.Activation.Kind != ActivationKind.Identity) || Network.Outputs != 1) return null;
        var d = LinearMap.Of(Network, V);
        var sign = Rho < 0 ? -1.0 : 1.0;
        var norm = Vectors.Norm(d);
        if (norm == 0) return null;
        Vectors.Scale(sign / norm, d, d);
        return d;
    }

    /// <summary>The angle (radians) between the end-to-end linear map and a direction of d numbers; NaN where there is none.</summary>
    public double AngleTo(ReadOnlySpan<double> direction) => LinearDirection() is { } d ? Vectors.Angle(d, direction) : double.NaN;

    /// <summary>‖v − v*‖₂ of unit vectors, the papers' direction error; NaN where the network is not linear.</summary>
    public double DirectionError(ReadOnlySpan<double> direction) => LinearDirection() is { } d ? Vectors.Distance(d, direction) : double.NaN;
}
