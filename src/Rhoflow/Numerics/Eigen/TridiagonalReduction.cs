using System.Numerics.Tensors;
using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>
/// Qᵀ A Q tridiagonal for a symmetric A, by Householder reflections in blocks (Dongarra, Sorensen and Hammarling 1989): within a block of
/// columns the rest of the matrix is only multiplied with; after the block it is updated by one matrix product. Half of the 4n³/3
/// operations are that product; the other half reads the matrix once per column and is bound by memory.
/// </summary>
internal sealed class TridiagonalReduction
{
    private const int Block = 48, RowsOfTask = 32;

    private readonly double[] _a;
    private readonly int _n;
    private readonly Team _team;
    private readonly Action<int, int> _multiply;

    // v and w of the block's reflections, one after another, each n numbers; and both with the signs and the order that the product needs.
    private readonly double[] _v, _w, _left, _right;
    private double[] _product = [];
    private int _column, _first;

    private TridiagonalReduction(double[] a, int n, Team team)
    {
        (_a, _n, _team, _multiply) = (a, n, team, Multiply);
        (_v, _w, _left, _right) = (new double[Block * n], new double[Block * n], new double[2 * Block * n], new double[2 * Block * n]);
    }

    /// <summary>d and e of the tridiagonal matrix with the same eigenvalues.</summary>
    /// <param name="a">Row-major n × n, both triangles; overwritten.</param>
    /// <param name="n">Rows.</param>
    /// <param name="team">The threads that share the work; no influence on results.</param>
    public static (double[] Diagonal, double[] OffDiagonal) Of(double[] a, int n, Team team, CancellationToken cancellation = default)
    {
        double[] d = new double[n], e = new double[Math.Max(0, n - 1)];
        var reduction = new TridiagonalReduction(a, n, team);
        for (var first = 0; first < n; first += Block)
        {
            var count = Math.Min(Block, n - first);
            for (var i = 0; i < count; i++)
            {
                cancellation.Look();
                reduction.Reduce(first, i, d, e);
            }
            reduction.Update(first + count, count);
        }
        return (d, e);
    }

    // Reflection number i of the block: column c = first + i of the matrix, with what the reflections before it do to it.
    private void Reduce(int first, int i, double[] d, double[] e)
    {
        var c = first + i;
        var column = _w.AsSpan(i * _n, _n);
        _a.AsSpan(c * _n + c, _n - c).CopyTo(column[c..]);
        for (var j = 0; j < i; j++)
        {
            Span<double> v = _v.AsSpan(j * _n, _n), w = _w.AsSpan(j * _n, _n);
            Vectors.Add(-w[c], v[c..], column[c..]);
            Vectors.Add(-v[c], w[c..], column[c..]);
        }
        d[c] = column[c];
        var own = _v.AsSpan(i * _n, _n);
        own.Clear();
        if (c == _n - 1)
        {
            column.Clear();
            return;
        }
        var x = own[(c + 1)..];
        column[(c + 1)..].CopyTo(x);
        column.Clear();
        var beta = Vectors.Norm(x);
        if (Vectors.Norm(x[1..]) == 0)
        {
            // Nothing below the diagonal's neighbour: no reflection.
            e[c] = x[0];
            own.Clear();
            return;
        }
        e[c] = x[0] > 0 ? -beta : beta;
        var head = x[0] - e[c];
        var tau = -head / e[c];
        Vectors.Scale(1 / head, x, x);
        x[0] = 1;

        // w = τ(A v − V Wᵀv − W Vᵀv), less its part along v that makes the two-sided update symmetric.
        (_column, _first, _product) = (i, c + 1, _w);
        _team.Run((_n - c - 1 + RowsOfTask - 1) / RowsOfTask, _multiply);
        var y = column[(c + 1)..];
        for (var j = 0; j < i; j++)
        {
            Span<double> v = _v.AsSpan(j * _n + c + 1, _n - c - 1), w = _w.AsSpan(j * _n + c + 1, _n - c - 1);
            double alongW = Vectors.Dot(w, x), alongV = Vectors.Dot(v, x);
            Vectors.Add(-alongW, v, y);
            Vectors.Add(-alongV, w, y);
        }
        Vectors.Scale(tau, y, y);
        Vectors.Add(-tau / 2 * Vectors.Dot(y, x), x, y);
    }

    // Rows of A v, v the block's newest.
    private void Multiply(int task, int thread)
    {
        var begin = _first + task * RowsOfTask;
        var v = _v.AsSpan(_column * _n + _first, _n - _first);
        for (var r = begin; r < Math.Min(_n, begin + RowsOfTask); r++)
            _product[_column * _n + r] = TensorPrimitives.Dot(_a.AsSpan(r * _n + _first, _n - _first), v);
    }

    // A ← A − V Wᵀ − W Vᵀ after the block.
    private void Update(int from, int count)
    {
        var m = _n - from;
        if (m == 0) return;
        for (var i = 0; i < count; i++)
        {
            ReadOnlySpan<double> v = _v.AsSpan(i * _n + from, m), w = _w.AsSpan(i * _n + from, m);
            TensorPrimitives.Negate(v, _left.AsSpan(i * m, m));
            TensorPrimitives.Negate(w, _left.AsSpan((count + i) * m, m));
            w.CopyTo(_right.AsSpan(i * m, m));
            v.CopyTo(_right.AsSpan((count + i) * m, m));
        }
        Gemm.Multiply<double>(GemmForm.TN, m, m, 2 * count, _left, m, _right, m, _a.AsSpan(from * _n + from), _n, accumulate: true, _team);
    }
}
