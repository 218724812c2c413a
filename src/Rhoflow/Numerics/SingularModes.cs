using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Rhoflow.Numerics;

/// <summary>
/// X = Σ_i s_i u_i v_iᵀ (N × d) with every s_i to nearly full relative precision, or not at all: what follows exponentials e^{−s_i² t} to
/// any t needs the small s_i as exactly as the large ones. Those of a singular value decomposition in double are known to 2.2e-16·s_1;
/// where that is too little, rotations in extended precision make its result exact (Jacobi's method, one-sided), and what is zero is told
/// from what is small. The entries of X are taken as they are.
/// </summary>
internal sealed class SingularModes
{
    private const double Rounding = 2.220446049250313e-16, Resolved = 1e-4;
    private const long LargestPrecise = 150_000;
    private const int Bits = 256, ZeroBits = 180;

    private SingularModes(double[] singular, double[][] u, double[][] v) => (Values, U, V) = (singular, u, v);

    /// <summary>
    /// s_1 ≥ s_2 ≥ … &gt; 0; of matrices too large for extended precision those above max(N, d)·2.2e-16·s_1.
    /// </summary>
    public double[] Values { get; }

    /// <summary>u_i, N numbers each.</summary>
    public double[][] U { get; }

    /// <summary>v_i, d numbers each.</summary>
    public double[][] V { get; }

    /// <summary>
    /// Null where some s_i between 1e-4 s_1 and rounding would not be precise and the matrix is too large for extended precision.
    /// </summary>
    /// <param name="x">Row-major N × d.</param>
    /// <param name="count">N.</param>
    /// <param name="d">d.</param>
    public static SingularModes? Of(ReadOnlySpan<double> x, int count, int d)
    {
        var rows = x.ToArray();
        var largest = 0.0;
        foreach (var v in rows) largest = Math.Max(largest, Math.Abs(v));
        if (largest == 0) return new SingularModes([], [], []);
        // Squares of 1e-200 or 1e200 leave the range of a double.
        var exponent = largest is < 1e-100 or > 1e100 ? Math.ILogB(largest) : 0;
        if (exponent != 0)
            foreach (ref var v in rows.AsSpan()) v = Math.ScaleB(v, -exponent);

        var transposed = new DenseMatrix(d, count, rows);
        var wide = count < d;
        var qr = (wide ? transposed : transposed.Transpose()).QR(QRMethod.Thin);
        var svd = qr.R.Svd();
        var q = qr.Q * svd.U;
        var (left, right) = wide ? (svd.VT.Transpose(), q) : (q, svd.VT.Transpose());
        double[] s = [.. svd.S];
        var threshold = Math.Max(count, d) * Rounding * s[0];
        var rank = s.Count(value => value > threshold);
        if (s[^1] < Resolved * s[0])
        {
            if ((long)s.Length * s.Length * Math.Max(count, d) <= LargestPrecise)
                return Refine(rows, count, d, [.. (wide ? left : right).EnumerateColumns().Select(static c => c.ToArray())], exponent);
            if (s[rank - 1] < Resolved * s[0]) return null;
        }
        return new SingularModes([.. s[..rank].Select(value => Math.ScaleB(value, exponent))],
            [.. Enumerable.Range(0, rank).Select(i => left.Column(i).ToArray())],
            [.. Enumerable.Range(0, rank).Select(i => right.Column(i).ToArray())]);
    }

    // The shorter side's vectors b_i give a_i = X b_i (or Xᵀb_i), nearly orthogonal; rotations among pairs make them so to 1e-20.
    private static SingularModes Refine(double[] x, int count, int d, double[][] basis, int exponent)
    {
        var wide = count < d;
        int k = basis.Length, length = wide ? d : count, side = wide ? count : d;
        BigFloat[] entries = [.. x.Select(static v => BigFloat.Of(v, Bits))];
        var b = basis.Select(static c => c.Select(static v => BigFloat.Of(v, Bits)).ToArray()).ToArray();
        var a = new BigFloat[k][];
        var row = new BigFloat[side];
        for (var i = 0; i < k; i++)
        {
            a[i] = new BigFloat[length];
            for (var j = 0; j < length; j++)
            {
                for (var m = 0; m < side; m++) row[m] = entries[wide ? m * d + j : j * d + m];
                a[i][j] = BigFloat.Dot(row, b[i]);
            }
        }
        var squares = a.Select(static v => BigFloat.Dot(v, v)).ToArray();
        var rotated = true;
        for (var sweep = 0; rotated && sweep < 60; sweep++)
        {
            rotated = false;
            for (var p = 0; p < k; p++)
                for (var r = p + 1; r < k; r++)
                    rotated |= Rotate(a, b, squares, p, r);
        }
        double[] singular = [.. squares.Select(static v => BigFloat.Sqrt(v).ToDouble())];
        var threshold = Math.ScaleB(singular.Max(), -ZeroBits);
        int[] order = [.. Enumerable.Range(0, k).Where(i => singular[i] > threshold).OrderByDescending(i => singular[i])];
        var inner = order.Select(i => Unit(b[i])).ToArray();
        var outer = order.Select(i => Unit(a[i])).ToArray();
        double[] values = [.. order.Select(i => Math.ScaleB(singular[i], exponent))];
        return wide ? new SingularModes(values, inner, outer) : new SingularModes(values, outer, inner);
    }

    private static bool Rotate(BigFloat[][] a, BigFloat[][] b, BigFloat[] squares, int p, int r)
    {
        var inner = BigFloat.Dot(a[p], a[r]);
        // Of a vector that is zero but for rounding nothing is left to rotate.
        if (inner.Sign == 0 || Math.Abs(squares[p].Magnitude - squares[r].Magnitude) > 2 * ZeroBits
            || 2 * inner.Magnitude < squares[p].Magnitude + squares[r].Magnitude - 136) return false;
        BigFloat one = BigFloat.Of(1, Bits), two = BigFloat.Of(2, Bits);
        // t = tan of the smaller angle that makes them orthogonal: t² + 2ζt − 1 = 0.
        var zeta = (squares[r] - squares[p]) / (two * inner);
        var size = (zeta.Sign < 0 ? -zeta : zeta) + BigFloat.Sqrt(one + zeta * zeta);
        var t = one / (zeta.Sign < 0 ? -size : size);
        var cosine = one / BigFloat.Sqrt(one + t * t);
        var sine = t * cosine;
        foreach (var vectors in new[] { a, b })
        {
            BigFloat[] vp = vectors[p], vr = vectors[r];
            for (var i = 0; i < vp.Length; i++)
                (vp[i], vr[i]) = (cosine * vp[i] - sine * vr[i], sine * vp[i] + cosine * vr[i]);
        }
        (squares[p], squares[r]) = (BigFloat.Dot(a[p], a[p]), BigFloat.Dot(a[r], a[r]));
        return true;
    }

    private static double[] Unit(BigFloat[] v)
    {
        var norm = BigFloat.Sqrt(BigFloat.Dot(v, v));
        return [.. v.Select(x => (x / norm).ToDouble())];
    }
}
