namespace Rhoflow.Limits;

/// <summary>
/// li(R) = ∫_0^R ds/log s and its inverse, through q = log R so that R may be e^23026 and beyond: li(e^q) = Ei(q). The solution of the
/// two-layer growth equation (T3 eq. 65, corrected; T3 eq. 65d).
/// </summary>
public static class LogarithmicIntegral
{
    private const double Switch = 7;

    /// <summary>li(e^q), q &gt; 0; infinite beyond q ≈ 716.</summary>
    public static double OfExp(double q) => GrowthIntegral.Value(1, Positive(q));

    /// <summary>log li(e^q), for q above 0.3725 (R above 1.4513…, where li is positive).</summary>
    public static double LogOfExp(double q) => GrowthIntegral.Log(1, Positive(q));

    /// <summary>log li⁻¹(e^s): the q with log li(e^q) = s.</summary>
    public static double LogInverseOfExp(double s)
    {
        if (double.IsNaN(s)) throw new ArgumentOutOfRangeException(nameof(s), s, "the logarithm is not a number");
        if (s < Switch) return LogInverse(Math.Exp(s));
        var q = s + Math.Log(s);                              // log li(e^q) is nearly linear in q
        for (var step = 0; step < 60; step++)
        {
            var log = GrowthIntegral.Log(1, q);
            var change = (log - s) / Math.Exp(q - Math.Log(q) - log);
            q -= change;
            if (Math.Abs(change) <= 2e-16 * q) break;
        }
        return q;
    }

    /// <summary>log li⁻¹(y) for any real y: the q &gt; 0 with li(e^q) = y.</summary>
    public static double LogInverse(double y)
    {
        if (!double.IsFinite(y)) throw new ArgumentOutOfRangeException(nameof(y), y, "the value must be finite; use the logarithmic form");
        if (y > Math.Exp(Switch)) return LogInverseOfExp(Math.Log(y));
        // In x = log q, li is nearly linear down to −∞.
        double low = -800, high = Math.Log(20), x = 0;
        for (var step = 0; step < 300; step++)
        {
            var q = Math.Exp(x);
            var error = GrowthIntegral.Value(1, q) - y;
            if (error > 0) high = x;
            else low = x;
            var next = x - error * Math.Exp(-q);              // d li/dx = e^q
            if (!(next > low && next < high)) next = low + (high - low) / 2;
            var moved = Math.Abs(next - x);
            x = next;
            if (moved <= 1e-16 * Math.Max(1, Math.Abs(x))) break;
        }
        return Math.Exp(x);
    }

    private static double Positive(double q) =>
        q > 0 ? q : throw new ArgumentOutOfRangeException(nameof(q), q, "li is wanted for R > 1, that is log R > 0");
}
