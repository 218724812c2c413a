using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// The minimum-norm polynomials of Theory IIIb's figure 6: 76 Chebyshev nodes of sin(2π·4x), 600 equally spaced test points.
/// </summary>
internal static class PolynomialDegrees
{
    /// <summary>N.</summary>
    public const int Nodes = 76;

    /// <summary>The largest degree.</summary>
    public const int Largest = 300;

    private const int TestPoints = 600, Frequency = 4;

    /// <summary>In words, for claims.</summary>
    public static string Words { get; } =
        $"w = Φ⁺y in arithmetic of {PolynomialRegression.DefaultBits} bits, {Nodes} Chebyshev nodes of sin(2π·{Frequency}x), "
        + $"{TestPoints} equally spaced test points with both ends";

    /// <summary>
    /// Odd degrees to 79 (an even monomial does not help to fit an odd function) and every tenth to 300; every single one in full size.
    /// </summary>
    public static int[] Degrees(StudyContext context) =>
        [.. Enumerable.Range(1, Largest).Where(d => context.Full || d % 10 == 0 || (d < 80 && d % 2 == 1))];

    /// <summary>The exact results at <see cref="Degrees"/>.</summary>
    public static readonly SharedResult<DegreeResult[]> Exact = new(static context =>
    {
        context.Progress($"minimum-norm polynomials in {PolynomialRegression.DefaultBits} bits");
        return Sweep(PolynomialRegression.DefaultBits).At(Degrees(context), context.Size(1, Environment.ProcessorCount));
    });

    /// <summary>A sweep with any number of bits.</summary>
    public static DegreeSweep Sweep(int bits)
    {
        BigFloat[] x = Samples.Chebyshev(Nodes, bits), t = Samples.Even(TestPoints, bits);
        return new DegreeSweep(x, Samples.Sine(Frequency, x), t, Samples.Sine(Frequency, t), bits);
    }

    /// <summary>Where the polynomial of a degree errs most, and the share of its summed squared test error that lies there.</summary>
    public static (double[] Points, double Share) LargestErrors(int degree, int count)
    {
        const int bits = PolynomialRegression.DefaultBits;
        BigFloat[] x = Samples.Chebyshev(Nodes, bits), t = Samples.Even(TestPoints, bits), f = Samples.Sine(Frequency, t);
        var polynomial = PolynomialRegression.MinimumNorm(x, Samples.Sine(Frequency, x), degree, bits);
        double[] squares = [.. t.Select((p, i) => (polynomial.At(p) - f[i]).ToDouble() is var e ? e * e : 0)];
        int[] largest = [.. Enumerable.Range(0, squares.Length).OrderByDescending(i => squares[i]).Take(count)];
        return ([.. largest.Select(i => t[i].ToDouble()).Order()], largest.Sum(i => squares[i]) / squares.Sum());
    }

    /// <summary>The same by singular values in double precision: test error and ‖w‖.</summary>
    public static readonly SharedResult<(double TestError, double Norm)[]> Double = new(static context =>
    {
        BigFloat[] nodes = Samples.Chebyshev(Nodes, 128), points = Samples.Even(TestPoints, 128);
        double[] x = Samples.ToDouble(nodes), y = Samples.ToDouble(Samples.Sine(Frequency, nodes)), t = Samples.ToDouble(points), values =
            Samples.ToDouble(Samples.Sine(Frequency, points));
        return Degrees(context).Select(degree =>
        {
            var w = FeatureModes.Of(FeatureModes.Monomials(x, degree)).MinimumNorm(y);
            return (FeatureModes.Monomials(t, degree).Zip(values, (row, f) => Math.Pow(Vectors.Dot(row, w) - f, 2)).Average(),
                Vectors.Norm(w));
        }).ToArray();
    });
}
