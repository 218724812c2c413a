using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b37: how long ρ stays small, against ρ(0) and the number of layers.</summary>
internal static class TransientLongerForSmallStarts
{
    // Two examples of margins f with Σf = b, Σf² = c; as in the first reading.
    private const double B = .8, C = .39;
    private static readonly int[] Depths = [2, 3, 4, 6, 10];
    private static readonly double[] Exponents = [-6, -5, -4, -3, -2, -1];

    // How many of these are small starts.
    private const int Small = 4;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b37-transient-longer-for-small-starts",
        Paper = SourcePapers.SquareLoss,
        Place = "§2.3.1; appendix D, eq. 28",
        Hypothesis = "Eq. 28 with ρ(0) ≈ 0 and coefficients Σ y f, Σ f² that change slowly, L layers of equal norm (appendix D).",
        Statement = "The smaller ρ(0) is, the longer it takes ρ to grow, and this phenomenon becomes stronger with a larger number of "
            + "layers L: the transient is longer with more layers and longer with smaller initialization.",
        SetUp = $"ρ̇ = 2Lρ^{{2−2/L}}(b − cρ) with b = Σyf = {Wording.Short(B)}, c = Σf² = {Wording.Short(C)} held fixed. T: time until ρ "
            + $"is half of b/c, for L = {string.Join(", ", Depths)} and ρ(0) = {Wording.Decade(Exponents[0])} … "
            + $"{Wording.Decade(Exponents[^1])}: in closed form, and by integrating the L layer norms (two examples whose margins have "
            + "that b and c).",
        Expected = "For small ρ(0), here to 1e-3, T decreases in ρ(0) for every L and increases in L for every ρ(0), and a tenth of ρ(0) "
            + "lengthens it by a larger factor the larger L is.",
        History = ["was ≈ until 2026-11-28, because starts of ρ(0) = .01 and .1 were judged too: the paper speaks of ρ(0) ≈ 0"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double worst = 0;
        var times = Depths.Select(layers => Exponents.Select(e => HalfTime(layers, Math.Pow(10, e))).ToArray()).ToArray();
        for (var i = 0; i < Depths.Length; i++)
        {
            judge.Measure($"T for L = {Depths[i]}, ρ(0) = 1e-6 … 1e-1", times[i]);
            for (var j = 0; j < Exponents.Length; j++)
                worst = Math.Max(worst, Math.Abs(RhoAt(Depths[i], Math.Pow(10, Exponents[j]), times[i][j], context) / (B / (2 * C)) - 1));
        }
        judge.Premise.AtMost("layer norms integrated to T: largest relative distance of ρ from half of b/c", worst, 1e-6);
        double byStart = times.Max(t => t.Zip(t.Skip(1), static (a, b) => b / a).Max()), byDepth =
            Growth(times, 0, Exponents.Length), small = Growth(times, 0, Small);
        judge.Printed.AtMost("largest ratio of T to that from the next smaller ρ(0)", byStart, 1);
        judge.Printed.AtLeast("least ratio of T to that with the next fewer layers, ρ(0) ≤ 1e-3", small, 1);
        // T(ρ/10)/T(ρ) for ρ ≤ 1e-3: “this phenomenon becomes stronger with a larger number of layers”.
        double[][] lengthening = [.. times.Select(t => Enumerable.Range(0, Small - 1).Select(j => t[j] / t[j + 1]).ToArray())];
        judge.Printed.AtLeast("least ratio of T(ρ/10)/T(ρ) to that with the next fewer layers, ρ ≤ 1e-3",
            Growth(lengthening, 0, Small - 1), 1);
        judge.Amended("from larger starts more layers are faster").AtMost("least ratio of T to that with the next fewer layers, all ρ(0)",
            byDepth, 1);

        double[] drawn = [.. Enumerable.Range(0, 61).Select(static i => -6 + i / 12.0)];
        var panel = new Panel("How long ρ stays small", new Axis("ρ(0)", Scale.Exponent), new Axis("T", Scale.Log));
        for (var i = 0; i < Depths.Length; i++)
        {
            var layers = Depths[i];
            panel = panel.Line($"L = {layers}", drawn, [.. drawn.Select(e => HalfTime(layers, Math.Pow(10, e)))], i);
        }
        var last = times.Select(static t => t[^1]).ToArray();
        return judge.Outcome(chart: new Chart(panel), caption: "Time until ρ is half of its equilibrium. The curves cross near ρ(0) = "
            + "0.01: from larger starts deeper networks are faster.",
            holds: $"From ρ(0) = 1e-6 T = {string.Join(", ", times.Select(t => Wording.Text(t[0])))} for L = 2, 3, 4, 6, 10; from ρ(0) = "
                + $".1 it is {string.Join(", ", last.Select(t => Wording.Text(t)))}: there, where the paper does not speak, more layers "
                + "are faster. A small ρ means layers of ρ^{1/L}, which are not small if L is large.");
    }

    private static double Growth(double[][] times, int from, int to) =>
        Enumerable.Range(from, to - from).SelectMany(j => Enumerable.Range(1, times.Length - 1).Select(i => times[i][j] / times[i - 1][j]))
            .Min();

    /// <summary>
    /// With u = ρ^{1/L}: u̇ = 2u^{L−1}(b − cu^L), and 1/(u^{L−1}(b − cu^L)) = u^{1−L}/b + (1/b) Σ_{m≥1} (c/b)^m u^{1−L+mL}, integrated term
    /// by term; cu^L ≤ b/2.
    /// </summary>
    public static double HalfTime(int layers, double rho)
    {
        double from = Math.Pow(rho, 1.0 / layers), to = Math.Pow(B / (2 * C), 1.0 / layers);
        var sum = 0.0;
        for (var m = 0; m < 60; m++)
        {
            var power = 2 - layers + m * layers;
            var term = power == 0 ? Math.Log(to / from) : (Math.Pow(to, power) - Math.Pow(from, power)) / power;
            sum += Math.Pow(C / B, m) * term;
        }
        return sum / (2 * B);
    }

    // The layers' own equations. Margins f₁ + f₂ = b, f₁² + f₂² = c.
    private static double RhoAt(int layers, double rho, double time, StudyContext context)
    {
        var half = Math.Sqrt(C / 2 - B * B / 4);
        double[] start = [.. Enumerable.Repeat(Math.Pow(rho, 1.0 / layers), layers)];
        return new NormGrowthFlow(layers, [B / 2 + half, B / 2 - half], Loss.Square, Reduction.Sum)
            .From(start, new IntegrationOptions { Tolerance = new(1e-11, 1e-14) }).At([Instant.FromT(time)], context.Cancellation)
            .Single().Rho;
    }
}
