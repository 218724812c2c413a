namespace Rhoflow.Measures.Curvature;

/// <summary>
/// Numbers that are computed over e^s, as themselves: v e^s wherever a double holds that, and the logarithm of its size and its sign
/// everywhere.
/// </summary>
internal static class Sizes
{
    /// <summary>v e^s; NaN where that leaves the range of (normal) doubles, 0 for v = 0.</summary>
    public static double Times(double v, double s)
    {
        // e^s itself may overflow where the product does not.
        var value = v * Math.Exp(s / 2) * Math.Exp(s / 2);
        if (Math.Abs(s) < 700) value = v * Math.Exp(s);
        return v == 0 || double.IsNaN(v) ? v : double.IsNormal(value) ? value : double.NaN;
    }

    /// <summary>log₁₀ |v e^s|; −∞ for 0.</summary>
    public static double Log10(double v, double s) => (Math.Log(Math.Abs(v)) + s) / Math.Log(10);

    /// <summary>v e^s, log₁₀ of its size (NaN for 0), and its sign.</summary>
    public static double[] Of(double v, double s) =>
        double.IsNaN(v) ? [v, v, v] : [Times(v, s), v == 0 ? double.NaN : Log10(v, s), Math.Sign(v)];

    /// <summary>The names of these columns.</summary>
    public static string[] Names(string name) => [name, "log10_abs_" + name, name + "_sign"];

    /// <summary>Whether e^s times numbers up to this size are doubles, so that a row of them needs no scale of its own.</summary>
    public static bool Hold(double largest, double s) => largest == 0 || Math.Abs(Math.Log(largest) + s) < 690;
}
