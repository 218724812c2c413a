using Rhoflow.Kernels;

namespace Rhoflow.Numerics;

/// <summary>
/// ‖A‖₂ = σ_max(A) by Golub and Kahan's bidiagonalization with full reorthogonalization from a fixed random start: matrix-vector products
/// only, exact after min(m, n) steps, usually long before. Singular values within 1e-7 of each other may be taken for one.
/// </summary>
internal static class SpectralNorm
{
    // It ends when the residual, which bounds the distance to a singular value, is this share of σ: also where many lie close together.
    private const double Residual = 1e-11;
    private const int Between = 4;

    /// <param name="rows">m.</param>
    /// <param name="columns">n.</param>
    /// <param name="a">A, row-major.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double Of(int rows, int columns, ReadOnlySpan<double> a, CancellationToken cancellation = default)
    {
        if (a.Length != rows * columns)
            throw new ArgumentException($"a matrix of {rows} × {columns} has {rows * columns} numbers; {a.Length} were given", nameof(a));
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
            cancellation.Look();
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

    // σ_max of the upper bidiagonal matrix B (α on the diagonal, β above it), and the last entry of its left singular vector u: the largest
    // eigenvalue of the tridiagonal BBᵀ by bisection (no pivot of σ² − BBᵀ is negative above it), then u by its ratios, from the end
    // backwards.
    private static (double Sigma, double Last) Largest(List<double> alphas, List<double> betas)
    {
        var size = alphas.Count;
        double[] a = new double[size], b = new double[size];
        for (var i = 0; i < size; i++)
        {
            var beta = i + 1 < size ? betas[i] : 0;
            a[i] = alphas[i] * alphas[i] + beta * beta;
            if (i + 1 < size) b[i] = alphas[i + 1] * beta;
        }
        double low = 0, high = 0;
        for (var i = 0; i < size; i++)
        {
            low = Math.Max(low, a[i]);
            high = Math.Max(high, a[i] + b[i] + (i > 0 ? b[i - 1] : 0));
        }
        while ((low + high) / 2 is var middle && middle > low && middle < high)
        {
            var pivot = middle - a[0];
            for (var i = 1; i < size && pivot > 0; i++) pivot = middle - a[i] - b[i - 1] * b[i - 1] / pivot;
            if (pivot > 0) high = middle;
            else low = middle;
        }
        var ratios = new double[size];
        for (var i = size - 2; i >= 0; i--) ratios[i] = b[i] / (high - a[i + 1] - b[i + 1] * ratios[i + 1]);
        double last = 1, squares = 1;
        for (var i = 0; i + 1 < size; i++) squares += (last *= ratios[i]) * last;
        return (Math.Sqrt(high), last / Math.Sqrt(squares));
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
