using System.Globalization;

namespace Rhoflow.Flows;

/// <summary>
/// A time t ≥ 0 that may overflow a double: kept as u = log(1 + t), which is regular at 0 and grows to 23026 at t = 1e10000,
/// together with t and log₁₀ t exactly as they were given.
/// </summary>
public readonly record struct Instant : IComparable<Instant>
{
    private static readonly double Ln10 = Math.Log(10);

    private Instant(double u, double t, double log10T) => (U, T, Log10T) = (u, t, log10T);

    /// <summary>u = log(1 + t).</summary>
    public double U { get; }

    /// <summary>t; +∞ from about 1.8e308 on.</summary>
    public double T { get; }

    /// <summary>log₁₀ t; −∞ at t = 0.</summary>
    public double Log10T { get; }

    /// <summary>log t, natural; −∞ at t = 0.</summary>
    public double LogT => U > 40 ? U : Math.Log(T);

    /// <summary>t = 0.</summary>
    public static Instant Zero { get; } = FromT(0);

    /// <summary>The instant of t, kept as given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">t is negative, infinite or NaN.</exception>
    public static Instant FromT(double t)
    {
        if (!(t >= 0)) throw new ArgumentOutOfRangeException(nameof(t), t, "a time must be ≥ 0");
        if (double.IsInfinity(t))
            throw new ArgumentOutOfRangeException(nameof(t), t, "a time must be finite; beyond 1.8e308 give its logarithm (FromLog10T)");
        return new Instant(Log1p(t), t, Math.Log10(t));
    }

    /// <summary>The instant with that log₁₀ t, kept as given; −∞ is t = 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">log₁₀ t is +∞ or NaN.</exception>
    public static Instant FromLog10T(double log10T)
    {
        if (double.IsNaN(log10T) || double.IsPositiveInfinity(log10T))
            throw new ArgumentOutOfRangeException(nameof(log10T), log10T, "log10 t must be a number, or −∞ for t = 0");
        var t = Math.Pow(10, log10T);
        return new Instant(log10T > 17 ? log10T * Ln10 : Log1p(t), t, log10T);
    }

    /// <summary>The instant with log(1 + t) = u.</summary>
    public static Instant FromU(double u)
    {
        if (!(u >= 0)) throw new ArgumentOutOfRangeException(nameof(u), u, "log(1 + t) must be ≥ 0");
        var t = u > 1 ? Math.Exp(u) - 1 : 2 * Math.Sinh(u / 2) * Math.Exp(u / 2);      // e^u − 1 without cancellation
        return new Instant(u, t, u > 40 ? u / Ln10 : Math.Log10(t));
    }

    /// <summary>The instant of these three numbers, which another had: a checkpoint's.</summary>
    internal static Instant Exactly(double u, double t, double log10T) => new(u, t, log10T);

    /// <summary>By u.</summary>
    public int CompareTo(Instant other) => U.CompareTo(other.U);

    /// <summary>"t = 1000", or "t = 10^400" beyond the range of a double.</summary>
    public override string ToString() => double.IsFinite(T)
        ? string.Create(CultureInfo.InvariantCulture, $"t = {T:g6}")
        : string.Create(CultureInfo.InvariantCulture, $"t = 10^{Log10T:g6}");

    private static double Log1p(double t)
    {
        var w = 1 + t;
        return w == 1 ? t : double.IsInfinity(w) ? double.PositiveInfinity : Math.Log(w) * (t > 1e15 ? 1 : t / (w - 1));
    }
}
