namespace Rhoflow.Limits;

/// <summary>
/// G_a(q) with G_a' = e^q q^−a, q &gt; 0, 0 ≤ a &lt; 2: the integral that times the growth of K layers (a = 2 − 2/K). a = 1 is
/// the logarithmic integral, G_1(q) = Ei(q) = li(e^q); a = 0 is e^q − 1.
/// </summary>
/// <remarks>
/// Up to q = 50 the power series Σ q^{k+1−a}/(k!(k+1−a)), all of whose terms but the first are positive; above, the asymptotic
/// series e^q q^−a Σ a(a+1)…(a+k−1)/q^k, whose smallest term is below 1e-21. Both to full double precision.
/// </remarks>
internal static class GrowthIntegral
{
    private const double EulerGamma = 0.57721566490153286060651209008240243;
    private const double Switch = 50;

    /// <summary>G_a(q); overflows beyond q ≈ 709, where <see cref="Log"/> serves.</summary>
    public static double Value(double a, double q) => q <= Switch ? Series(a, q) : Math.Exp(q) * Math.Pow(q, -a) * Tail(a, q);

    /// <summary>log G_a(q) where G_a(q) &gt; 0.</summary>
    public static double Log(double a, double q) => q <= Switch ? Math.Log(Series(a, q)) : q - a * Math.Log(q) + Math.Log(Tail(a, q));

    private static double Series(double a, double q)
    {
        // k = 0 is q^{1−a}/(1−a), or log q + γ_E where a = 1; it may be negative and is added last.
        double sum = 0, factor = q;                            // q^k/k!
        for (var k = 1; k < 400; k++)
        {
            var term = factor / (k + 1 - a);
            sum += term;
            if (k > q && term < 1e-18 * sum) break;
            factor *= q / (k + 1);
        }
        return a == 1 ? Math.Log(q) + EulerGamma + sum : Math.Pow(q, 1 - a) * (1 / (1 - a) + sum);
    }

    private static double Tail(double a, double q)
    {
        double sum = 1, term = 1;
        for (var k = 0; k < 60; k++)
        {
            var next = term * (a + k) / q;
            if (next >= term || next < 1e-18) break;
            sum += term = next;
        }
        return sum;
    }
}
