using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// Least squares for a linear network f = w·x through X = Σ_i s_i u_i v_iᵀ (N × d): the minimum-norm solution w = X⁺y (SQ eq. 24), the
/// limit of the square-loss flow from any start (T3b §11.1), the flow itself, and ridge regression (T3b §13).
/// </summary>
public sealed class MinimumNorm
{
    private readonly double[][] _v;          // right singular vectors, rank of them
    private readonly double[] _uy;           // u_i·y
    private readonly int _inputs;

    private MinimumNorm(int inputs, double[][] v, double[] uy, double[] singular, double threshold)
    {
        (_inputs, _v, _uy, SingularValues, Threshold) = (inputs, v, uy, singular, threshold);
    }

    /// <summary>s_1 ≥ s_2 ≥ …, min(N, d) of them, those below <see cref="Threshold"/> included.</summary>
    public IReadOnlyList<double> SingularValues { get; }

    /// <summary>Singular values up to this, max(N, d)·2.2e-16·s_1 unless chosen otherwise, count as zero.</summary>
    public double Threshold { get; }

    /// <summary>The number of singular values above <see cref="Threshold"/>.</summary>
    public int Rank => _v.Length;

    /// <summary>X⁺y, d numbers: the smallest of the minimizers of Σ (y_n − w·x_n)².</summary>
    public double[] Weights => Combine(static (s, uy) => uy / s);

    /// <summary>The decomposition of a data set.</summary>
    /// <param name="data">Targets may be any numbers; nothing is centred.</param>
    /// <param name="relativeTolerance">Singular values up to this times s_1 count as zero; null: max(N, d)·2.2e-16.</param>
    /// <param name="cancellation">Leaves the decomposition behind.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MinimumNorm Of(Dataset data, double? relativeTolerance = null, CancellationToken cancellation = default)
    {
        double most = Math.Max(data.Count, data.Inputs), least = Math.Min(data.Count, data.Inputs);
        return Unstoppable.Run(10 * most * least * least, () => Decomposed(data, relativeTolerance), cancellation);
    }

    private static MinimumNorm Decomposed(Dataset data, double? relativeTolerance)
    {
        int count = data.Count, d = data.Inputs;
        var x = data.X.ToArray();
        // Squares of 1e-200 or 1e200 leave the range of a double: near 1, and back at the end.
        var largest = x.Max(Math.Abs);
        var exponent = largest is > 0 and (< 1e-100 or > 1e100) ? Math.ILogB(largest) : 0;
        if (exponent != 0)
            foreach (ref var v in x.AsSpan()) v = Math.ScaleB(v, -exponent);
        var transposed = new DenseMatrix(d, count, x);                    // column-major d × N: Xᵀ
        var y = DenseVector.OfArray(data.Y.ToArray());
        // A thin QR first: the singular vectors of the square factor are all that is needed.
        var wide = count < d;
        var qr = (wide ? transposed : transposed.Transpose()).QR(QRMethod.Thin);
        var svd = qr.R.Svd();
        double[] s = [.. svd.S.Select(v => Math.ScaleB(v, exponent))];
        // X = Q R = (Q U) S Vᵀ, or Xᵀ = Q R and X = V S (Q U)ᵀ.
        var u = qr.Q * svd.U;
        var (left, right) = wide ? (svd.VT.Transpose(), u) : (u, svd.VT.Transpose());
        var threshold = (relativeTolerance ?? Math.Max(count, d) * 2.220446049250313e-16) * s[0];
        var rank = s.Count(v => v > threshold);
        var uy = left.TransposeThisAndMultiply(y).ToArray();
        return new MinimumNorm(d, [.. Enumerable.Range(0, rank).Select(i => right.Column(i).ToArray())], uy[..rank], s, threshold);
    }

    /// <summary>
    /// The limit of ẇ = 2 Σ (y_n − w·x_n) x_n from w0: X⁺y + P_null w0. What of w0 lies outside the data's span never moves.
    /// </summary>
    public double[] FlowLimit(ReadOnlySpan<double> w0) => Sum(Weights, NullPart(w0));

    /// <summary>
    /// That flow at time t: coordinate i goes from v_i·w0 to u_i·y/s_i as e^{−2 s_i² t} (the filter of early stopping, T3b §13). For the
    /// mean over examples put t/N.
    /// </summary>
    public double[] Flow(ReadOnlySpan<double> w0, double t)
    {
        var w = NullPart(w0);
        for (var i = 0; i < Rank; i++)
        {
            var s = SingularValues[i];
            var left = -double.ExpM1(-2 * s * s * t);
            Vectors.Add(left * _uy[i] / s + (1 - left) * Vectors.Dot(_v[i], w0), _v[i], w);
        }
        return w;
    }

    /// <summary>argmin Σ (y_n − w·x_n)² + λ‖w‖², λ &gt; 0.</summary>
    public double[] Ridge(double lambda)
    {
        if (!(lambda >= 0)) throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "λ must not be negative");
        return Combine((s, uy) => s * uy / (s * s + lambda));
    }

    /// <summary>(I − X⁺X) w, d numbers.</summary>
    public double[] NullPart(ReadOnlySpan<double> w)
    {
        var rest = w.ToArray();
        for (var pass = 0; pass < 2; pass++)
            foreach (var v in _v) Vectors.Add(-Vectors.Dot(v, rest), v, rest);
        return rest;
    }

    private double[] Combine(Func<double, double, double> coefficient)
    {
        var w = new double[_inputs];
        for (var i = 0; i < Rank; i++) Vectors.Add(coefficient(SingularValues[i], _uy[i]), _v[i], w);
        return w;
    }

    private static double[] Sum(double[] a, double[] b)
    {
        for (var i = 0; i < a.Length; i++) b[i] += a[i];
        return b;
    }
}
