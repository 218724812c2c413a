using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>
/// Least squares y ≈ Φw in double precision through Φ = Σ_i s_i u_i v_iᵀ (N × D): the minimum-norm solution, what of w the data cannot see,
/// and any number of gradient steps at once (T3b §6, Fig 4).
/// </summary>
public sealed class FeatureModes
{
    private const double Rounding = 2.220446049250313e-16;

    private readonly double[][] _u, _v;

    private FeatureModes(int examples, int features, double[] singular, double[][] u, double[][] v) =>
        (Examples, Features, SingularValues, _u, _v) = (examples, features, singular, u, v);

    /// <summary>N.</summary>
    public int Examples { get; }

    /// <summary>D.</summary>
    public int Features { get; }

    /// <summary>s_1 ≥ s_2 ≥ … that are not counted as zero: rank many.</summary>
    public IReadOnlyList<double> SingularValues { get; }

    /// <summary>The dimension of the space of w that the data see; D − rank is that of Φ's null space.</summary>
    public int Rank => _v.Length;

    /// <summary>N/s_1²: with larger steps gradient descent on the mean of squares diverges.</summary>
    public double LargestStep => Rank == 0 ? double.PositiveInfinity : Examples / (SingularValues[0] * SingularValues[0]);

    /// <summary>The decomposition of a feature matrix.</summary>
    /// <param name="phi">Φ, N rows of D numbers.</param>
    /// <param name="relativeTolerance">Singular values up to this times s_1 count as zero; null: max(N, D)·2.2e-16.</param>
    /// <exception cref="ArgumentException">No rows, or rows of different lengths.</exception>
    public static FeatureModes Of(double[][] phi, double? relativeTolerance = null)
    {
        if (phi.Length == 0 || phi[0].Length == 0 || phi.Any(r => r.Length != phi[0].Length))
            throw new ArgumentException($"Φ needs rows of one length ≥ 1; {phi.Length} rows with "
                + $"{string.Join(", ", phi.Select(r => r.Length).Distinct())} numbers were given", nameof(phi));
        var svd = DenseMatrix.OfRowArrays(phi).Svd();
        var threshold = (relativeTolerance ?? Math.Max(phi.Length, phi[0].Length) * Rounding) * svd.S[0];
        var singular = svd.S.Where(s => s > threshold).ToArray();
        return new FeatureModes(phi.Length, phi[0].Length, singular,
            [.. singular.Select((_, i) => svd.U.Column(i).ToArray())], [.. singular.Select((_, i) => svd.VT.Row(i).ToArray())]);
    }

    /// <summary>Monomials: N rows 1, x_n, …, x_n^degree.</summary>
    public static double[][] Monomials(IReadOnlyList<double> x, int degree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degree);
        return [.. x.Select(p => Enumerable.Range(0, degree + 1).Select(j => Math.Pow(p, j)).ToArray())];
    }

    /// <summary>
    /// w = Φ⁺y, D numbers. Where s_1/s_rank comes near 1e16 this is limited by rounding and by the tolerance, not by the data: with 76
    /// Chebyshev nodes the test error is 1e-12 … 1e-6 for degrees 40 … 200, where the exact interpolant has 1e-59 … 1e-10, and .12 at 300
    /// instead of .0018 (<see cref="PolynomialRegression.MinimumNorm"/>).
    /// </summary>
    public double[] MinimumNorm(ReadOnlySpan<double> y)
    {
        var w = new double[Features];
        for (var i = 0; i < Rank; i++) Vectors.Add(Vectors.Dot(_u[i], y) / SingularValues[i], _v[i], w);
        return w;
    }

    /// <summary>argmin ‖y − Φw‖² + λ‖w‖², λ ≥ 0; λ → 0 gives <see cref="MinimumNorm"/>.</summary>
    public double[] Ridge(ReadOnlySpan<double> y, double lambda)
    {
        if (!(lambda >= 0)) throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "λ must not be negative");
        var w = new double[Features];
        for (var i = 0; i < Rank; i++)
        {
            var s = SingularValues[i];
            Vectors.Add(s * Vectors.Dot(_u[i], y) / (s * s + lambda), _v[i], w);
        }
        return w;
    }

    /// <summary>P w with P = I − Φ⁺Φ: the part of w in the null space of Φ, which no gradient moves.</summary>
    public double[] NullPart(ReadOnlySpan<double> w)
    {
        var rest = w.ToArray();
        // The second pass takes away what rounding left in the first.
        for (var pass = 0; pass < 2; pass++)
            foreach (var v in _v) Vectors.Add(-Vectors.Dot(v, rest), v, rest);
        return rest;
    }

    /// <summary>
    /// <paramref name="steps"/> steps w ← w − η ∇(1/N)‖Φw − y‖², exactly: along v_i the distance to u_i·y/s_i is multiplied by
    /// (1 − 2ηs_i²/N)^steps, and the null space stays as it is. In place.
    /// </summary>
    /// <param name="w">D numbers.</param>
    /// <param name="y">N numbers.</param>
    /// <param name="step">η, positive and at most <see cref="LargestStep"/>.</param>
    /// <param name="steps">Any number ≥ 0.</param>
    public void Descend(Span<double> w, ReadOnlySpan<double> y, double step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (!(step > 0 && step <= LargestStep))
            throw new ArgumentOutOfRangeException(nameof(step), step, $"gradient descent converges for steps in (0, {LargestStep}]");
        for (var i = 0; i < Rank; i++)
        {
            var s = SingularValues[i];
            var distance = Vectors.Dot(_v[i], w) - Vectors.Dot(_u[i], y) / s;
            Vectors.Add(distance * PowerLess1(2 * step * s * s / Examples, steps), _v[i], w);
        }
    }

    // (1 − x)^n − 1 for 0 < x ≤ 2, without rounding 1 − x where x is tiny.
    private static double PowerLess1(double x, long n)
    {
        if (x < 1) return double.ExpM1(n * double.LogP1(-x));
        var size = Math.Pow(x - 1, n);
        return (n % 2 == 0 ? size : -size) - 1;
    }
}
