using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>The passes of batch normalization over matrices of rows × columns, row-major without gaps; T is float or double.</summary>
public static unsafe class BatchNormalization
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>x̂_rc = (x_rc − μ_c)·s_c, where s_c = 1/√(σ²_c + ε).</summary>
    /// <param name="xHat">May be x itself.</param>
    public static void Normalize<T>(
        int rows, int columns, ReadOnlySpan<T> x, ReadOnlySpan<T> mu, ReadOnlySpan<T> s, Span<T> xHat, Team team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        BatchStatistics.Check(rows, columns, x.Length, mu.Length, s.Length);
        BatchStatistics.Check(rows, columns, xHat.Length, columns, columns);
        var job = team.Job<RowsJob<T>>();
        fixed (T* px = x, pa = mu, pb = s, first = xHat)
        {
            job.X = px;
            job.A = pa;
            job.B = pb;
            job.First = first;
            job.Run(team, rows, columns, [], &NormalizeRows);
        }
    }

    /// <summary>x̂_rc = (x_rc − μ_c)·s_c and y_rc = γ_c x̂_rc + β_c.</summary>
    /// <param name="xHat">What <see cref="Backward{T}"/> needs; may be x itself.</param>
    public static void NormalizeAndScale<T>(
        int rows, int columns, ReadOnlySpan<T> x, ReadOnlySpan<T> mu, ReadOnlySpan<T> s, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta,
        Span<T> xHat, Span<T> y, Team team) where T : unmanaged, IFloatingPointIeee754<T>
    {
        BatchStatistics.Check(rows, columns, x.Length, mu.Length, s.Length);
        BatchStatistics.Check(rows, columns, xHat.Length, gamma.Length, beta.Length);
        BatchStatistics.Check(rows, columns, y.Length, columns, columns);
        var job = team.Job<RowsJob<T>>();
        fixed (T* px = x, pa = mu, pb = s, pc = gamma, pd = beta, first = xHat, second = y)
        {
            job.X = px;
            job.A = pa;
            job.B = pb;
            job.C = pc;
            job.D = pd;
            job.First = first;
            job.Second = second;
            job.Run(team, rows, columns, [], &NormalizeAndScaleRows);
        }
    }

    /// <summary>dx_rc = k_c (dy_rc − a_c − x̂_rc b_c), where k = γ s, a_c is the mean over rows of dy_rc and b_c that of dy_rc x̂_rc.</summary>
    /// <param name="dx">May be dy itself.</param>
    public static void Backward<T>(
        int rows, int columns, ReadOnlySpan<T> xHat, ReadOnlySpan<T> dy, ReadOnlySpan<T> k, ReadOnlySpan<T> a, ReadOnlySpan<T> b,
        Span<T> dx, Team team) where T : unmanaged, IFloatingPointIeee754<T>
    {
        BatchStatistics.Check(rows, columns, xHat.Length, k.Length, a.Length);
        BatchStatistics.Check(rows, columns, dy.Length, b.Length, columns);
        BatchStatistics.Check(rows, columns, dx.Length, columns, columns);
        var job = team.Job<RowsJob<T>>();
        fixed (T* px = xHat, py = dy, pa = a, pb = b, pc = k, first = dx)
        {
            job.X = px;
            job.Y = py;
            job.A = pa;
            job.B = pb;
            job.C = pc;
            job.First = first;
            job.Run(team, rows, columns, [], &BackwardRows);
        }
    }

    [MethodImpl(Hot)]
    private static void NormalizeRows<T>(RowsJob<T> job, int first, int end, double* none) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var columns = job.Columns;
        T* mu = job.A, s = job.B;
        for (var r = first; r < end; r++)
        {
            T* x = job.X + (nint)r * columns, xHat = job.First + (nint)r * columns;
            nint c = 0;
            for (; c <= columns - Vector<T>.Count; c += Vector<T>.Count)
                Vector.Store((Vector.Load(x + c) - Vector.Load(mu + c)) * Vector.Load(s + c), xHat + c);
            for (; c < columns; c++) xHat[c] = (x[c] - mu[c]) * s[c];
        }
    }

    [MethodImpl(Hot)]
    private static void NormalizeAndScaleRows<T>(RowsJob<T> job, int first, int end, double* none) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var columns = job.Columns;
        T* mu = job.A, s = job.B, gamma = job.C, beta = job.D;
        for (var r = first; r < end; r++)
        {
            T* x = job.X + (nint)r * columns, xHat = job.First + (nint)r * columns, y = job.Second + (nint)r * columns;
            nint c = 0;
            for (; c <= columns - Vector<T>.Count; c += Vector<T>.Count)
            {
                var v = (Vector.Load(x + c) - Vector.Load(mu + c)) * Vector.Load(s + c);
                Vector.Store(v, xHat + c);
                Vector.Store(Vector.Load(gamma + c) * v + Vector.Load(beta + c), y + c);
            }
            for (; c < columns; c++)
            {
                xHat[c] = (x[c] - mu[c]) * s[c];
                y[c] = gamma[c] * xHat[c] + beta[c];
            }
        }
    }

    [MethodImpl(Hot)]
    private static void BackwardRows<T>(RowsJob<T> job, int first, int end, double* none) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var columns = job.Columns;
        T* a = job.A, b = job.B, k = job.C;
        for (var r = first; r < end; r++)
        {
            T* xHat = job.X + (nint)r * columns, dy = job.Y + (nint)r * columns, dx = job.First + (nint)r * columns;
            nint c = 0;
            for (; c <= columns - Vector<T>.Count; c += Vector<T>.Count)
            {
                var centred = Vector.Load(dy + c) - Vector.Load(a + c) - Vector.Load(xHat + c) * Vector.Load(b + c);
                Vector.Store(Vector.Load(k + c) * centred, dx + c);
            }
            for (; c < columns; c++) dx[c] = k[c] * (dy[c] - a[c] - xHat[c] * b[c]);
        }
    }
}
