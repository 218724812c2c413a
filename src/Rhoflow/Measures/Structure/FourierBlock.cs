using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// One complex matrix B, real and imaginary part apart, with work vectors for Lanczos on BᴴB; a complex vector is read as 2n real numbers.
/// </summary>
internal sealed class FourierBlock
{
    private readonly int _rows, _columns, _stride;
    private readonly double[] _real, _imaginary;
    private readonly NormLanczos _lanczos;
    private readonly Action<double[], double[]> _normal, _realNormal;
    private bool _isReal;

    public FourierBlock(int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        _stride = columns;
        (_real, _imaginary) = (new double[rows * _stride], new double[rows * _stride]);
        _lanczos = new NormLanczos(2 * _stride);
        (_normal, _realNormal) = (Normal, RealNormal);
    }

    /// <summary>Rows × columns.</summary>
    public ReadOnlySpan<double> Real => _real;

    /// <summary>Rows × columns.</summary>
    public ReadOnlySpan<double> Imaginary => _imaginary;

    /// <summary>B ← 0.</summary>
    public void Clear(bool isReal)
    {
        Array.Clear(_real);
        Array.Clear(_imaginary);
        _isReal = isReal;
    }

    /// <summary>B[row, column …] += (cos + i sin) w.</summary>
    public void Add(int row, int column, ReadOnlySpan<double> w, double cos, double sin)
    {
        if (cos != 0) Vectors.Add(cos, w, _real.AsSpan(row * _stride + column, w.Length));
        if (sin != 0) Vectors.Add(sin, w, _imaginary.AsSpan(row * _stride + column, w.Length));
    }

    /// <summary>‖B‖₂.</summary>
    /// <param name="cancellation">Looked at before every product.</param>
    public OperatorNorm Norm(CancellationToken cancellation = default)
    {
        // A doubled spectrum, as real and imaginary parts have it, costs Lanczos no step.
        var most = 20 * Math.Min(_rows, _columns) + 40;
        return _isReal ? _lanczos.Run(_realNormal, most, _stride, cancellation)
            : _lanczos.Run(_normal, most, cancellation: cancellation);
    }

    // z = Bᴴ(Bx), row by row, so that B is read once: y = Σ_j b_j x_j, then z += conj(b) y.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normal(double[] x, double[] z)
    {
        var n = _columns;
        Array.Clear(z);
        Span<double> xr = x.AsSpan(0, n), xi = x.AsSpan(n, n), zr = z.AsSpan(0, n), zi = z.AsSpan(n, n);
        Span<Vector<double>> xrs = MemoryMarshal.Cast<double, Vector<double>>(xr), xis = MemoryMarshal.Cast<double, Vector<double>>(xi);
        Span<Vector<double>> zrs = MemoryMarshal.Cast<double, Vector<double>>(zr), zis = MemoryMarshal.Cast<double, Vector<double>>(zi);
        for (var row = 0; row < _rows; row++)
        {
            Span<double> br = _real.AsSpan(row * n, n), bi = _imaginary.AsSpan(row * n, n);
            Span<Vector<double>> brs = MemoryMarshal.Cast<double, Vector<double>>(br), bis = MemoryMarshal.Cast<double, Vector<double>>(bi);
            Vector<double> rr = default, ii = default, ri = default, ir = default;
            for (var j = 0; j < brs.Length; j++)
            {
                rr = Vector.FusedMultiplyAdd(brs[j], xrs[j], rr);
                ii = Vector.FusedMultiplyAdd(bis[j], xis[j], ii);
                ri = Vector.FusedMultiplyAdd(brs[j], xis[j], ri);
                ir = Vector.FusedMultiplyAdd(bis[j], xrs[j], ir);
            }
            double yr = Vector.Sum(rr - ii), yi = Vector.Sum(ri + ir);
            for (var j = brs.Length * Vector<double>.Count; j < n; j++)
                (yr, yi) = (yr + br[j] * xr[j] - bi[j] * xi[j], yi + br[j] * xi[j] + bi[j] * xr[j]);
            Vector<double> yrs = new(yr), yis = new(yi);
            for (var j = 0; j < brs.Length; j++)
            {
                zrs[j] = Vector.FusedMultiplyAdd(brs[j], yrs, Vector.FusedMultiplyAdd(bis[j], yis, zrs[j]));
                zis[j] = Vector.FusedMultiplyAdd(brs[j], yis, zis[j] - bis[j] * yrs);
            }
            for (var j = brs.Length * Vector<double>.Count; j < n; j++)
                (zr[j], zi[j]) = (zr[j] + br[j] * yr + bi[j] * yi, zi[j] + br[j] * yi - bi[j] * yr);
        }
    }

    private void RealNormal(double[] x, double[] z)
    {
        var n = _columns;
        Array.Clear(z, 0, n);
        for (var row = 0; row < _rows; row++)
        {
            var b = _real.AsSpan(row * n, n);
            Vectors.Add(Vectors.Dot(b, x.AsSpan(0, n)), b, z.AsSpan(0, n));
        }
    }
}
