using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Overlap;

/// <summary>
/// Centered kernel alignment of two networks on the same N examples (Kornblith, Norouzi, Lee and Hinton 2019, section 3):
/// CKA = ⟨HKH, HLH⟩_F/(‖HKH‖_F ‖HLH‖_F), H = I − 11ᵀ/N, between 0 and 1, the same for rotated and scaled features. Of few examples beside
/// many features it is large for features that have nothing in common.
/// </summary>
public static class KernelAlignment
{
    /// <summary>The linear kernel K = XXᵀ of features: row-major N × N.</summary>
    /// <param name="features">X, N × p.</param>
    /// <param name="cancellation">Looked at between blocks.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] Linear(FeatureMatrix features, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        var (n, p) = (features.Count, features.Width);
        var gram = new double[checked(n * n)];
        // Means are taken off first: centering K afterwards loses digits where they are large.
        double[] x = new double[checked(n * p)], mean = new double[p];
        features.CopyTo(0, n, x);
        for (var i = 0; i < n; i++) Vectors.Add(1.0 / n, x.AsSpan(i * p, p), mean);
        for (var i = 0; i < n; i++) Vectors.Add(-1, mean, x.AsSpan(i * p, p));
        using var team = new Team { Cancellation = cancellation };
        Gemm.Gram<double>(GemmForm.NT, n, p, x, p, gram, n, accumulate: false, team);
        Gemm.Mirror<double>(n, gram, n);
        return gram;
    }

    /// <summary>CKA of two kernels.</summary>
    /// <param name="k">Symmetric, row-major N × N.</param>
    /// <param name="l">As large.</param>
    /// <returns>NaN where a kernel is constant: features that are the same for all examples.</returns>
    /// <exception cref="ArgumentException">Different sizes, or no square.</exception>
    public static double Of(double[] k, double[] l)
    {
        ArgumentNullException.ThrowIfNull(k);
        ArgumentNullException.ThrowIfNull(l);
        var n = (int)Math.Sqrt(k.Length);
        if (n < 1 || n * n != k.Length || l.Length != k.Length)
            throw new ArgumentException($"kernels of {k.Length} and {l.Length} numbers: both N × N are needed", nameof(l));
        double[] a = Centered(k, n), b = Centered(l, n);
        var (own, other) = (Vectors.Norm(a), Vectors.Norm(b));
        // What centering leaves of a constant kernel is rounding.
        return own > 1e-13 * Vectors.Norm(k) && other > 1e-13 * Vectors.Norm(l) ? Vectors.Dot(a, b) / own / other : double.NaN;
    }

    private static double[] Centered(double[] kernel, int n)
    {
        double[] means = new double[n], centered = new double[kernel.Length];
        for (var i = 0; i < n; i++) means[i] = kernel.AsSpan(i * n, n).ToArray().Average();
        var mean = means.Average();
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) centered[i * n + j] = kernel[i * n + j] - means[i] - means[j] + mean;
        return centered;
    }
}
