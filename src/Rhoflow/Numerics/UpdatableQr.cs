namespace Rhoflow.Numerics;

/// <summary>
/// A = Q R of a tall matrix whose columns come and go, for active-set methods: appending a column costs O(m·n) (Gram–Schmidt,
/// repeated, which keeps Q orthogonal to rounding), removing one O(m·n) (Givens rotations).
/// </summary>
/// <param name="rows">m, the length of a column.</param>
internal sealed class UpdatableQr(int rows)
{
    private readonly List<double[]> _q = [];     // orthonormal, m numbers each
    private readonly List<double[]> _r = [];     // column k of R: k + 1 numbers

    /// <summary>m.</summary>
    public int Rows => rows;

    /// <summary>n, the number of columns now.</summary>
    public int Count => _q.Count;

    /// <summary>coefficients ← Qᵀa (n numbers) and rest ← a − Q Qᵀ a (m numbers).</summary>
    public void Project(ReadOnlySpan<double> a, Span<double> coefficients, Span<double> rest)
    {
        a.CopyTo(rest);
        coefficients[..Count].Clear();
        for (var pass = 0; pass < 2; pass++)
            for (var k = 0; k < Count; k++)
            {
                var c = Vectors.Dot(_q[k], rest);
                coefficients[k] += c;
                Vectors.Add(-c, _q[k], rest);
            }
    }

    /// <summary>
    /// Appends the column that <see cref="Project"/> split into <paramref name="coefficients"/> and <paramref name="rest"/> ≠ 0.
    /// </summary>
    public void Append(ReadOnlySpan<double> coefficients, ReadOnlySpan<double> rest)
    {
        var norm = Vectors.Norm(rest);
        if (norm == 0) throw new ArgumentException("the column depends on the others; it cannot be appended", nameof(rest));
        var r = new double[Count + 1];
        coefficients[..Count].CopyTo(r);
        r[Count] = norm;
        var q = new double[rows];
        for (var i = 0; i < rows; i++) q[i] = rest[i] / norm;
        // A rest much smaller than the column still carries what rounding left of the other directions.
        for (var k = 0; k < Count; k++) Vectors.Add(-Vectors.Dot(_q[k], q), _q[k], q);
        var length = Vectors.Norm(q);
        for (var i = 0; i < rows; i++) q[i] /= length;
        _q.Add(q);
        _r.Add(r);
    }

    /// <summary>Removes column <paramref name="k"/>.</summary>
    public void RemoveAt(int k)
    {
        _r.RemoveAt(k);
        for (var j = k; j < _r.Count; j++)
        {
            // Column j still has j + 2 numbers: rotate rows j, j+1 so that the last one vanishes.
            double a = _r[j][j], b = _r[j][j + 1];
            var norm = double.Hypot(a, b);
            var (c, s) = norm == 0 ? (1.0, 0.0) : (a / norm, b / norm);
            for (var i = j; i < _r.Count; i++)
            {
                var column = _r[i];
                (column[j], column[j + 1]) = (c * column[j] + s * column[j + 1], c * column[j + 1] - s * column[j]);
            }
            double[] qj = _q[j], qn = _q[j + 1];
            for (var i = 0; i < rows; i++) (qj[i], qn[i]) = (c * qj[i] + s * qn[i], c * qn[i] - s * qj[i]);
            _r[j] = _r[j][..(j + 1)];
        }
        _q.RemoveAt(_q.Count - 1);
    }

    /// <summary>x ← R⁻¹x (n numbers).</summary>
    public void Solve(Span<double> x)
    {
        for (var k = Count - 1; k >= 0; k--)
        {
            x[k] /= _r[k][k];
            Vectors.Add(-x[k], _r[k].AsSpan(0, k), x[..k]);
        }
    }

    /// <summary>x ← R⁻ᵀx (n numbers).</summary>
    public void SolveTransposed(Span<double> x)
    {
        for (var k = 0; k < Count; k++) x[k] = (x[k] - Vectors.Dot(_r[k].AsSpan(0, k), x[..k])) / _r[k][k];
    }

    /// <summary>result ← Q x (m numbers).</summary>
    public void Multiply(ReadOnlySpan<double> x, Span<double> result)
    {
        result.Clear();
        for (var k = 0; k < Count; k++) Vectors.Add(x[k], _q[k], result);
    }

    /// <summary>result ← Qᵀ a (n numbers).</summary>
    public void MultiplyTransposed(ReadOnlySpan<double> a, Span<double> result)
    {
        for (var k = 0; k < Count; k++) result[k] = Vectors.Dot(_q[k], a);
    }
}
