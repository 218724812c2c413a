using Rhoflow.Flows;

namespace Rhoflow.Papers.SetUps;

/// <summary>Observations as columns to draw, and single ones by their decade.</summary>
internal static class Curves
{
    /// <summary>One number per observation.</summary>
    public static double[] Column(this IReadOnlyList<FlowPoint> points, Func<FlowPoint, double> value) => [.. points.Select(value)];

    /// <summary>log₁₀ t of every observation.</summary>
    public static double[] Log10T(this IReadOnlyList<FlowPoint> points) => points.Column(p => p.Log10T);

    /// <summary>The observation at t = 10^<paramref name="decade"/>.</summary>
    public static FlowPoint AtDecade(this IReadOnlyList<FlowPoint> points, double decade) =>
        points.FirstOrDefault(p => p.Log10T == decade)
            ?? throw new ArgumentException($"nothing was observed at t = 1e{decade}", nameof(decade));

    /// <summary>
    /// <paramref name="count"/> exponents evenly spaced from <paramref name="from"/> to <paramref name="to"/>, together with
    /// <paramref name="decades"/>.
    /// </summary>
    public static double[] Exponents(double from, double to, int count, params ReadOnlySpan<double> decades) =>
        [.. Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1)).Concat(decades.ToArray()).Distinct().Order()];

    /// <summary>The instants t = 10^e.</summary>
    public static Instant[] Instants(this IEnumerable<double> exponents) => [.. exponents.Select(Instant.FromLog10T)];

    /// <summary>Natural logarithm of 10.</summary>
    public static readonly double Ln10 = Math.Log(10);
}
