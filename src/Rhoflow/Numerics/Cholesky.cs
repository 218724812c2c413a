using System.Numerics.Tensors;
using Rhoflow.Kernels;

namespace Rhoflow.Numerics;

/// <summary>S = L Lᵀ for a symmetric positive definite S, by blocks of columns: the products go through the matrix kernels.</summary>
internal sealed class Cholesky
{
    private const int Block = 64;

    private readonly double[] _l;
    private readonly int _n;

    private Cholesky(double[] l, int n, double share) => (_l, _n, SmallestPivotShare) = (l, n, share);

    /// <summary>The least of L_ii²/S_ii: how much of a diagonal entry is left when the rows before it are taken away.</summary>
    public double SmallestPivotShare { get; }

    /// <summary>The factor; null where a pivot is not positive.</summary>
    /// <param name="s">n × n, row-major; the lower triangle is read.</param>
    /// <param name="team">Who works; the bits do not depend on it.</param>
    public static Cholesky? Of(ReadOnlySpan<double> s, int n, Team team)
    {
        var l = s.ToArray();
        var share = double.PositiveInfinity;
        for (var from = 0; from < n; from += Block)
        {
            var to = Math.Min(n, from + Block);
            // What earlier columns explain of these: S[from.., from..to] −= L[from.., ..from] L[from..to, ..from]ᵀ.
            if (from > 0)
            {
                var explained = new double[(n - from) * (to - from)];
                Gemm.Multiply<double>(GemmForm.NT, n - from, to - from, from, l.AsSpan(from * n), n, l.AsSpan(from * n), n, explained,
                    to - from, accumulate: false, team);
                for (var i = from; i < n; i++)
                {
                    var row = l.AsSpan(i * n + from, to - from);
                    TensorPrimitives.Subtract(row, explained.AsSpan((i - from) * (to - from), to - from), row);
                }
            }
            for (var j = from; j < to; j++)
            {
                var own = l.AsSpan(j * n + from, j - from);
                var pivot = l[j * n + j] - TensorPrimitives.Dot<double>(own, own);
                if (!(pivot > 0)) return null;
                share = Math.Min(share, pivot / s[j * n + j]);
                var root = l[j * n + j] = Math.Sqrt(pivot);
                for (var i = j + 1; i < n; i++)
                    l[i * n + j] = (l[i * n + j] - TensorPrimitives.Dot<double>(l.AsSpan(i * n + from, j - from), own)) / root;
            }
        }
        return new Cholesky(l, n, share);
    }

    /// <summary>X with X S = B.</summary>
    /// <param name="b">rows × n.</param>
    public double[] Solve(ReadOnlySpan<double> b, int rows)
    {
        var x = b.ToArray();
        for (var r = 0; r < rows; r++)
        {
            var row = x.AsSpan(r * _n, _n);
            for (var i = 0; i < _n; i++) row[i] = (row[i] - TensorPrimitives.Dot<double>(_l.AsSpan(i * _n, i), row[..i])) / _l[i * _n + i];
            // Lᵀ by its rows, which are columns of L.
            for (var i = _n - 1; i >= 0; i--)
            {
                row[i] /= _l[i * _n + i];
                Vectors.Add(-row[i], _l.AsSpan(i * _n, i), row[..i]);
            }
        }
        return x;
    }
}
