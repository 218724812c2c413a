namespace Rhoflow.Lab.Figures;

/// <summary>
/// Fewer points for the same picture: the curve is cut into stretches of equally many points, and of each the lowest and the highest are
/// kept in their order. Unlike taking every n-th point this loses no spike, so an oscillation stays visible.
/// </summary>
public static class Thinning
{
    /// <summary>Points a curve that are drawn at most.</summary>
    public const int Limit = 500;

    /// <summary>Indices of <paramref name="y"/> to keep: ascending, with both ends, at most <paramref name="limit"/> (≥ 4).</summary>
    public static int[] Indices(IReadOnlyList<double> y, int limit = Limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 4);
        if (y.Count <= limit) return [.. Enumerable.Range(0, y.Count)];
        var kept = new SortedSet<int> { 0, y.Count - 1 };
        var stretches = (limit - 2) / 2;
        for (var s = 0; s < stretches; s++)
        {
            var from = 1 + (int)((long)s * (y.Count - 2) / stretches);
            var to = 1 + (int)((long)(s + 1) * (y.Count - 2) / stretches);
            int low = from, high = from;
            for (var i = from; i < to; i++)
            {
                // NaN marks a gap in the line; a stretch that has one keeps it in place of its lowest point.
                if (double.IsNaN(y[i]) || y[i] < y[low]) low = i;
                if (y[i] > y[high] || double.IsNaN(y[high])) high = i;
            }
            kept.Add(low);
            kept.Add(high);
        }
        return [.. kept];
    }
}
