using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// One observation of a network that is, or was, trained. ρ_k and V_k are those of the network that is evaluated: batch normalization
/// with its running statistics is folded into the weights (Memo 112's ρ has the scale of batch normalization in it), so that f = ρ f̃ up to
/// the shifts of means.
/// </summary>
internal sealed class TrainedPoint : Snapshot
{
    private readonly double[] _theta;

    private TrainedPoint(Network network, double[] theta, double[] rhoK, double[] v, double logRho, double[] outputs, double[] targets,
        double logLoss, Reduction reduction)
        : base(network, rhoK, v, logRho, outputs, targets, logLoss, reduction == Reduction.Mean ? -Math.Log(targets.Length) : 0) =>
        _theta = theta;

    /// <summary>The weights as they are trained, without batch normalization folded in.</summary>
    public override double[] Weights() => (double[])_theta.Clone();

    /// <summary>A network on its training set.</summary>
    /// <param name="network">The network.</param>
    /// <param name="theta">θ; kept.</param>
    /// <param name="statistics">Running means and variances; empty without batch normalization.</param>
    /// <param name="outputs">f(x_n), N × C; becomes f/ρ.</param>
    /// <param name="targets">y_n.</param>
    /// <param name="logLoss">log L over the training set.</param>
    /// <param name="reduction">Whether that is a mean or a sum.</param>
    public static TrainedPoint Of(Network network, double[] theta, ReadOnlySpan<double> statistics, double[] outputs, double[] targets,
        double logLoss, Reduction reduction)
    {
        var (rhoK, v, logRho) = Directions(network, theta, statistics);
        NormsAndDirections.DivideByRho(outputs, logRho);
        return new TrainedPoint(network, theta, rhoK, v, logRho, outputs, targets, logLoss, reduction);
    }

    /// <summary>ρ_k, V and log ρ of the network that is evaluated.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">Running means and variances; empty without batch normalization.</param>
    public static (double[] RhoK, double[] V, double LogRho) Directions(Network network, double[] theta, ReadOnlySpan<double> statistics)
    {
        var v = (double[])theta.Clone();
        if (network.StatisticsCount > 0) Fold(network, v, statistics);
        var rhoK = new double[network.Depth];
        NormsAndDirections.Split(network, v, rhoK, v);
        return (rhoK, v, NormsAndDirections.LogProduct(network, rhoK));
    }

    private static void Fold(Network network, double[] theta, ReadOnlySpan<double> statistics)
    {
        var folded = BatchNormFolding.Of(network, theta, statistics);
        for (var k = 0; k < network.Depth; k++) folded.Layers[k].Weights.CopyTo(network.Layers[k].Of(theta));
    }
}
