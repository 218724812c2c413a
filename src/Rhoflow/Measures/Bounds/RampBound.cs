namespace Rhoflow.Measures.Bounds;

/// <summary>
/// With probability 1 − δ: L_0(f) ≤ L̂_γ(f) + c1 ρ R_N(F̃) + c2 ε(N, δ), L_0 the expected share of errors and L̂_γ the mean ramp loss on
/// the N training examples (SQ eq. 10, 41, 45; T3 eq. 31, 32), for a margin γ and norms chosen before the data are seen.
/// </summary>
/// <remarks>
/// SQ leaves the constants open. Here they are those of the bound with the empirical average: c1 = 2/γ for two classes and 4C/γ for C
/// outputs (Mohri, Rostamizadeh, Talwalkar 2018, Theorems 5.8 and 9.2; the ramp loss is 1/γ-Lipschitz), c2 = 3 and ε = √(ln(2/δ)/2N). SQ's
/// ε with ln(1/δ) belongs to the expected average. Dividing γ and f by ρ changes nothing: normalized margins go with R_N(F̃).
/// </remarks>
/// <param name="Ramp">L̂_γ.</param>
/// <param name="Complexity">c1 ρ R_N(F̃).</param>
/// <param name="Confidence">c2 ε.</param>
internal readonly record struct RampBound(double Ramp, double Complexity, double Confidence)
{
    /// <summary>The bound on L_0; above 1 it says nothing.</summary>
    public double Total => Ramp + Complexity + Confidence;

    /// <param name="margins">y_n f̃_n, or with classes f̃_y − max f̃_j.</param>
    /// <param name="gamma">γ/ρ &gt; 0.</param>
    /// <param name="rademacher">R_N(F̃), or an upper bound of it; of one output.</param>
    /// <param name="outputs">C; 1 for two classes ±1.</param>
    /// <param name="delta">δ, in (0, 1).</param>
    public static RampBound Of(ReadOnlySpan<double> margins, double gamma, double rademacher, int outputs, double delta)
    {
        if (!(gamma > 0)) throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "the ramp needs a margin γ > 0");
        if (!(delta is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "δ is a probability in (0, 1)");
        var c1 = outputs == 1 ? 2 / gamma : 4 * outputs / gamma;
        return new RampBound(RampLoss(margins, gamma), c1 * rademacher, 3 * Math.Sqrt(Math.Log(2 / delta) / (2 * margins.Length)));
    }

    /// <summary>Mean of 1 for m ≤ 0, 1 − m/γ up to γ, 0 beyond (SQ eq. 41a); the share of m ≤ 0 for γ = 0.</summary>
    public static double RampLoss(ReadOnlySpan<double> margins, double gamma)
    {
        var sum = 0.0;
        foreach (var m in margins) sum += m <= 0 ? 1 : m >= gamma ? 0 : 1 - m / gamma;
        return sum / margins.Length;
    }

    /// <summary>The largest γ that at most the share q of the margins is below: q = 0 the minimum.</summary>
    /// <param name="q">In [0, 1).</param>
    public static double MarginAt(IReadOnlyList<double> margins, double q)
    {
        if (!(q is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(q), q, "a share of examples is in [0, 1)");
        if (q == 0) return margins.Min();
        double[] sorted = [.. margins.Order()];
        return sorted[(int)(q * sorted.Length)];
    }
}
