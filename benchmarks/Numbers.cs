using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>Times and rates as people read them.</summary>
internal static class Numbers
{
    private static readonly (double Scale, string Prefix)[] s_small = [(1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n")];
    private static readonly (double Scale, string Prefix)[] s_large = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")];

    /// <summary>"21.5 ms".</summary>
    public static string Seconds(double value)
    {
        var (scale, prefix) = s_small.FirstOrDefault(s => value >= s.Scale * 0.9995, s_small[^1]);
        return $"{Short(value / scale)} {prefix}s";
    }

    /// <summary>"1.72 M/s".</summary>
    public static string Rate(double value)
    {
        var (scale, prefix) = s_large.FirstOrDefault(s => value >= s.Scale * 0.9995, s_large[^1]);
        return $"{Short(value / scale)} {prefix}/s";
    }

    /// <summary>Three digits.</summary>
    public static string Short(double value) =>
        value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
