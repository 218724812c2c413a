using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// The square loss L = (1/N) Σ_n ‖t_n − W h_n‖² + λ‖W‖² of the last layer, cut into what is left by the best classifier of the features and
/// the distance from it (Han, Papyan and Donoho 2022, Theorem 1; there all terms carry a factor ½ and W a bias): L =
/// <see cref="Variability"/> + <see cref="Frame"/> + <see cref="Off"/>. On the central path Off is 0.
/// </summary>
/// <remarks>
/// W_LS = (1/N) Σ t_n h_nᵀ (S + λI)⁺ with S = (1/N) Σ h_n h_nᵀ; at λ = 0 the least-squares classifier of minimum norm. Directions in which
/// S is below p·2⁻⁵⁰ of its largest eigenvalue count as absent; what the sum misses by that is <see cref="Residual"/>.
/// </remarks>
internal sealed record CentralPath
{
    /// <summary>L.</summary>
    public required double Loss { get; init; }

    /// <summary>L_NC1 = tr W_LS (Σ_W + λI) W_LSᵀ: what varies within classes.</summary>
    public required double Variability { get; init; }

    /// <summary>L_NC2/3 = Σ_c (N_c/N) ‖W_LS μ_c − t_c‖²: class means that the best classifier does not bring to their targets.</summary>
    public required double Frame { get; init; }

    /// <summary>L_⊥ = tr (W − W_LS)(S + λI)(W − W_LS)ᵀ: the distance from the central path.</summary>
    public required double Off { get; init; }

    /// <summary>L minus its three parts: rounding, unless S is singular to all digits but not exactly.</summary>
    public double Residual => Loss - Variability - Frame - Off;

    /// <summary>W_LS, C × p (1 × p).</summary>
    public required double[] LeastSquares { get; init; }

    // Of a pivot in the diagonal entry that it is left of: below, the direction may be rounding.
    private const double PivotShare = 1e-8;

    /// <summary>The decomposition.</summary>
    /// <param name="features">N × p, what enters W.</param>
    /// <param name="labels">N, every class with an example.</param>
    /// <param name="w">C × p, or 1 × p for two classes with targets ±1.</param>
    /// <param name="other">Target of the outputs of other classes: 0 for one-hot targets, −1 for codes of ±1 (and for one output).</param>
    /// <param name="lambda">λ ≥ 0 of λ‖W‖².</param>
    /// <param name="team">Who works, null for one thread; the bits do not depend on it.</param>
    /// <param name="means">Those of these features, where they are known already.</param>
    /// <param name="cancellation">Looked at between blocks of examples; decompositions are left behind.</param>
    /// <exception cref="ArgumentException">A class without examples, or sizes that do not belong together.</exception>
    public static CentralPath Of(FeatureMatrix features, ClassLabels labels, ReadOnlySpan<double> w, double other = 0, double lambda = 0,
        Team? team = null, ClassMeans? means = null, CancellationToken cancellation = default)
    {
        if (labels.Absent is { } absent)
            throw new ArgumentException(
                $"class {absent} has no example; the decomposition needs the means of all {labels.Classes} classes");
        if (!(lambda >= 0) || double.IsInfinity(lambda)) throw new ArgumentException($"λ is {lambda}; it has to be a number ≥ 0");
        var (p, classes) = (features.Width, labels.Classes);
        var outputs = w.Length == p && classes == 2 ? 1 : classes;
        if (w.Length != outputs * p)
            throw new ArgumentException($"the last layer has {w.Length} weights; {classes} classes of {p} features need {classes} × {p}");
        using var own = team is null ? new Team(Environment.ProcessorCount) { Cancellation = cancellation } : null;
        team ??= own!;

        means ??= ClassMeans.Of(features, labels, team, cancellation);
        double[] within = means.WithinScatter(features, labels, team, cancellation), second = (double[])within.Clone(), targets =
            new double[outputs * classes], b = new double[outputs * p];
        for (var c = 0; c < classes; c++)
        {
            var (mean, share) = (means.Mean(c), labels.Counts[c] / (double)labels.Count);
            for (var i = 0; i < p; i++) Vectors.Add(share * mean[i], mean, second.AsSpan(i * p, p));
            for (var o = 0; o < outputs; o++)
            {
                targets[o * classes + c] = outputs == 1 ? (c == 1 ? 1 : -1) : o == c ? 1 : other;
                Vectors.Add(share * targets[o * classes + c], mean, b.AsSpan(o * p, p));
            }
        }
        for (var i = 0; i < p; i++)
        {
            second[i * p + i] += lambda;
            within[i * p + i] += lambda;
        }
        var best = Solve(second, b, outputs, p, team, cancellation);
        var off = w.ToArray();
        Vectors.Add(-1, best, off);
        return new CentralPath
        {
            Loss = Quadratic(within, w, p, team) + MissedMeans(means, labels, targets, w),
            Variability = Quadratic(within, best, p, team),
            Frame = MissedMeans(means, labels, targets, best),
            Off = Quadratic(second, off, p, team),
            LeastSquares = best,
        };
    }

    // B S⁺ for a symmetric S ≥ 0: by Cholesky where every pivot keeps half of its digits, by eigenvalues where directions are absent.
    private static double[] Solve(double[] s, double[] b, int outputs, int p, Team team, CancellationToken cancellation)
    {
        if (Cholesky.Of(s, p, team) is { } factor && factor.SmallestPivotShare > PivotShare) return factor.Solve(b, outputs);
        var copy = (double[])s.Clone();
        var evd = Unstoppable.Run(10.0 * p * p * p, () => new DenseMatrix(p, p, copy).Evd(Symmetricity.Symmetric), cancellation);
        var (u, tolerance) = (((DenseMatrix)evd.EigenVectors).Values, p * Math.ScaleB(1, -50) * evd.EigenValues[p - 1].Real);
        // MathNet's matrices are stored by columns: as rows they are Uᵀ.
        double[] inside = new double[outputs * p], solution = new double[outputs * p];
        Gemm.Multiply<double>(GemmForm.NT, outputs, p, p, b, p, u, p, inside, p, accumulate: false, team);
        for (var i = 0; i < p; i++)
        {
            var eigenvalue = evd.EigenValues[i].Real;
            for (var o = 0; o < outputs; o++) inside[o * p + i] = eigenvalue > tolerance ? inside[o * p + i] / eigenvalue : 0;
        }
        Gemm.Multiply<double>(GemmForm.NN, outputs, p, p, inside, p, u, p, solution, p, accumulate: false, team);
        return solution;
    }

    // tr W A Wᵀ.
    private static double Quadratic(double[] a, ReadOnlySpan<double> w, int p, Team team)
    {
        var product = new double[w.Length];
        Gemm.Multiply(GemmForm.NN, w.Length / p, p, p, w, p, a, p, product, p, accumulate: false, team);
        return Vectors.Dot(product, w);
    }

    // Σ_c (N_c/N) ‖W μ_c − t_c‖².
    private static double MissedMeans(ClassMeans means, ClassLabels labels, double[] targets, ReadOnlySpan<double> w)
    {
        var (sum, p, outputs) = (0.0, means.Width, targets.Length / means.Classes);
        for (var c = 0; c < means.Classes; c++)
        {
            var mean = means.Mean(c);
            for (var o = 0; o < outputs; o++)
            {
                var missed = Vectors.Dot(w.Slice(o * p, p), mean) - targets[o * means.Classes + c];
                sum += labels.Counts[c] / (double)labels.Count * missed * missed;
            }
        }
        return sum;
    }
}
