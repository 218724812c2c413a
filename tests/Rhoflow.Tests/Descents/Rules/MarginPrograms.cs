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

    /// <summary>Examples whose maximum margins in ℓ∞ and ℓ₂ lie far apart: w = (1, 1, 1/3) with margin 13/12 in ℓ∞.</summary>
    public static Dataset Separable
    {
        get
        {
            double[] z = [1, .3, .1, .9, .1, .25, 1.2, -.1, .2, .7, .4, -.05, .8, .2, .3, 1.1, .05, .05], y = [1, -1, 1, 1, -1, -1];
            return new Dataset("three inputs", [.. z.Select((v, i) => y[i / 3] * v)], y, 3);
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
