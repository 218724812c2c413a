namespace Rhoflow.Losses;

/// <summary>The examples that decide the margin, min_n y_n f_n (T3 §6, Fig 9).</summary>
public static class SupportVectors
{
    /// <summary>Examples within this relative distance of the smallest margin count as support vectors.</summary>
    public const double Tolerance = 0.01;

    /// <summary>Margins within this relative distance of each other are one margin: rounding of float64 leaves less.</summary>
    public const double Tie = 1e-9;

    /// <summary>The examples by ascending margin; ties in the order of the data.</summary>
    public static int[] Order(IReadOnlyList<double> margins) => [.. Enumerable.Range(0, margins.Count).OrderBy(n => margins[n])];

    /// <summary>
    /// The examples whose margin is within <see cref="Tolerance"/> of the smallest, ascending by margin; none while one is misclassified.
    /// </summary>
    public static int[] Of(IReadOnlyList<double> margins)
    {
        var smallest = Smallest(margins);
        if (!(smallest > 0)) return [];
        var bound = smallest * (1 + Tolerance);
        return [.. Enumerable.Range(0, margins.Count).Where(n => margins[n] <= bound).OrderBy(n => margins[n])];
    }

    /// <summary>The example with the smallest margin; the first of several.</summary>
    public static int First(IReadOnlyList<double> margins)
    {
        var first = 0;
        for (var n = 1; n < margins.Count; n++)
            if (margins[n] < margins[first]) first = n;
        return first;
    }

    /// <summary>How many examples share the smallest margin, of either sign, within <see cref="Tie"/>.</summary>
    public static int Multiplicity(IReadOnlyList<double> margins)
    {
        var smallest = Smallest(margins);
        return margins.Count(m => m - smallest <= Tie * Math.Abs(smallest));
    }

    /// <summary>How a set of examples differs from an earlier one.</summary>
    /// <returns>How many entered and left, and |A∩B|/|A∪B| (Jaccard), NaN where both are empty.</returns>
    public static (int Entered, int Left, double Jaccard) Change(IReadOnlyCollection<int> now, IReadOnlyCollection<int> before)
    {
        var common = before.ToHashSet();
        common.IntersectWith(now);
        var union = now.Count + before.Count - common.Count;
        return (now.Count - common.Count, before.Count - common.Count, union == 0 ? double.NaN : (double)common.Count / union);
    }

    private static double Smallest(IReadOnlyList<double> margins) => margins[First(margins)];
}
