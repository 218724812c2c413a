namespace Rhoflow.Limits;

/// <summary>
/// ρ(t) of K balanced layers on one example under the exponential loss (T3 eq. 61, 65c): ρ_k ρ̇_k = f̃ ρ e^{−f̃ρ}, ρ = ∏ρ_k = ρ_k^K; with
/// R = e^{ρ f̃} and q = log R = ρ f̃
///   Ṙ = K f̃^{2/K} (log R)^{2−2/K},
/// whose solution is R = R_0 + f̃² t for K = 1, R = li⁻¹(2 f̃ t + li(R_0)) for K = 2, and G_a(q) = G_a(q_0) + K f̃^{2/K} t with G_a' = e^q
/// q^−a, a = 2 − 2/K in general. T3 eq. 65, T3b eq. 57 and PNAS eq. 19 print K² for K (the flow of tied layers); ρ f̃ is then larger by
/// about log K.
/// </summary>
/// <remarks>Time enters as its natural logarithm: log t up to 1e6 and more (t = 1e10000 is log t = 23026) costs nothing.</remarks>
public sealed class NormGrowthSolution
{
    private readonly double _a, _q0, _logRate;

    /// <param name="layers">K ≥ 1.</param>
    /// <param name="f">f̃ &gt; 0, the margin of the normalized network on the example.</param>
    /// <param name="rho0">ρ(0) = ∏ρ_k(0) &gt; 0; equal layers have ρ_k(0) = ρ0^{1/K}.</param>
    /// <param name="printed">True for the equation as printed, with K² in place of K, so that the two can be compared.</param>
    public NormGrowthSolution(int layers, double f, double rho0, bool printed = false)
    {
        if (layers < 1) throw new ArgumentOutOfRangeException(nameof(layers), layers, "a network has at least one layer");
        if (!(f > 0 && double.IsFinite(f)))
            throw new ArgumentOutOfRangeException(nameof(f), f, "the normalized margin f̃ must be positive: without separation ρ shrinks");
        if (!(rho0 > 0 && double.IsFinite(rho0)))
            throw new ArgumentOutOfRangeException(nameof(rho0), rho0, "ρ(0) must be positive: from zero layers nothing grows");
        Layers = layers;
        F = f;
        Rho0 = rho0;
        Printed = printed;
        _a = 2 - 2.0 / layers;
        _q0 = rho0 * f;
        _logRate = (printed ? 2 : 1) * Math.Log(layers) + 2.0 / layers * Math.Log(f);
    }

    /// <summary>Layers that all start at norm <paramref name="layerNorm"/>: ρ(0) = layerNorm^K.</summary>
    public static NormGrowthSolution FromLayers(int layers, double f, double layerNorm, bool printed = false) =>
        new(layers, f, Math.Pow(layerNorm, layers), printed);

    /// <summary>K.</summary>
    public int Layers { get; }

    /// <summary>f̃.</summary>
    public double F { get; }

    /// <summary>ρ(0).</summary>
    public double Rho0 { get; }

    /// <summary>Whether the equation is the printed one.</summary>
    public bool Printed { get; }

    /// <summary>ρ(t) from log t (natural); −∞ is t = 0.</summary>
    public double Rho(double logT) => LogR(logT) / F;

    /// <summary>ρ_k(t) = ρ(t)^{1/K}.</summary>
    public double LayerNorm(double logT) => Math.Pow(Rho(logT), 1.0 / Layers);

    /// <summary>log R(t) = ρ(t) f̃, from log t (natural).</summary>
    public double LogR(double logT)
    {
        if (double.IsNaN(logT)) throw new ArgumentOutOfRangeException(nameof(logT), logT, "log t is not a number");
        var logRise = logT + _logRate;                          // log of the right-hand side's increase, K f^{2/K} t
        if (double.IsNegativeInfinity(logRise)) return _q0;
        if (Layers == 1) return LogAdd(_q0, logRise);           // e^q = e^{q0} + f² t
        if (_q0 > 50) return Logarithmic(LogAdd(GrowthIntegral.Log(_a, _q0), logRise));
        var start = GrowthIntegral.Value(_a, _q0);
        if (logRise > 690) return Logarithmic(logRise);         // |G(q0)| is lost to rounding
        var rise = Math.Exp(logRise);
        return rise + start > 20 ? Logarithmic(Math.Log(rise + start)) : Direct(start, rise);
    }

    /// <summary>log t at which ρ(t) = <paramref name="rho"/>: the inverse of <see cref="Rho"/>, −∞ at ρ(0).</summary>
    public double LogTime(double rho)
    {
        if (!(rho >= Rho0)) throw new ArgumentOutOfRangeException(nameof(rho), rho, $"ρ only grows from ρ(0) = {Rho0}");
        var q = rho * F;
        if (q < 700)
        {
            var rise = GrowthIntegral.Value(_a, q) - GrowthIntegral.Value(_a, _q0);
            return Math.Log(Math.Max(0, rise)) - _logRate;
        }
        var log = GrowthIntegral.Log(_a, q);
        if (_q0 < 50 && GrowthIntegral.Value(_a, _q0) <= 0) return log - _logRate;
        return log + Math.Log(-double.ExpM1(Math.Min(0, GrowthIntegral.Log(_a, _q0) - log))) - _logRate;
    }

    /// <summary>
    /// The law for t → ∞: ρ f̃ = log t + (2 − 2/K) log log t + log(K f̃^{2/K}) + o(1): depth adds a multiple of log log t, no more.
    /// </summary>
    public double AsymptoticLogR(double logT) => logT + _a * Math.Log(logT) + _logRate;

    // G(q) = G(q0) + T where that is at most 20, so q < 6: Newton kept inside a bracket.
    private double Direct(double start, double rise)
    {
        double low = _q0, high = Math.Max(2 * _q0, 1);
        while (GrowthIntegral.Value(_a, high) - start < rise) (low, high) = (high, 2 * high);
        var q = Math.Clamp(_q0 + rise * Math.Exp(-_q0) * Math.Pow(_q0, _a), low, high);
        for (var step = 0; step < 300; step++)
        {
            var error = GrowthIntegral.Value(_a, q) - start - rise;
            if (error > 0) high = q;
            else low = q;
            var next = q - error * Math.Exp(-q) * Math.Pow(q, _a);
            if (!(next > low && next < high)) next = low + (high - low) / 2;
            var moved = Math.Abs(next - q);
            q = next;
            if (moved <= 2e-16 * q) break;
        }
        return q;
    }

    // log G(q) = target, nearly linear in q.
    private double Logarithmic(double target)
    {
        var q = target + _a * Math.Log(Math.Max(1, target));
        for (var step = 0; step < 100; step++)
        {
            var log = GrowthIntegral.Log(_a, q);
            var change = (log - target) / Math.Exp(q - _a * Math.Log(q) - log);
            q -= change;
            if (Math.Abs(change) <= 2e-16 * q) break;
        }
        return Math.Max(q, _q0);
    }

    private static double LogAdd(double a, double b)
    {
        var (high, low) = a > b ? (a, b) : (b, a);
        return high + double.LogP1(Math.Exp(low - high));
    }
}
