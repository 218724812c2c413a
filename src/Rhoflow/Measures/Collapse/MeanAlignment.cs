using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// How far a layer reads the directions in which the class means of its features differ (Rangamani, Lindegaard, Galanti and Poggio 2023):
/// (1/r)‖M Vᵀ‖_F², the mean squared cosine of the principal angles between two subspaces of r dimensions. The rows of M are the leading
/// eigenvectors of Σ_B, those of V the leading right singular vectors of W_k. 1: the same subspace; r/p: subspaces at random.
/// </summary>
internal static class MeanAlignment
{
    // Of the largest eigenvalue of WWᵀ or WᵀW, times its size: below, a direction is rounding.
    private const double Rounding = 2.220446049250313e-16;

    /// <summary>The mean squared cosine; NaN where W_k is 0 or the class means are all the same.</summary>
    /// <param name="between">Of the features that enter W_k, p numbers each.</param>
    /// <param name="w">Row-major rows × p.</param>
    /// <param name="rows">Of W_k. r is the smallest of C − 1, the rank of Σ_B and that of W_k.</param>
    /// <param name="cancellation">Leaves the decomposition behind.</param>
    public static double Of(BetweenScatter between, ReadOnlySpan<double> w, int rows, CancellationToken cancellation = default)
    {
        if (between.Rank == 0 || Vectors.Norm(w) is 0) return double.NaN;
        var p = w.Length / rows;
        var (directions, rank) = Leading(w, rows, p, between.Rank, cancellation);
        var sum = 0.0;
        for (var i = 0; i < rank; i++)
        {
            // A row of the root is an eigenvector over √κ.
            var mean = between.Root.AsSpan(i * p, p);
            var norm = Vectors.Norm(mean);
            for (var j = 0; j < rank; j++)
            {
                var cosine = Vectors.Dot(mean, directions.AsSpan(j * p, p)) / norm;
                sum += cosine * cosine;
            }
        }
        return sum / rank;
    }

    // At most `most` right singular vectors, as rows, by the eigenvectors of the smaller of WᵀW and WWᵀ.
    private static (double[] Rows, int Rank) Leading(ReadOnlySpan<double> w, int rows, int p, int most, CancellationToken cancellation)
    {
        var n = Math.Min(rows, p);
        double[] scaled = [.. w], gram = new double[n * n];
        Vectors.Scale(1 / Vectors.Norm(w), scaled, scaled);
        using (var team = new Team { Cancellation = cancellation })
        {
            if (rows <= p) Gemm.Gram<double>(GemmForm.NT, n, p, scaled, p, gram, n, accumulate: false, team);
            else Gemm.Gram<double>(GemmForm.TN, n, rows, scaled, p, gram, n, accumulate: false, team);
            Gemm.Mirror<double>(n, gram, n);
        }
        var evd = Unstoppable.Run(10.0 * n * n * n, () => new DenseMatrix(n, n, gram).Evd(Symmetricity.Symmetric), cancellation);
        var least = n * Rounding * evd.EigenValues[n - 1].Real;
        var rank = 0;
        while (rank < Math.Min(most, n) && evd.EigenValues[n - 1 - rank].Real > least) rank++;
        var directions = new double[rank * p];
        for (var j = 0; j < rank; j++)
        {
            var row = directions.AsSpan(j * p, p);
            var vector = evd.EigenVectors.Column(n - 1 - j);
            if (rows > p)
                for (var i = 0; i < p; i++) row[i] = vector[i];
            else
                for (var i = 0; i < rows; i++) Vectors.Add(vector[i], scaled.AsSpan(i * p, p), row);
            Vectors.Scale(1 / Vectors.Norm(row), row, row);
        }
        return (directions, rank);
    }
}
