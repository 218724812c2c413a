using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>
/// Polynomials Σ_j w_j x^j through data, in extended precision: of the Vandermonde matrix Φ (N × (d+1), Φ_nj = x_n^j) with its condition
/// number beyond 1e15 no digit survives in double (T3b Fig 6).
/// </summary>
public static class PolynomialRegression
{
    /// <summary>Enough for 76 nodes at any degree: the solve loses about 200 bits.</summary>
    public const int DefaultBits = 384;

    /// <summary>
    /// w = Φ⁺y: for d + 1 ≥ N the interpolant with the least ‖w‖, w = Φᵀα with Kα = y and K = ΦΦᵀ, K_nm = (1 − (x_n x_m)^{d+1})/(1 − x_n
    /// x_m); for d + 1 &lt; N the least-squares polynomial, (ΦᵀΦ) w = Φᵀy.
    /// </summary>
    /// <param name="nodes">x_n, N different numbers.</param>
    /// <param name="targets">y_n, N.</param>
    /// <param name="degree">d ≥ 0.</param>
    /// <param name="precisionBits">The precision of everything in between.</param>
    /// <exception cref="ArgumentException">Lengths that differ, no nodes, or two that coincide (they are named).</exception>
    /// <exception cref="ArithmeticException">The bits do not suffice for the matrix.</exception>
    public static Polynomial MinimumNorm(IReadOnlyList<BigFloat> nodes, IReadOnlyList<BigFloat> targets, int degree,
        int precisionBits = DefaultBits)
    {
        var (x, y) = Check(nodes, targets, degree, precisionBits);
        if (degree + 1 < x.Length) return LeastSquares(x, y, degree);
        var alpha = BigCholesky.Of(new MonomialKernel(x, x).Triangle(degree)).Solve(y);
        return new Polynomial(Moments(x, alpha, degree));
    }

    /// <summary>argmin Σ_n (y_n − p(x_n))² + λ‖w‖²: ((ΦᵀΦ) + λI) w = Φᵀy, or Φᵀ(K + λI)⁻¹y where that is the smaller system.</summary>
    /// <param name="lambda">λ &gt; 0.</param>
    /// <inheritdoc cref="MinimumNorm"/>
    public static Polynomial Ridge(IReadOnlyList<BigFloat> nodes, IReadOnlyList<BigFloat> targets, int degree, BigFloat lambda,
        int precisionBits = DefaultBits)
    {
        if (lambda.Sign <= 0) throw new ArgumentException($"λ must be positive; {lambda} was given", nameof(lambda));
        var (x, y) = Check(nodes, targets, degree, precisionBits);
        var primal = degree + 1 < x.Length;
        var matrix = primal ? Hankel(x, degree) : new MonomialKernel(x, x).Triangle(degree);
        foreach (var row in matrix) row[^1] += lambda.WithBits(precisionBits);
        var cholesky = BigCholesky.Of(matrix);
        return new Polynomial(primal ? cholesky.Solve(Moments(x, y, degree)) : Moments(x, cholesky.Solve(y), degree));
    }

    /// <summary>The least-squares polynomial, d + 1 &lt; N.</summary>
    internal static Polynomial LeastSquares(BigFloat[] x, BigFloat[] y, int degree) =>
        new(BigCholesky.Of(Hankel(x, degree)).Solve(Moments(x, y, degree)));

    /// <summary>Nodes and targets with the given bits.</summary>
    internal static (BigFloat[] X, BigFloat[] Y) Check(IReadOnlyList<BigFloat> nodes, IReadOnlyList<BigFloat> targets, int degree, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degree);
        if (nodes.Count == 0) throw new ArgumentException("a regression needs at least one node", nameof(nodes));
        if (nodes.Count != targets.Count)
            throw new ArgumentException($"{nodes.Count} nodes were given with {targets.Count} targets", nameof(targets));
        BigFloat[] x = [.. nodes.Select(p => p.WithBits(bits))];
        int[] order = [.. Enumerable.Range(0, x.Length).OrderBy(i => x[i])];
        for (var i = 1; i < order.Length; i++)
            if (x[order[i]] == x[order[i - 1]])
                throw new ArgumentException($"nodes {order[i - 1] + 1} and {order[i] + 1} are the same number, {x[order[i]]}",
                    nameof(nodes));
        return (x, [.. targets.Select(p => p.WithBits(bits))]);
    }

    // ΦᵀΦ: (i, j) holds Σ_n x_n^{i+j}.
    private static BigFloat[][] Hankel(BigFloat[] x, int degree)
    {
        var moments = Moments(x, [.. x.Select(p => BigFloat.Of(1, p.Bits))], 2 * degree);
        return [.. Enumerable.Range(0, degree + 1).Select(i => moments[i..(2 * i + 1)])];
    }

    // Φᵀc: Σ_n c_n x_n^j, j = 0 … degree.
    private static BigFloat[] Moments(BigFloat[] x, BigFloat[] c, int degree)
    {
        BigFloat[] power = [.. x.Select(p => BigFloat.Of(1, p.Bits))];
        var moments = new BigFloat[degree + 1];
        for (var j = 0; j <= degree; j++)
        {
            moments[j] = BigFloat.Dot(c, power);
            for (var n = 0; n < x.Length; n++) power[n] *= x[n];
        }
        return moments;
    }
}
