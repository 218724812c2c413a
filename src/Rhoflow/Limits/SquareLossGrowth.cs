using MathNet.Numerics.Integration;

namespace Rhoflow.Limits;

/// <summary>
/// ρ(t) of K balanced layers under the square loss at a fixed direction (SQ eq. 27, 28; of 27 the last form):
///   ρ̇ = 2K ρ^{2−2/K} (b − ρ c),  b = Σ y_n f̃_n, c = Σ f̃_n²,
/// with the sum over examples (for the mean put t/N). ρ → ρ_eq = b/c. K = 1 is linear, K = 2 exactly logistic; the other depths
/// by quadrature in s = log(ρ/|ρ_eq − ρ|), in which dt/ds = ρ^{2/K−1}/(2K b) is smooth.
/// </summary>
public sealed class SquareLossGrowth
{
    /// <param name="layers">K ≥ 1.</param>
    /// <param name="b">Σ y_n f̃_n &gt; 0: average separability (SQ).</param>
    /// <param name="c">Σ f̃_n² &gt; 0.</param>
    /// <param name="rho0">ρ(0) &gt; 0.</param>
    public SquareLossGrowth(int layers, double b, double c, double rho0)
    {
        if (layers < 1) throw new ArgumentOutOfRangeException(nameof(layers), layers, "a network has at least one layer");
        if (!(b > 0 && double.IsFinite(b)))
            throw new ArgumentOutOfRangeException(nameof(b), b, "Σ y f̃ must be positive (average separability); otherwise ρ falls to 0");
        if (!(c > 0 && double.IsFinite(c))) throw new ArgumentOutOfRangeException(nameof(c), c, "Σ f̃² must be positive");
        if (!(rho0 > 0 && double.IsFinite(rho0))) throw new ArgumentOutOfRangeException(nameof(rho0), rho0, "ρ(0) must be positive");
        (Layers, B, C, Rho0) = (layers, b, c, rho0);
    }

    /// <summary>K.</summary>
    public int Layers { get; }

    /// <summary>Σ y_n f̃_n.</summary>
    public double B { get; }

    /// <summary>Σ f̃_n².</summary>
    public double C { get; }

    /// <summary>ρ(0).</summary>
    public double Rho0 { get; }

    /// <summary>ρ_eq = Σyf̃/Σf̃² (SQ eq. 28a; SQ eq. 7 with λ = 0).</summary>
    public double Equilibrium => B / C;

    /// <summary>
    /// The time at which ρ has come from ρ(0) to <paramref name="rho"/>, which lies between ρ(0) and ρ_eq (or beyond ρ(0): negative times).
    /// </summary>
    public double Time(double rho)
    {
        if (rho == Rho0) return 0;
        if (!(rho > 0) || rho == Equilibrium || rho > Equilibrium != Rho0 > Equilibrium)
            throw new ArgumentOutOfRangeException(nameof(rho), rho,
                $"ρ stays on the side of ρ_eq = {Equilibrium} where it starts, ρ(0) = {Rho0}");
        if (Layers == 1) return -double.LogP1((rho - Rho0) / (Rho0 - Equilibrium)) / (2 * C);
        return TimeBetween(Logit(Rho0), Logit(rho));
    }

    /// <summary>ρ(t), t ≥ 0.</summary>
    public double Rho(double t)
    {
        if (!(t >= 0)) throw new ArgumentOutOfRangeException(nameof(t), t, "time starts at 0");
        if (t == 0 || Rho0 == Equilibrium) return Rho0;
        if (Layers == 1) return Equilibrium + (Rho0 - Equilibrium) * Math.Exp(-2 * C * t);
        var start = Logit(Rho0);
        if (Layers == 2) return FromLogit(start + 4 * B * t);
        // s grows at ṡ = 2K b ρ^{1−2/K}; Newton on t(s), which is increasing and smooth.
        double low = start, high = start + 1;
        while (TimeBetween(start, high) < t)
        {
            (low, high) = (high, start + 2 * (high - start));
            if (high > 1e4) return Equilibrium;                  // nearer to ρ_eq than rounding
        }
        var s = low;
        for (var step = 0; step < 100; step++)
        {
            var error = TimeBetween(start, s) - t;
            if (error > 0) high = s;
            else low = s;
            var next = s - error * 2 * Layers * B * Math.Pow(FromLogit(s), 1 - 2.0 / Layers);
            if (!(next > low && next < high)) next = low + (high - low) / 2;
            var moved = Math.Abs(next - s);
            s = next;
            if (moved <= 1e-14 * (1 + Math.Abs(s))) break;
        }
        return FromLogit(s);
    }

    private double Logit(double rho) => Math.Log(rho / Math.Abs(Equilibrium - rho));

    private double FromLogit(double s) =>
        Rho0 < Equilibrium ? Equilibrium / (1 + Math.Exp(-s)) : Equilibrium / (1 - Math.Exp(-s));

    // ∫ ρ(s)^{2/K−1} ds/(2Kb), over pieces short enough for the rule to be exact to rounding.
    private double TimeBetween(double from, double to)
    {
        var power = 2.0 / Layers - 1;
        var pieces = (int)Math.Clamp(Math.Ceiling(Math.Abs(to - from) / 2), 1, 20_000);
        var sum = 0.0;
        for (var i = 0; i < pieces; i++)
        {
            double a = from + (to - from) * i / pieces, b = from + (to - from) * (i + 1) / pieces;
            sum += GaussLegendreRule.Integrate(s => Math.Pow(FromLogit(s), power), a, b, 20);
        }
        return sum / (2 * Layers * B);
    }
}
