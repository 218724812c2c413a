using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rhoflow.Kernels;

/// <summary>
/// Sums over rows of C numbers, channel by channel, in float64: chunks of rows are summed apart and added in their order, so the bits do
/// not depend on the threads.
/// </summary>
internal sealed unsafe class ChannelSums<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkSize = 8192;
    private const int Lanes = 4;

    private readonly int _channels;
    private readonly Chunks _sum, _squares, _products;
    private readonly double[] _partial;           // chunks × (Total, Product) × C
    private readonly int _chunkRows;
    private T* _u, _v;
    private double* _centre;

    public ChannelSums(int channels, int capacityRows, Team team)
    {
        _channels = channels;
        _chunkRows = Math.Max(1, ChunkSize / channels);
        _partial = new double[(capacityRows + _chunkRows - 1) / _chunkRows * 2 * channels];
        (Total, Product) = (new double[channels], new double[channels]);
        (_sum, _squares, _products) = (new Chunks(team, _chunkRows, SumChunk), new Chunks(team, _chunkRows, SquaresChunk),
            new Chunks(team, _chunkRows, ProductsChunk));
    }

    /// <summary>Σ u, or Σ (v − centre)² after <see cref="Squares"/>.</summary>
    public double[] Total { get; }

    /// <summary>Σ u (v − centre).</summary>
    public double[] Product { get; }

    /// <summary>Σ u into <see cref="Total"/>.</summary>
    public void Sum(int rows, ReadOnlySpan<T> u) => Run(_sum, rows, u, u, Total);

    /// <summary>Σ (v − centre)² into <see cref="Total"/>.</summary>
    public void Squares(int rows, ReadOnlySpan<T> v, double[] centre) => Run(_squares, rows, v, v, centre);

    /// <summary>Σ u into <see cref="Total"/> and Σ u (v − centre) into <see cref="Product"/>.</summary>
    public void Products(int rows, ReadOnlySpan<T> u, ReadOnlySpan<T> v, double[] centre)
    {
        Run(_products, rows, u, v, centre);
        Add(Product, _channels, rows);
    }

    private void Run(Chunks chunks, int rows, ReadOnlySpan<T> u, ReadOnlySpan<T> v, double[] centre)
    {
        fixed (T* pu = u, pv = v)
        fixed (double* pc = centre)
        {
            _u = pu;
            _v = pv;
            _centre = pc;
            chunks.Run(rows);
        }
        Add(Total, 0, rows);
    }

    private void Add(double[] sums, int offset, int rows)
    {
        Array.Clear(sums);
        for (var at = offset; at < (rows + _chunkRows - 1) / _chunkRows * 2 * _channels; at += 2 * _channels)
            for (var c = 0; c < _channels; c++) sums[c] += _partial[at + c];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumChunk(int first, int rows, int chunk)
    {
        fixed (double* total = &_partial[chunk * 2 * _channels])
        {
            var c = 0;
            for (; c <= _channels - 2 * Lanes; c += 2 * Lanes)
            {
                Vector256<double> s0 = default, s1 = default;
                var u = _u + (nint)first * _channels + c;
                for (var i = 0; i < rows; i++, u += _channels)
                {
                    s0 += Load(u);
                    s1 += Load(u + Lanes);
                }
                s0.Store(total + c);
                s1.Store(total + c + Lanes);
            }
            for (; c < _channels; c++)
            {
                var s = 0.0;
                for (var i = first; i < first + rows; i++) s += Number(_u, i, c);
                total[c] = s;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SquaresChunk(int first, int rows, int chunk)
    {
        fixed (double* total = &_partial[chunk * 2 * _channels])
        {
            var c = 0;
            for (; c <= _channels - 2 * Lanes; c += 2 * Lanes)
            {
                Vector256<double> s0 = default, s1 = default, m0 = Vector256.Load(_centre + c), m1 = Vector256.Load(_centre + c + Lanes);
                var v = _v + (nint)first * _channels + c;
                for (var i = 0; i < rows; i++, v += _channels)
                {
                    Vector256<double> d0 = Load(v) - m0, d1 = Load(v + Lanes) - m1;
                    s0 = Vector256.FusedMultiplyAdd(d0, d0, s0);
                    s1 = Vector256.FusedMultiplyAdd(d1, d1, s1);
                }
                s0.Store(total + c);
                s1.Store(total + c + Lanes);
            }
            for (; c < _channels; c++)
            {
                var s = 0.0;
                for (var i = first; i < first + rows; i++)
                {
                    var d = Number(_v, i, c) - _centre[c];
                    s += d * d;
                }
                total[c] = s;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ProductsChunk(int first, int rows, int chunk)
    {
        fixed (double* total = &_partial[chunk * 2 * _channels])
        {
            var product = total + _channels;
            var c = 0;
            for (; c <= _channels - 2 * Lanes; c += 2 * Lanes)
            {
                Vector256<double> s0 = default, s1 = default, p0 = default, p1 = default;
                Vector256<double> m0 = Vector256.Load(_centre + c), m1 = Vector256.Load(_centre + c + Lanes);
                T* u = _u + (nint)first * _channels + c, v = _v + (nint)first * _channels + c;
                for (var i = 0; i < rows; i++, u += _channels, v += _channels)
                {
                    Vector256<double> u0 = Load(u), u1 = Load(u + Lanes);
                    s0 += u0;
                    s1 += u1;
                    p0 = Vector256.FusedMultiplyAdd(u0, Load(v) - m0, p0);
                    p1 = Vector256.FusedMultiplyAdd(u1, Load(v + Lanes) - m1, p1);
                }
                s0.Store(total + c);
                s1.Store(total + c + Lanes);
                p0.Store(product + c);
                p1.Store(product + c + Lanes);
            }
            for (; c < _channels; c++)
            {
                double s = 0, p = 0;
                for (var i = first; i < first + rows; i++)
                {
                    var u = Number(_u, i, c);
                    s += u;
                    p += u * (Number(_v, i, c) - _centre[c]);
                }
                (total[c], product[c]) = (s, p);
            }
        }
    }

    private double Number(T* numbers, int row, int c) => double.CreateTruncating(numbers[(nint)row * _channels + c]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(T* numbers)
    {
        if (typeof(T) == typeof(double)) return Vector256.Load((double*)numbers);
        var v = Vector128.Load((float*)numbers);
        return Avx.IsSupported ? Avx.ConvertToVector256Double(v) : Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));
    }
}
