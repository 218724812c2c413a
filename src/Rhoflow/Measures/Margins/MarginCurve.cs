namespace Rhoflow.Measures.Margins;

/// <summary>
/// The margins of all examples in ascending order, as a curve over the share of examples in [0, 1]: the piecewise linear curve through
/// ((n − 1)/(N − 1), m_(n)) (SQ Fig 5, 8). Quantiles are its values: the linear interpolation that NumPy's quantile takes by default.
/// </summary>
internal static class MarginCurve
{
    /// <summary>Longer curves are read off at this many equally spaced shares, the first and the last example among them.</summary>
    public const int LargestLength = 1000;

    /// <summary>How many points the curve of N margins has.</summary>
    public static int Length(int examples) => Math.Min(examples, LargestLength);

    /// <summary>The margins in ascending order.</summary>
    public static double[] Sorted(ReadOnlySpan<double> margins)
    {
        var sorted = margins.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>The curve's value at the share q ∈ [0, 1].</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="q">0: the smallest; 0.5: the median; 1: the largest.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double q)
    {
        if (!(q is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(q), q, "a share of the examples lies between 0 and 1");
        var place = q * (sorted.Length - 1);
        var below = Math.Min((int)place, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        var part = place - below;
        return part == 0 ? sorted[below] : sorted[below] * (1 - part) + sorted[above] * part;
    }

    /// <summary>The curve itself: all margins, or <see cref="LargestLength"/> of its quantiles.</summary>
    public static double[] Thinned(ReadOnlySpan<double> sorted)
    {
        var curve = new double[Length(sorted.Length)];
        for (var i = 0; i < curve.Length; i++)
            curve[i] = curve.Length == sorted.Length ? sorted[i] : Quantile(sorted, i / (curve.Length - 1.0));
        return curve;
    }

    /// <summary>The area under the curve: the mean margin, but for half the distance of the two ends over N − 1.</summary>
    public static double Area(ReadOnlySpan<double> sorted)
    {
        if (sorted.Length == 1) return sorted[0];
        var sum = 0.0;
        for (var n = 1; n < sorted.Length; n++) sum += (sorted[n - 1] + sorted[n]) / 2;
        return sum / (sorted.Length - 1);
    }
}
