namespace Rhoflow.Numerics;

/// <summary>
/// A P = Q R with columns exchanged so that |R_jj| falls (Householder; Businger and Golub 1965), cut off where |R_jj| ≤ tolerance·|R_00|:
/// least squares min ‖A c − y‖ for columns that may depend on each other, for many y. Columns beyond the rank get the coefficient 0.
/// </summary>
internal sealed class PivotedQr
{
    private readonly double[][] _a;      // below the diagonal the reflectors, v_0 in _first
    private readonly double[] _first, _beta, _diagonal;
    private readonly int[] _order;

    /// <param name="columns">The columns of A, equally long and at least as long as they are many; they are overwritten.</param>
    /// <param name="tolerance">Where the rank ends.</param>
    /// <param name="cancellation">Looked at before every column.</param>
    public PivotedQr(double[][] columns, double tolerance, CancellationToken cancellation = default)
    {
        int n = columns.Length, m = columns[0].Length;
        if (m < n) throw new ArgumentException($"least squares takes at least as many rows as columns; {m} × {n} were given",
            nameof(columns));
        _a = columns;
        (_first, _beta, _diagonal, _order) = (new double[n], new double[n], new double[n], [.. Enumerable.Range(0, n)]);
        double[] norms = [.. columns.Select(c => Vectors.Norm(c))], start = [.. norms];
        for (var j = 0; j < n; j++)
        {
            cancellation.ThrowIfCancellationRequested();
            var pivot = j;
            for (var k = j + 1; k < n; k++) if (norms[k] > norms[pivot]) pivot = k;
            (_a[j], _a[pivot]) = (_a[pivot], _a[j]);
            (_order[j], _order[pivot]) = (_order[pivot], _order[j]);
            (norms[j], norms[pivot]) = (norms[pivot], norms[j]);
            (start[j], start[pivot]) = (start[pivot], start[j]);
            var x = _a[j].AsSpan(j);
            var norm = Vectors.Norm(x);
            if (norm <= tolerance * (j == 0 ? norm : Math.Abs(_diagonal[0])) || norm == 0) break;
            _diagonal[j] = x[0] > 0 ? -norm : norm;
            _first[j] = x[0] - _diagonal[j];
            _beta[j] = 1 / (norm * (norm + Math.Abs(x[0])));
            Rank = j + 1;
            for (var k = j + 1; k < n; k++)
            {
                Reflect(j, _a[k]);
                // The norm of what is left, by subtraction while that is accurate.
                var left = norms[k] * norms[k] - _a[k][j] * _a[k][j];
                norms[k] = left > 1e-6 * start[k] * start[k] ? Math.Sqrt(left) : start[k] = Vectors.Norm(_a[k].AsSpan(j + 1));
            }
        }
    }

    /// <summary>How many columns are taken to be independent.</summary>
    public int Rank { get; }

    /// <summary>c that minimizes ‖A c − y‖.</summary>
    public double[] Solve(ReadOnlySpan<double> y)
    {
        var b = y.ToArray();
        for (var j = 0; j < Rank; j++) Reflect(j, b);
        var c = new double[_a.Length];
        // R c = b by columns of R.
        for (var j = Rank - 1; j >= 0; j--)
        {
            var value = b[j] / _diagonal[j];
            c[_order[j]] = value;
            Vectors.Add(-value, _a[j].AsSpan(0, j), b.AsSpan(0, j));
        }
        return c;
    }

    /// <summary>y ← y − A c for the best c: its part outside the span of the columns.</summary>
    public void Project(double[] y)
    {
        for (var j = 0; j < Rank; j++) Reflect(j, y);
        y.AsSpan(0, Rank).Clear();
        for (var j = Rank - 1; j >= 0; j--) Reflect(j, y);
    }

    // x[j..] −= β v (vᵀ x[j..]), v = (first, a_j[j+1..]).
    private void Reflect(int j, double[] x)
    {
        ReadOnlySpan<double> v = _a[j].AsSpan(j + 1);
        var rest = x.AsSpan(j + 1);
        var scale = _beta[j] * (_first[j] * x[j] + Vectors.Dot(v, rest));
        x[j] -= scale * _first[j];
        Vectors.Add(-scale, v, rest);
    }
}
