namespace Rhoflow.Lab.Claims;

/// <summary>
/// A correlation that was measured over few pairs, and where the correlation of all such pairs lies with a confidence of 95 %: Fisher's
/// z = artanh r is nearly normal with variance 1/(n − 3) for Pearson's correlation, 1.06/(n − 3) for Spearman's.
/// </summary>
/// <param name="Value">r, measured.</param>
/// <param name="Low">tanh(z − 1.96 σ).</param>
/// <param name="High">tanh(z + 1.96 σ).</param>
/// <param name="Pairs">n, at least 4.</param>
public readonly record struct CorrelationInterval(double Value, double Low, double High, int Pairs)
{
    /// <summary>By which a check that has an interval is told.</summary>
    internal const string Words = "with 95 % confidence";

    private const double Normal = 1.959963984540054;

    /// <summary>Pearson's correlation.</summary>
    /// <exception cref="ArgumentException">Fewer than four pairs, or |r| above 1.</exception>
    public static CorrelationInterval OfPearson(double correlation, int pairs) => Of(correlation, pairs, 1);

    /// <summary>Spearman's rank correlation.</summary>
    /// <exception cref="ArgumentException">Fewer than four pairs, or |r| above 1.</exception>
    public static CorrelationInterval OfSpearman(double correlation, int pairs) => Of(correlation, pairs, 1.06);

    private static CorrelationInterval Of(double r, int pairs, double variance)
    {
        if (pairs < 4) throw new ArgumentException($"{pairs} pairs were given; an interval needs at least 4", nameof(pairs));
        if (Math.Abs(r) > 1) throw new ArgumentException($"{r} is no correlation; it lies between −1 and 1", nameof(r));
        double z = Math.Atanh(r), half = Normal * Math.Sqrt(variance / (pairs - 3));
        return new(r, Math.Tanh(z - half), Math.Tanh(z + half), pairs);
    }

    /// <summary><c>between −0.12 and 0.77 with 95 % confidence, 16 pairs</c>.</summary>
    public override string ToString() => $"between {Text(Low)} and {Text(High)} {Words}, {Pairs} pairs";

    private static string Text(double value) => Check.Text(Math.Round(value, 3)).Replace('-', '−');
}
