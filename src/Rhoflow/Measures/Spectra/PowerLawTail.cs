namespace Rhoflow.Measures.Spectra;

/// <summary>
/// A power law p(x) ∝ x^(−α) for x ≥ x_min, fitted to the largest of some positive numbers (Clauset, Shalizi and Newman 2009, §3):
/// α by maximum likelihood (their eq. 3.1), x_min where the Kolmogorov–Smirnov distance between the tail and its fit is least (their §3.3).
/// </summary>
/// <param name="Alpha">α = 1 + n/Σ log(x_i/x_min), over the n values of the tail.</param>
/// <param name="LogStart">log x_min, of one of the values.</param>
/// <param name="Count">n, with x_min itself.</param>
/// <param name="Distance">sup |S(x) − P(x)| over x ≥ x_min: S of the values, at both sides of a step, P(x) = 1 − (x/x_min)^(1−α).</param>
internal readonly record struct PowerLawTail(double Alpha, double LogStart, int Count, double Distance)
{
    /// <summary>A tail of fewer values is not fitted: its α would be uncertain by more than a third.</summary>
    public const int LeastCount = 10;

    /// <summary>The standard error (α − 1)/√n of α (their eq. 3.2), x_min taken as known.</summary>
    public double Error => (Alpha - 1) / Math.Sqrt(Count);

    /// <summary>The best of the fits that begin at each of the values; null where no tail has ten, or all of them are equal.</summary>
    /// <param name="logs">Logarithms of the values, in ascending order.</param>
    public static PowerLawTail? Of(ReadOnlySpan<double> logs)
    {
        PowerLawTail? best = null;
        var (above, least) = (0.0, double.PositiveInfinity);
        // Sums over the tail are taken of log x − log x_last, so that nothing cancels where all values are large.
        for (var i = logs.Length - 1; i >= 0; i--)
        {
            above += logs[i] - logs[^1];
            var count = logs.Length - i;
            // Equal values belong to one tail together.
            if (count < LeastCount || i > 0 && logs[i - 1] == logs[i]) continue;
            var sum = above - count * (logs[i] - logs[^1]);
            if (sum <= 0) continue;
            var exponent = count / sum;
            var distance = KolmogorovSmirnov(logs[i..], exponent, least);
            if (distance >= least) continue;
            least = distance;
            best = new PowerLawTail(1 + exponent, logs[i], count, distance);
        }
        return best;
    }

    // The distance, or any number that is at least `enough` as soon as it is known to be that. S and P both rise, so that two points bound
    // what lies between them: of n values about √n are looked at.
    private static double KolmogorovSmirnov(ReadOnlySpan<double> tail, double exponent, double enough)
    {
        var (first, last) = (At(tail, 0, exponent), At(tail, tail.Length - 1, exponent));
        var largest = Math.Max(Gap(0, first, tail.Length), Gap(tail.Length - 1, last, tail.Length));
        Between(tail, exponent, 0, first, tail.Length - 1, last, enough, ref largest);
        return largest;
    }

    private static void Between(ReadOnlySpan<double> tail, double exponent, int low, double atLow, int high, double atHigh, double enough,
        ref double largest)
    {
        double n = tail.Length;
        if (high - low < 2 || largest >= enough || Math.Max(high / n - atLow, atHigh - (low + 1) / n) <= largest) return;
        var middle = (low + high) / 2;
        var at = At(tail, middle, exponent);
        largest = Math.Max(largest, Gap(middle, at, tail.Length));
        Between(tail, exponent, low, atLow, middle, at, enough, ref largest);
        Between(tail, exponent, middle, at, high, atHigh, enough, ref largest);
    }

    private static double At(ReadOnlySpan<double> tail, int j, double exponent) => 1 - Math.Exp(-exponent * (tail[j] - tail[0]));

    private static double Gap(int j, double at, int count) => Math.Max(at - (double)j / count, (j + 1.0) / count - at);
}
