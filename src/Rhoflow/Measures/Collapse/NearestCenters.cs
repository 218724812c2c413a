using Rhoflow.Kernels;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// NC4: the nearest class centre, argmin_c ‖h − μ_c‖, compared with the label and with what the network decides. A tie is no decision: it
/// counts as an error and as a disagreement, as a margin of 0 does elsewhere.
/// </summary>
internal sealed record NearestCenters
{
    /// <summary>The share of examples whose nearest centre is not their class.</summary>
    public required double Error { get; init; }

    /// <summary>
    /// The share of examples where the nearest centre and the network disagree; NaN where the network's decisions were not given.
    /// </summary>
    public required double Disagreement { get; init; }

    /// <summary>
    /// The network's decision for every example: the class of the largest output, for one output 1 where it is positive and 0 where
    /// negative; −1 in ties.
    /// </summary>
    /// <param name="outputs">f, row-major N × C; any positive multiple will do.</param>
    public static int[] Decisions(ReadOnlySpan<double> outputs, int width)
    {
        var decisions = new int[outputs.Length / width];
        for (var n = 0; n < decisions.Length; n++)
        {
            var f = outputs.Slice(n * width, width);
            decisions[n] = width == 1 ? (f[0] > 0 ? 1 : f[0] < 0 ? 0 : -1) : Largest(f);
        }
        return decisions;
    }

    /// <summary>Nearest centres compared with labels and decisions.</summary>
    /// <param name="means">The centres: those of the training set, also for test features.</param>
    /// <param name="features">N × p.</param>
    /// <param name="labels">N.</param>
    /// <param name="decisions">The network's, N; empty where nobody asked it.</param>
    /// <param name="team">Who works; the bits do not depend on it.</param>
    public static NearestCenters Of(ClassMeans means, FeatureMatrix features, ClassLabels labels, ReadOnlySpan<int> decisions, Team team) =>
        new WithinPass(means, features, labels, decisions.ToArray(), variability: false, team).Centers;

    private static int Largest(ReadOnlySpan<double> f)
    {
        var (best, tied) = (0, false);
        for (var c = 1; c < f.Length; c++)
        {
            if (f[c] > f[best]) (best, tied) = (c, false);
            else if (f[c] == f[best]) tied = true;
        }
        return tied || double.IsNaN(f[best]) ? -1 : best;
    }
}
