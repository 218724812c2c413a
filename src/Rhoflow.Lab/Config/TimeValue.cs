using System.Globalization;
using Rhoflow.Flows;

namespace Rhoflow.Lab.Config;

/// <summary>
/// An instant t ≥ 0 exactly as written, also where no double holds it (1e1000).
/// </summary>
/// <param name="T">t; +∞ where it overflows.</param>
/// <param name="Log10T">log10 t; −∞ at 0.</param>
public readonly record struct TimeValue(double T, double Log10T)
{
    /// <summary>t = 0.</summary>
    public static readonly TimeValue Zero = new(0, double.NegativeInfinity);

    /// <summary>10^x.</summary>
    public static TimeValue FromLog10(double log10T) => new(Math.Pow(10, log10T), log10T);

    /// <summary>A time given as t.</summary>
    public static TimeValue FromT(double t) => new(t, Math.Log10(t));

    /// <summary>log t, natural.</summary>
    public double LogT => double.IsFinite(T) && T > 0 ? Math.Log(T) : Log10T * Math.Log(10);

    /// <summary>
    /// The instant, exactly as written. Where t = 10^(log₁₀ t) holds in doubles (what was written as log₁₀ t, and decades written either
    /// way) the exponent is what counts, so that 1e300 and log₁₀ t = 300 are one instant; everything else is the t that was written.
    /// </summary>
    public Instant ToInstant() => T == Math.Pow(10, Log10T) ? Instant.FromLog10T(Log10T) : Instant.FromT(T);

    /// <summary>A decimal number ≥ 0 of any exponent; false if the text is none.</summary>
    public static bool TryParse(string text, out TimeValue value)
    {
        value = default;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var t) || double.IsNaN(t) || t < 0) return false;
        var e = text.IndexOfAny(['e', 'E']);
        if (double.IsFinite(t) && (t > 0 || e < 0))
        {
            value = FromT(t);
            return true;
        }
        // Here double.Parse has overflowed to ∞ or underflowed to 0: mantissa and exponent are taken apart.
        if (e < 0 || !long.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
            return false;
        var mantissa = double.Parse(text.AsSpan(0, e), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(mantissa)) return false;
        value = mantissa == 0 ? Zero : new(t, Math.Log10(mantissa) + exponent);
        return true;
    }

    /// <summary>The shortest text that reads back to the same value.</summary>
    public override string ToString()
    {
        if (double.IsFinite(T) && (T > 0 || double.IsNegativeInfinity(Log10T))) return ConfigWriter.Number(T);
        var exponent = Math.Floor(Log10T);
        var mantissa = Math.Pow(10, Log10T - exponent);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa:R}e{exponent:0}");
    }
}
