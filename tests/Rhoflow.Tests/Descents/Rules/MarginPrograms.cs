using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Tests.Descents;

/// <summary>
/// Maximum margins in norms other than the Euclidean one, by solvers that share nothing with a descent. For small problems.
/// </summary>
internal static class MarginPrograms
{
    /// <summary>min_n y_n w·x_n / ‖w‖∞.</summary>
    public static double LargestNormMargin(Dataset data, ReadOnlySpan<double> w)
    {
        var z = data.Signed();
        var (margin, norm) = (double.PositiveInfinity, 0.0);
        foreach (var v in w) norm = Math.Max(norm, Math.Abs(v));
        for (var n = 0; n < data.Count; n++) margin = Math.Min(margin, Vectors.Dot(z.AsSpan(n * data.Inputs, data.Inputs), w) / norm);
        return margin;
    }

    /// <summary>
    /// max min_n z_n·w over ‖w‖∞ ≤ 1: a linear program in (w, γ), z_n·w ≥ γ and −1 ≤ w_i ≤ 1, whose optimum is a vertex. All vertices are
    /// looked at: d + 1 of the N + 2d constraints hold with equality there.
    /// </summary>
    public static (double[] W, double Margin) LargestNorm(Dataset data)
    {
        int d = data.Inputs, count = data.Count;
        var z = data.Signed();
        // a·(w, γ) ≤ b
        List<(double[] A, double B)> constraints = [];
        for (var n = 0; n < count; n++) constraints.Add(([.. z.AsSpan(n * d, d).ToArray().Select(static v => -v), 1], 0));
        for (var i = 0; i < d; i++)
            foreach (var sign in (double[])[1, -1])
                constraints.Add(([.. Enumerable.Range(0, d + 1).Select(j => j == i ? sign : 0)], 1));
        (double[] W, double Margin) best = ([], double.NegativeInfinity);
        foreach (var subset in Subsets(constraints.Count, d + 1))
        {
            var a = Matrix<double>.Build.DenseOfRowArrays(subset.Select(i => constraints[i].A));
            if (Math.Abs(a.Determinant()) < 1e-12) continue;
            var vertex = a.Solve(Vector<double>.Build.DenseOfEnumerable(subset.Select(i => constraints[i].B))).ToArray();
            if (vertex[d] <= best.Margin || constraints.Exists(c => Vectors.Dot(c.A, vertex) > c.B + 1e-10)) continue;
            best = (vertex[..d], vertex[d]);
        }
        return best;
    }

    /// <summary>min over n and c ≠ y_n of (W_{y_n} − W_c)·x_n / ‖W‖₂.</summary>
    /// <param name="w">C × d, row by row.</param>
    public static double SpectralMargin(Dataset data, int classes, double[] w)
    {
        var a = Matrix<double>.Build.Dense(classes, data.Inputs, (i, j) => w[i * data.Inputs + j]);
        return Pairs(data, classes).Min(p => (a * p).Trace()) / a.Svd(computeVectors: false).S[0];
    }

    /// <summary>
    /// max min ⟨W, A_i⟩ over ‖W‖₂ ≤ 1, A_i = (e_y − e_c)x_nᵀ, by accelerated projected ascent of the smoothed minimum −(1/β) log Σ e^{−β⟨W,
    /// A_i⟩},
    /// β rising; one projects by cutting singular values at 1. Any W in the ball bounds the maximum from below, and any weights α ≥ 0, Σα =
    /// 1,
    /// from above: by ‖Σα_i A_i‖_*, the dual norm.
    /// </summary>
    public static (double Lower, double Upper) Spectral(Dataset data, int classes)
    {
        Matrix<double>[] pairs = [.. Pairs(data, classes)];
        var curvature = pairs.Max(static p => p.FrobeniusNorm() * p.FrobeniusNorm());
        var (lower, upper) = (double.NegativeInfinity, double.PositiveInfinity);
        var w = Matrix<double>.Build.Dense(classes, data.Inputs);
        for (var beta = 8.0; beta < 5000; beta *= 2)
        {
            var (before, ahead) = (w, w);
            for (var step = 1; step <= 600; step++)
            {
                double[] margins = [.. pairs.Select(p => (ahead * p).Trace())];
                var least = margins.Min();
                double[] alpha = [.. margins.Select(m => Math.Exp(-beta * (m - least)))];
                var total = alpha.Sum();
                var sum = pairs.Select((p, i) => alpha[i] / total * p).Aggregate(static (a, b) => a + b);
                upper = Math.Min(upper, sum.Svd(computeVectors: false).S.Sum());
                w = Cut(ahead + sum.Transpose() / (beta * curvature));
                lower = Math.Max(lower, pairs.Min(p => (w * p).Trace()));
                ahead = w + (step - 1.0) / (step + 2.0) * (w - before);
                before = w;
            }
        }
        return (lower, upper);
    }

    /// <summary>Examples whose maximum margins in ℓ∞ and ℓ₂ lie far apart: w = (1, 1, 1/3) with margin 13/12 in ℓ∞.</summary>
    public static Dataset Separable
    {
        get
        {
            double[] z = [1, .3, .1, .9, .1, .25, 1.2, -.1, .2, .7, .4, -.05, .8, .2, .3, 1.1, .05, .05], y = [1, -1, 1, 1, -1, -1];
            return new Dataset("three inputs", [.. z.Select((v, i) => y[i / 3] * v)], y, 3);
        }
    }

    private static Matrix<double> Cut(Matrix<double> w)
    {
        var svd = w.Svd();
        return svd.U.SubMatrix(0, w.RowCount, 0, svd.S.Count)
            * Matrix<double>.Build.DenseOfDiagonalVector(svd.S.PointwiseMinimum(1)) * svd.VT.SubMatrix(0, svd.S.Count, 0, w.ColumnCount);
    }

    // A_iᵀ, d × C, so that ⟨W, A_i⟩ is the trace of W A_iᵀ.
    private static IEnumerable<Matrix<double>> Pairs(Dataset data, int classes)
    {
        for (var n = 0; n < data.Count; n++)
            for (var c = 0; c < classes; c++)
            {
                var (y, example) = ((int)data.Y[n], n);
                if (c == y) continue;
                var other = c;
                yield return Matrix<double>.Build.Dense(data.Inputs, classes,
                    (i, j) => (j == y ? 1 : j == other ? -1 : 0) * data.X[example * data.Inputs + i]);
            }
    }

    private static IEnumerable<int[]> Subsets(int count, int size)
    {
        var chosen = Enumerable.Range(0, size).ToArray();
        while (true)
        {
            yield return [.. chosen];
            var i = size - 1;
            while (i >= 0 && chosen[i] == count - size + i) i--;
            if (i < 0) yield break;
            chosen[i]++;
            for (var j = i + 1; j < size; j++) chosen[j] = chosen[j - 1] + 1;
        }
    }
}
