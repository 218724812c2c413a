using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Overlap;

/// <summary>
/// How far two r-dimensional subspaces of ℝ^d are the same: those of the r largest singular values of two weight matrices, for instance.
/// </summary>
/// <param name="Share">‖UᵀU'‖_F²/r = mean cos² of the principal angles: 1 for the same subspace, 0 for orthogonal ones.</param>
/// <param name="Angles">The r principal angles θ_1 ≤ … ≤ θ_r in radians, 0 … π/2 (Björck and Golub 1973).</param>
/// <param name="Random">r/d: the expectation of <paramref name="Share"/> for subspaces that are drawn uniformly.</param>
public sealed record SubspaceOverlap(double Share, IReadOnlyList<double> Angles, double Random)
{
    /// <summary>Of two bases.</summary>
    /// <param name="u">r orthonormal vectors of d numbers.</param>
    /// <param name="other">As many of the same length.</param>
    /// <exception cref="ArgumentException">No vector, or sizes that do not fit.</exception>
    /// <remarks>
    /// Cosines are the singular values of UᵀU', sines those of U' − UUᵀU': small angles are not to be had from their cosines, nor those
    /// near π/2 from their sines.
    /// </remarks>
    public static SubspaceOverlap Of(IReadOnlyList<double[]> u, IReadOnlyList<double[]> other)
    {
        ArgumentNullException.ThrowIfNull(u);
        ArgumentNullException.ThrowIfNull(other);
        if (u.Count == 0 || u.Count != other.Count || u.Concat(other).Any(v => v.Length != u[0].Length))
            throw new ArgumentException($"bases of {u.Count} and {other.Count} vectors: as many of one length are needed", nameof(other));
        var (r, d) = (u.Count, u[0].Length);
        var inner = Matrix<double>.Build.Dense(r, r, (i, j) => Vectors.Dot(u[i], other[j]));
        var rest = Triangle([.. Enumerable.Range(0, r).Select(j =>
        {
            var column = (double[])other[j].Clone();
            for (var i = 0; i < r; i++) Vectors.Add(-inner[i, j], u[i], column);
            return column;
        })]);
        var cosines = inner.Svd(computeVectors: false).S;
        // Ascending, as the angles are: the largest cosine and the smallest sine belong together.
        double[] sines = [.. rest.Svd(computeVectors: false).S.Order()];
        var share = inner.FrobeniusNorm();
        return new SubspaceOverlap(share * share / r,
            [.. cosines.Select((c, i) => Math.Atan2(sines[i], c))], (double)r / d);
    }

    // R of a QR decomposition, by Gram and Schmidt's modified scheme: the singular values of a d × r matrix from one that is r × r.
    private static Matrix<double> Triangle(double[][] columns)
    {
        var r = columns.Length;
        var triangle = Matrix<double>.Build.Dense(r, r);
        for (var i = 0; i < r; i++)
        {
            var norm = Vectors.Norm(columns[i]);
            triangle[i, i] = norm;
            if (norm == 0) continue;
            Vectors.Scale(1 / norm, columns[i], columns[i]);
            for (var j = i + 1; j < r; j++)
            {
                triangle[i, j] = Vectors.Dot(columns[i], columns[j]);
                Vectors.Add(-triangle[i, j], columns[i], columns[j]);
            }
        }
        return triangle;
    }
}
