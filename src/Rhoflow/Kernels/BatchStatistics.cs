using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>
/// What batch normalization computes over a matrix of rows × columns, row-major without gaps: a column is a feature, or a channel whose
/// rows are all pixels of all examples. Sums are taken in float64.
/// </summary>
public static unsafe class BatchStatistics
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>μ_c = Σ_r x_rc / rows and σ²_c = Σ_r (x_rc − μ_c)² / rows, in two passes.</summary>
    public static void MeansAndVariances<T>(
        int rows, int columns, ReadOnlySpan<T> x, Span<double> means, Span<double> variances, Team team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, x.Length, means.Length, variances.Length);
        var job = team.Job<RowsJob<T>>();
        fixed (T* px = x)
        fixed (double* mean = means)
        {
            job.X = px;
            job.Run(team, rows, columns, means, &Sum);
            foreach (ref var mu in means) mu /= rows;
            job.Mean = mean;
            job.Run(team, rows, columns, variances, &SumOfSquares);
            foreach (ref var variance in variances) variance /= rows;
        }
    }

    /// <summary>Σ_r x_rc.</summary>
    public static void ColumnSums<T>(int rows, int columns, ReadOnlySpan<T> x, Span<double> sums, Team team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, x.Length, sums.Length, columns);
        var job = team.Job<RowsJob<T>>();
        fixed (T* px = x)
        {
            job.X = px;
            job.Run(team, rows, columns, sums, &Sum);
        }
    }

    /// <summary>Σ_r x_rc y_rc.</summary>
    public static void ColumnDots<T>(int rows, int columns, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<double> sums, Team team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(rows, columns, x.Length, sums.Length, columns);
        Check(rows, columns, y.Length, columns, columns);
        var job = team.Job<RowsJob<T>>();
        fixed (T* px = x, py = y)
        {
            job.X = px;
            job.Y = py;
            job.Run(team, rows, columns, sums, &SumOfProducts);
        }
    }

    // A strip of columns at a time, so that sums stay in registers.
    [MethodImpl(Hot)]
    private static void Sum<T>(RowsJob<T> job, int first, int end, double* sums) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = job.Columns, width = Vector<T>.Count, c = 0;
        for (; c + width <= columns; c += width)
        {
            Vector<double> low = default, high = default;
            var x = job.X + (nint)first * columns + c;
            for (var r = first; r < end; r++, x += columns)
            {
                var v = Vector.Load(x);
                low += Wide<T>.Low(v);
                high += Wide<T>.High(v);
            }
            Store<T>(sums + c, low, high);
        }
        for (; c < columns; c++)
            for (var r = first; r < end; r++)
                sums[c] += double.CreateTruncating(job.X[(nint)r * columns + c]);
    }

    [MethodImpl(Hot)]
    private static void SumOfSquares<T>(RowsJob<T> job, int first, int end, double* sums) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = job.Columns, width = Vector<T>.Count, c = 0;
        for (; c + width <= columns; c += width)
        {
            Vector<double> low = default, high = default, meanLow = Vector.Load(job.Mean + c);
            var meanHigh = typeof(T) == typeof(float) ? Vector.Load(job.Mean + c + width / 2) : default;
            var x = job.X + (nint)first * columns + c;
            for (var r = first; r < end; r++, x += columns)
            {
                var v = Vector.Load(x);
                Vector<double> l = Wide<T>.Low(v) - meanLow, h = Wide<T>.High(v) - meanHigh;
                low += l * l;
                high += h * h;
            }
            Store<T>(sums + c, low, high);
        }
        for (; c < columns; c++)
            for (var r = first; r < end; r++)
            {
                var d = double.CreateTruncating(job.X[(nint)r * columns + c]) - job.Mean[c];
                sums[c] += d * d;
            }
    }

    [MethodImpl(Hot)]
    private static void SumOfProducts<T>(RowsJob<T> job, int first, int end, double* sums) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = job.Columns, width = Vector<T>.Count, c = 0;
        for (; c + width <= columns; c += width)
        {
            Vector<double> low = default, high = default;
            T* x = job.X + (nint)first * columns + c, y = job.Y + (nint)first * columns + c;
            for (var r = first; r < end; r++, x += columns, y += columns)
            {
                Vector<T> v = Vector.Load(x), u = Vector.Load(y);
                low += Wide<T>.Low(v) * Wide<T>.Low(u);
                high += Wide<T>.High(v) * Wide<T>.High(u);
            }
            Store<T>(sums + c, low, high);
        }
        for (; c < columns; c++)
            for (var r = first; r < end; r++)
                sums[c] += double.CreateTruncating(job.X[(nint)r * columns + c]) * double.CreateTruncating(job.Y[(nint)r * columns + c]);
    }

    private static void Store<T>(double* sums, Vector<double> low, Vector<double> high) where T : unmanaged
    {
        Vector.Store(low, sums);
        if (typeof(T) == typeof(float)) Vector.Store(high, sums + Vector<double>.Count);
    }

    /// <exception cref="ArgumentException">A matrix or a row of numbers has another size.</exception>
    internal static void Check(int rows, int columns, int matrix, int first, int second)
    {
        if (rows < 0 || columns < 0 || matrix != (long)rows * columns)
            throw new ArgumentException($"{matrix} numbers are no matrix of {rows} × {columns}");
        if (first != columns || second != columns)
            throw new ArgumentException($"{(first != columns ? first : second)} numbers are not one for each of {columns} columns");
    }
}
