using Rhoflow.Kernels;

namespace Rhoflow.Numerics;

/// <summary>min_{α ≥ 0} ‖Σ_n α_n a_n − b‖₂ by Lawson and Hanson's active-set method (1974), on an updated QR factorization.</summary>
internal static class NonnegativeLeastSquares
{
    /// <param name="columns">a_n, each as long as b.</param>
    /// <param name="b">The target.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <returns>α_n ≥ 0 and the residual ‖Σ α_n a_n − b‖.</returns>
    public static (double[] Alpha, double Residual) Solve(IReadOnlyList<double[]> columns, ReadOnlySpan<double> b,
        CancellationToken cancellation = default)
    {
        int count = columns.Count, m = b.Length;
        var alpha = new double[count];
        var residual = b.ToArray();
        var norms = columns.Select(a => Vectors.Norm(a)).ToArray();
        var qr = new UpdatableQr(m);
        var passive = new List<int>();
        var refused = new HashSet<int>();
        double[] coefficients = new double[m], rest = new double[m], solution = new double[m];
        var size = Vectors.Norm(b);
        for (var step = 0; step < 10 * (count + m) + 100; step++)
        {
            cancellation.Look();
            var length = Vectors.Norm(residual);
            var (steepest, entering) = (0.0, -1);
            for (var n = 0; n < count; n++)
            {
                if (norms[n] == 0 || refused.Contains(n) || passive.Contains(n)) continue;
                var cosine = Vectors.Dot(columns[n], residual) / norms[n];
                // Beyond the rounding of the residual itself.
                if (cosine > steepest && cosine > 1e-13 * length + 1e-16 * size) (steepest, entering) = (cosine, n);
            }
            if (entering < 0 || qr.Count == m) break;
            qr.Project(columns[entering], coefficients, rest);
            if (Vectors.Norm(rest) <= 1e-13 * norms[entering])
            {
                refused.Add(entering);
                continue;
            }
            qr.Append(coefficients, rest);
            passive.Add(entering);
            var fresh = true;
            while (true)
            {
                qr.MultiplyTransposed(b, solution);
                qr.Solve(solution.AsSpan(0, qr.Count));
                if (fresh && !(solution[qr.Count - 1] > 0))
                {
                    refused.Add(entering);                // descends only by rounding
                    qr.RemoveAt(qr.Count - 1);
                    passive.RemoveAt(passive.Count - 1);
                    break;
                }
                var (t, blocking) = (1.0, -1);
                for (var k = 0; k < passive.Count; k++)
                {
                    var a = alpha[passive[k]];
                    if (solution[k] <= 0 && a / (a - solution[k]) < t) (t, blocking) = (a / (a - solution[k]), k);
                }
                for (var k = 0; k < passive.Count; k++) alpha[passive[k]] += t * (solution[k] - alpha[passive[k]]);
                if (blocking < 0)
                {
                    refused.Clear();
                    break;
                }
                fresh = false;
                alpha[passive[blocking]] = 0;
                qr.RemoveAt(blocking);
                passive.RemoveAt(blocking);
            }
            Residual(columns, alpha, b, residual);
        }
        return (alpha, Vectors.Norm(residual));
    }

    private static void Residual(IReadOnlyList<double[]> columns, double[] alpha, ReadOnlySpan<double> b, double[] residual)
    {
        b.CopyTo(residual);
        for (var n = 0; n < alpha.Length; n++)
            if (alpha[n] != 0) Vectors.Add(-alpha[n], columns[n], residual);
    }
}
