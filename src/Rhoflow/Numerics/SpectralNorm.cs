using MathNet.Numerics.LinearAlgebra.Double;

namespace Rhoflow.Numerics;

/// <summary>
/// ‖A‖₂ = σ_max(A) by Golub and Kahan's bidiagonalization with full reorthogonalization from a fixed random start: matrix-vector products
/// only, exact after min(m, n) steps, usually long before.
/// </summary>
public static class SpectralNorm
{
    // It ends when what one more step could change is this small beside σ²: errors of σ are of second order in the residual.
    private const double Residual = 1e-8;
    private const int Between = 8;

    /// <param name="rows">m.</param>
    /// <param name="columns">n.</param>
    /// <param name="a">A, row-major.</param>
    public static double Of(int rows, int columns, ReadOnlySpan<double> a)
    {
        if (a.Length != rows * columns) throw new ArgumentException($"a matrix of {rows} × {columns} has {rows * columns} numbers; {a.Length} were given", nameof(a));
        if (rows == 1 || columns == 1) return Vectors.Norm(a);
        var size = Vectors.Norm(a);
        if (size == 0 || !double.IsFinite(size)) return size;
        var random = new RandomStream(1);
        var steps = Math.Min(rows, columns);
        List<double[]> us = [], vs = [];
        List<double> alphas = [], betas = [];
        var v = new double[columns];
        // In the row space, which rank(A) steps exhaust.
        for (var i = 0; i < rows; i++) Vectors.Add(random.NextNormal() / size, a.Slice(i * columns, columns), v);
        Normalize(v, []);
        while (true)
        {
            vs.Add(v);
            var u = new double[rows];
            for (var i = 0; i < rows; i++) u[i] = Vectors.Dot(a.Slice(i * columns, columns), v) / size;
            var alpha = Normalize(u, us);
            us.Add(u);
            alphas.Add(alpha);
            v = new double[columns];
            for (var i = 0; i < rows; i++) Vectors.Add(u[i] / size, a.Slice(i * columns, columns), v);
            var beta = Normalize(v, vs);
            var done = alphas.Count == steps || !(beta > 1e-15) || !(alpha > 1e-15);
            if (done || alphas.Count % Between == 0)
            {
                var (sigma, last) = Largest(alphas, betas);
                if (done || beta * last <= Residual * sigma) return sigma * size;
            }
            betas.Add(beta);
        }
    }

    // σ_max of the upper bidiagonal matrix (α on the diagonal, β above it), and the last entry of its left singular vector.
    private static (double Sigma, double Last) Largest(List<double> alphas, List<double> betas)
    {
        var size = alphas.Count;
        var bidiagonal = new DenseMatrix(size, size);
        for (var i = 0; i < size; i++)
        {
            bidiagonal[i, i] = alphas[i];
            if (i + 1 < size) bidiagonal[i, i + 1] = betas[i];
        }
        var svd = bidiagonal.Svd();
        return (svd.S[0], Math.Abs(svd.U[size - 1, 0]));
    }

    // x ← x without its parts along an orthonormal basis (twice is enough), of norm 1; returns the norm before.
    private static double Normalize(double[] x, List<double[]> basis)
    {
        for (var pass = 0; pass < 2; pass++)
            foreach (var b in basis) Vectors.Add(-Vectors.Dot(b, x), b, x);
        var norm = Vectors.Norm(x);
        if (norm > 0) Vectors.Scale(1 / norm, x, x);
        return norm;
    }
}
