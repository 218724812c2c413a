using System.Globalization;

namespace Rhoflow.Lab.Figures;

/// <summary>Where a logarithmic axis has its ticks: at powers of ten, so that these are never the ones that are left out.</summary>
internal static class LogTicks
{
    /// <summary>
    /// Ticks within the range of the positive <paramref name="values"/>: powers of ten (every second, fifth … over many decades), with
    /// 2 and 5 times them over fewer than three decades; none under half a decade, where even steps serve better.
    /// </summary>
    public static IReadOnlyList<double> Of(IEnumerable<double> values)
    {
        var drawn = values.Where(v => v > 0 && double.IsFinite(v)).ToList();
        if (drawn.Count == 0) return [];
        double low = Math.Log10(drawn.Min()), high = Math.Log10(drawn.Max());
        var decades = high - low;
        if (decades < 0.5) return [];
        int[] steps = [1, 2, 5, 10, 20, 50, 100];
        var step = steps.FirstOrDefault(s => decades / s <= 9, 100);
        int[] within = decades < 3 ? [1, 2, 5] : [1];
        return [.. Enumerable.Range((int)Math.Floor(low / step), (int)Math.Ceiling(decades / step) + 2)
            .SelectMany(k => within.Select(m => double.Parse($"{m}e{k * step}", CultureInfo.InvariantCulture)))
            .Where(t => t > 0 && double.IsFinite(t) && Math.Log10(t) >= low - 1e-9 && Math.Log10(t) <= high + 1e-9)];
    }
}
