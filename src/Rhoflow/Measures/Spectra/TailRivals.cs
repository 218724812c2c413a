using MathNet.Numerics;

namespace Rhoflow.Measures.Spectra;

/// <summary>Two laws for the same tail, compared by their likelihoods.</summary>
/// <param name="LogRatio">R = Σ [log p(x_i) − log q(x_i)], p the power law and q its rival: below 0 the rival is likelier.</param>
/// <param name="Probability">
/// Vuong's 1989 test that R has its sign by chance: erfc(|R|/√(2nv)), v the variance of the n summands (Clauset, Shalizi and Newman 2009,
/// eq. C.6). 1 where both are the same law.
/// </param>
internal readonly record struct TailComparison(double LogRatio, double Probability);

/// <summary>
/// The rivals of a power law on its tail, each fitted there by maximum likelihood: an exponential, e^(−r(x − x_min)), and a lognormal that
/// is cut off below x_min (Clauset, Shalizi and Newman 2009, §5).
/// </summary>
internal static class TailRivals
{
    // Here a lognormal's tail differs from a power law by 1e-6 of its variance: less than the sum over a tail resolves.
    private const double LargestCut = 1000;

    private static readonly double s_logRoot = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>Against r = 1/(mean x − x_min).</summary>
    /// <param name="logs">Logarithms of the values of the tail, in ascending order: the first is log x_min.</param>
    /// <param name="alpha">Of its power law.</param>
    public static TailComparison Exponential(ReadOnlySpan<double> logs, double alpha)
    {
        // In units of x_min nothing overflows that the values themselves do not.
        double mean = 0, start = logs[0];
        foreach (var log in logs) mean += Math.Exp(log - start) - 1;
        mean /= logs.Length;
        var differences = new double[logs.Length];
        for (var i = 0; i < logs.Length; i++)
            differences[i] = Math.Log(alpha - 1) - alpha * (logs[i] - start) + Math.Log(mean) + (Math.Exp(logs[i] - start) - 1) / mean;
        return Vuong(differences);
    }

    /// <summary>
    /// Against the lognormal. Of y = log(x/x_min) a power law has the density a e^(−ay), a lognormal ∝ e^(−ay − by²) with b ≥ 0: the power
    /// law is its limit b = 0, so that R ≤ 0 always, and R = 0 where no b &gt; 0 is likelier, which is so from mean y² = 2(mean y)² on.
    /// </summary>
    /// <remarks>
    /// With Z standard normal, y = s(Z − h) given Z &gt; h. Likelihood equations of this exponential family say that mean and variance are
    /// the sample's: mean = s(λ − h), variance = s²(1 − λ(λ − h)), λ(h) = φ(h)/Q(h) the hazard of the normal law. Their ratio
    /// variance/mean² rises with h from 0 to 1 and gives h.
    /// </remarks>
    /// <inheritdoc cref="Exponential"/>
    public static TailComparison Lognormal(ReadOnlySpan<double> logs, double alpha)
    {
        double start = logs[0], mean = 0, variance = 0;
        foreach (var log in logs) mean += log - start;
        mean /= logs.Length;
        foreach (var log in logs) variance += (log - start - mean) * (log - start - mean);
        var ratio = variance / logs.Length / (mean * mean);
        if (ratio >= Ratio(LargestCut)) return new TailComparison(0, 1);
        double low = -1, high = LargestCut;
        while (Ratio(low) > ratio) low *= 2;
        while (high - low > 1e-13 * Math.Max(1, Math.Abs(low)) && (low + high) / 2 is var h && h > low && h < high)
            if (Ratio(h) < ratio) low = h;
            else high = h;
        var s = mean / Excess(high);
        var logHazard = LogHazard(high);
        var differences = new double[logs.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            var y = (logs[i] - start) / s;
            differences[i] = Math.Log(alpha - 1) - (alpha - 1) * (logs[i] - start) - (logHazard - Math.Log(s) - y * (high + y / 2));
        }
        return Vuong(differences);
    }

    // variance/mean² of Z − h given Z > h.
    private static double Ratio(double h)
    {
        var excess = Excess(h);
        return (1 - (h + excess) * excess) / (excess * excess);
    }

    // E[Z − h | Z > h] = λ(h) − h.
    private static double Excess(double h)
    {
        if (h < 3) return Math.Exp(LogHazard(h)) - h;
        // λ(h) = h + 1/(h + 2/(h + 3/(h + …))), Laplace's continued fraction.
        var fraction = h;
        for (var k = 200; k >= 2; k--) fraction = h + k / fraction;
        return 1 / fraction;
    }

    private static double LogHazard(double h) => h < 3
        ? -h * h / 2 - s_logRoot - Math.Log(0.5 * SpecialFunctions.Erfc(h / Math.Sqrt(2))) : Math.Log(h + Excess(h));

    private static TailComparison Vuong(ReadOnlySpan<double> differences)
    {
        double sum = 0, squares = 0;
        foreach (var d in differences) sum += d;
        var mean = sum / differences.Length;
        foreach (var d in differences) squares += (d - mean) * (d - mean);
        return new TailComparison(sum, squares > 0 ? SpecialFunctions.Erfc(Math.Abs(sum) / Math.Sqrt(2 * squares)) : 1);
    }
}
