using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;

namespace Rhoflow.Lab.Inspection;

/// <summary>
/// The r largest singular values of a matrix in a file with their vectors, and the value after them, which says how well the subspaces are
/// defined: by Lanczos on the n × n matrix of inner products, and one more reading for the vectors of the longer side.
/// </summary>
/// <param name="Values">σ_1 … σ_r.</param>
/// <param name="Next">σ_(r+1); 0 where r = n.</param>
/// <param name="Left">r vectors of as many numbers as W has rows.</param>
/// <param name="Right">r vectors of as many numbers as it has columns.</param>
internal sealed record TopSubspaces(IReadOnlyList<double> Values, double Next, IReadOnlyList<double[]> Left, IReadOnlyList<double[]> Right)
{
    /// <summary>Null where W has no r singular values that inner products resolve: above 1e-7 σ_1.</summary>
    /// <param name="matrix">W.</param>
    /// <param name="rank">r.</param>
    /// <param name="scale">max |W_ij|.</param>
    /// <param name="team">No influence on results.</param>
    /// <param name="cancellation">Looked at between products.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TopSubspaces? Of(StreamedMatrix matrix, int rank, double scale, Team team, CancellationToken cancellation)
    {
        var n = matrix.Smaller;
        var pairs = Lanczos.Solve(new DenseOperator(matrix.Gram(scale, team, cancellation), n), Math.Min(n, rank + 1), 0,
            new EigenOptions { Tolerance = 1e-10, SearchForMultiples = false, ConfirmResiduals = false }, team, cancellation);
        double[] values = [.. pairs.Values.ToArray().Select(static v => Math.Sqrt(Math.Max(0, v)))];
        if (values.Length < rank || !(values[rank - 1] > 1e-7 * values[0])) return null;
        double[][] smaller = [.. Enumerable.Range(0, rank).Select(i => pairs.Vector(i).ToArray())];
        var longer = matrix.Images(smaller, scale, cancellation);
        Orthonormalize(longer);
        var (left, right) = matrix.Columns <= matrix.Rows ? (longer, smaller) : (smaller, longer);
        if (matrix.IsTurned) (left, right) = (right, left);
        return new TopSubspaces(
            [.. values.Take(rank).Select(v => v * scale)], values.Length > rank ? values[rank] * scale : 0, left, right);
    }

    // W v_i/σ_i are orthogonal up to rounding over σ_i; twice is enough.
    private static void Orthonormalize(double[][] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            for (var pass = 0; pass < 2; pass++)
                for (var j = 0; j < i; j++) Vectors.Add(-Vectors.Dot(vectors[j], vectors[i]), vectors[j], vectors[i]);
            Vectors.Scale(1 / Vectors.Norm(vectors[i]), vectors[i], vectors[i]);
        }
    }
}
