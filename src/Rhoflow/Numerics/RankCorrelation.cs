namespace Rhoflow.Numerics;

/// <summary>
/// Spearman's ρ: how far y grows with x, whatever the shape of the relation (which number of a network ranks test errors).
/// </summary>
internal static class RankCorrelation
{
    /// <summary>Pearson's correlation of the ranks, ties sharing the mean of theirs; NaN where all x or all y are equal.</summary>
    /// <exception cref="ArgumentException">Fewer than two points, different lengths, or a number that is not finite.</exception>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        // Reports numbers that are not finite where they stand; ranks would hide them.
        _ = LinearRegression.Correlation(x, y);
        return LinearRegression.Correlation(Ranks(x), Ranks(y));
    }

    /// <summary>1 for the smallest to N for the largest; equal numbers have the mean of the ranks that they fill together.</summary>
    public static double[] Ranks(ReadOnlySpan<double> a)
    {
        var sorted = a.ToArray();
        var order = new int[a.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);
        var ranks = new double[a.Length];
        for (int first = 0, next; first < order.Length; first = next)
        {
            for (next = first + 1; next < order.Length && sorted[next] == sorted[first];) next++;
            for (var i = first; i < next; i++) ranks[order[i]] = (first + next + 1) / 2.0;
        }
        return ranks;
    }
}
