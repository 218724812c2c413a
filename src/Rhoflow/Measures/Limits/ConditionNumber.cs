using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Limits;

/// <summary>
/// The condition number of a data matrix X, N × p: how much errors of the data grow in estimates from it, worst at N = p (T3 footnote 5).
/// Over the singular values that are not zero, σ_1/σ_r = ‖X‖₂‖X⁺‖₂: MATLAB's cond where X has full rank.
/// </summary>
/// <param name="Value">σ_1/σ_r; NaN for a matrix of zeros.</param>
/// <param name="Rank">r: singular values above the tolerance.</param>
internal readonly record struct ConditionNumber(double Value, int Rank)
{
    /// <summary>Larger matrices than this on their smaller side are not decomposed.</summary>
    public const int LargestSide = 1024;

    // Entries of matrices that are decomposed themselves; larger ones through XᵀX or XXᵀ, whose eigenvalues are σ².
    private const long LargestDirect = 200_000;
    private const int Block = 1024;

    /// <summary>
    /// From rows. Zero is at most max(N, p)·2.2e-16·σ_1 for up to 200,000 entries; for more, 3e-7·σ_1, as far as a Gram matrix resolves σ.
    /// </summary>
    /// <param name="x">N × p.</param>
    /// <param name="cancellation">Looked at between blocks of rows and steps of the decomposition.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ConditionNumber Of(FeatureMatrix x, CancellationToken cancellation = default)
    {
        if (Math.Min(x.Count, x.Width) > LargestSide)
            throw new ArgumentException($"a matrix of {x.Count} × {x.Width} has more than {LargestSide} singular values", nameof(x));
        var direct = (long)x.Count * x.Width <= LargestDirect;
        double[] sigma = direct ? Direct(x, cancellation) : Through(x, cancellation);
        var tolerance = sigma[0] * (direct ? Math.Max(x.Count, x.Width) * 2.2e-16 : 3e-7);
        var rank = sigma.Count(s => s > tolerance);
        return new ConditionNumber(rank == 0 ? double.NaN : sigma[0] / sigma[rank - 1], rank);
    }

    private static double[] Direct(FeatureMatrix x, CancellationToken cancellation)
    {
        var rows = new double[x.Count * x.Width];
        x.CopyTo(0, x.Count, rows);
        // Squares of 1e-200 or 1e200 leave the range of a double; a power of two changes no quotient.
        var largest = rows.Length == 0 ? 0 : Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<double>(rows));
        if (largest is > 0 and (< 1e-100 or > 1e100) && double.IsFinite(largest))
            foreach (ref var v in rows.AsSpan()) v = Math.ScaleB(v, -Math.ILogB(largest));
        return Unstoppable.Run(10.0 * rows.Length * Math.Min(x.Count, x.Width),
            () => DenseMatrix.OfColumnMajor(x.Width, x.Count, rows).Svd(false).S.ToArray(), cancellation);
    }

    private static double[] Through(FeatureMatrix x, CancellationToken cancellation)
    {
        var side = Math.Min(x.Count, x.Width);
        var gram = new double[side * side];
        using var team = new Team(Environment.ProcessorCount) { Cancellation = cancellation };
        if (x.Width <= x.Count)
        {
            var rows = new double[Block * x.Width];
            for (var first = 0; first < x.Count; first += Block)
            {
                cancellation.Look();
                var count = Math.Min(Block, x.Count - first);
                x.CopyTo(first, count, rows.AsSpan(0, count * x.Width));
                Gemm.Gram<double>(GemmForm.TN, side, count, rows, side, gram, side, accumulate: true, team);
            }
        }
        else
        {
            var rows = new double[x.Count * x.Width];
            x.CopyTo(0, x.Count, rows);
            Gemm.Gram<double>(GemmForm.NT, side, x.Width, rows, x.Width, gram, side, accumulate: false, team);
        }
        Gemm.Mirror<double>(side, gram, side);
        return [.. new DenseOperator(gram, side).Eigenvalues(team, cancellation).Select(static e => Math.Sqrt(Math.Max(0, e)))
            .OrderDescending()];
    }
}
