using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Observations;

/// <summary>
/// A network at one moment, as norms and directions W_k = ρ_k V_k with its outputs on the training set: what measures look at.
/// Everything is finite also where ρ or L leave the range of a double, through their logarithms.
/// </summary>
public class Snapshot
{
    /// <summary>From norms, directions and outputs; the arrays are kept, not copied, and stay as they are from here on.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rhoK">ρ_k, signed, K numbers.</param>
    /// <param name="v">V, P numbers.</param>
    /// <param name="logRho">log |ρ|.</param>
    /// <param name="outputs">sign(ρ) f(V; x_n), row-major N × C.</param>
    /// <param name="targets">y_n, N numbers: ±1 (C = 1), or the class 0 … C−1.</param>
    /// <param name="logLoss">log L, natural.</param>
    /// <param name="logReduction">−log N where L is a mean, 0 where it is a sum.</param>
    public Snapshot(Network network, double[] rhoK, double[] v, double logRho, double[] outputs, double[] targets, double logLoss,
        double logReduction)
    {
        (Network, RhoKArray, VArray, LogRho, OutputsArray, TargetsArray, LogLoss, LogReduction) =
            (network, rhoK, v, logRho, outputs, targets, logLoss, logReduction);
        Rho = NormsAndDirections.ProductByFactors(network, rhoK);
        MarginsArray = Losses.Margin.All(outputs, targets, network.Outputs);
    }

    /// <summary>The network, K layers with P parameters.</summary>
    public Network Network { get; }

    /// <summary>log L, natural, with the reduction (sum or mean) of the risk.</summary>
    public double LogLoss { get; }

    /// <summary>−log N where L is a mean, 0 where it is a sum.</summary>
    public double LogReduction { get; }

    /// <summary>ρ_k, signed.</summary>
    public ReadOnlySpan<double> RhoK => RhoKArray;

    /// <summary>V: all directions in one vector of the shape of θ.</summary>
    public ReadOnlySpan<double> V => VArray;

    /// <summary>log |ρ|.</summary>
    public double LogRho { get; }

    /// <summary>ρ = ∏ρ_k^{e_k}, signed.</summary>
    public double Rho { get; }

    /// <summary>sign(ρ) f(V; x_n), row-major N × C: outputs of the normalized network.</summary>
    public ReadOnlySpan<double> Outputs => OutputsArray;

    /// <summary>y_n.</summary>
    public ReadOnlySpan<double> Targets => TargetsArray;

    /// <summary>y_n f_n/|ρ|; with several classes (f_y − max_{j≠y} f_j)/|ρ|.</summary>
    public ReadOnlySpan<double> NormalizedMargins => MarginsArray;

    // The same as arrays, for what has to keep them or to enumerate them. Not to be changed.
    internal double[] RhoKArray { get; }
    internal double[] VArray { get; }
    internal double[] OutputsArray { get; }
    internal double[] TargetsArray { get; }
    internal double[] MarginsArray { get; }

    /// <summary>min_n y_n f_n/|ρ|: the normalized margin.</summary>
    public double Margin => MarginsArray.Min();

    /// <summary>mean_n y_n f_n/|ρ|.</summary>
    public double MarginMean => MarginsArray.Average();

    /// <summary>
    /// γ̃ = −log(Σ_n ℓ_n)/ρ, with the sum also where the risk is a mean: monotone once the sum is below 1 (T3 Lemma 9 claims it of the hard
    /// margin).
    /// </summary>
    public double SmoothedMargin => -(LogLoss - LogReduction) * Math.Exp(-LogRho);

    /// <summary>Share of examples with a margin ≤ 0.</summary>
    public double TrainError => Losses.Margin.ErrorShare(NormalizedMargins);

    /// <summary>
    /// θ: W_k = ρ_k V_k, so that f(θ; x) = ρ f(V; x). A negative ρ_k below a ReLU would switch its units to their other side instead of
    /// changing the sign of f; its sign then stands on the last layer.
    /// </summary>
    public virtual double[] Weights() => NormsAndDirections.Weights(Network, RhoK, V);

    /// <summary>
    /// The direction of the end-to-end linear map W_K … W_1 (d numbers, unit norm), or null where the network is not linear or the map is
    /// 0.
    /// </summary>
    public double[]? LinearDirection()
    {
        if (!Network.IsLinear || Network.Outputs != 1) return null;
        var d = LinearMap.Of(Network, V);
        var norm = Vectors.Norm(d);
        if (norm == 0) return null;
        Vectors.Scale((Rho < 0 ? -1 : 1) / norm, d, d);
        return d;
    }

    /// <summary>The angle (radians) between the end-to-end linear map and a direction of d numbers; NaN where there is none.</summary>
    public double AngleTo(ReadOnlySpan<double> direction) => LinearDirection() is { } d ? Vectors.Angle(d, direction) : double.NaN;

    /// <summary>‖v − v*‖₂ of unit vectors, the papers' direction error; NaN where the network is not linear.</summary>
    public double DirectionError(ReadOnlySpan<double> direction) =>
        LinearDirection() is { } d ? Vectors.Distance(d, direction) : double.NaN;
}
