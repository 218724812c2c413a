using System.Numerics.Tensors;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b03: layers that start with equal norms keep them equal; otherwise the differences of squares are kept.</summary>
internal static class LayersStayEqual
{
    // ρ_k(0) of unequal layers, and log₁₀ t at the end.
    private static readonly double[] Two = [1, .3], Three = [1.5, .7, .4];
    private const int Last = 300;

    // ρ_1² − ρ_2² of the two.
    private const double Conserved = .91;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b03-equal-layers-stay-equal",
        Paper = SourcePapers.TheoryIII,
        Place = "§12.1 after eq. 60; §12.2 before eq. 63; Theoretical issues Lemma 2",
        Hypothesis = "Gradient flow under the exponential loss on a deep network that is homogeneous in each layer; equal norms at the "
            + "start, which §12.2 drops.",
        Statement = "If ‖W_1‖ = … = ‖W_K‖ initially, the norms remain equal while growing throughout training (§12.1). “We consider the "
            + "case ρ_1 = ρ_2 = … = ρ_k. This turns out to be true in general (see Equation 60)” (§12.2).",
        History = ["was ✓ until 2026-11-28, because §12.2’s “true in general” was named as a place and not checked"],
        SetUp = $"Scalar equations 61 with f̃ = {Wording.Text(NormGrowth.F)}: two layers from {Wording.Row(Two, zeros: true)}, three from "
            + $"{Wording.Row(Three, zeros: true)}, to t = {Wording.Decade(Last)}; and deep linear networks {DeepBalance.Shape}, seeds "
            + $"0–4, all ‖W_k‖ = 1 at the start, to t = {Wording.Decade(DeepBalance.Last)}. Explicit (DOP853) and implicit (Radau) "
            + "integration compared.",
        Expected = $"Equal starts: ρ_i − ρ_j = 0. Unequal: ρ_1² − ρ_2² = {Wording.Text(Conserved)} for all t, "
            + "hence ρ_2/ρ_1 → 1 only as ρ → ∞.",
        Figures = ["theory-iii/figure-03"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var unequal = Follow(Two, "dop853", context);
        var three = Follow(Three, "dop853", context);
        var radau = Follow(Two, "radau", context);
        judge.Premise.AtMost("two integrators, relative difference of ρ", unequal.Zip(radau, (a, b) => Math.Abs(a.Rho / b.Rho - 1)).Max(),
            1e-8);
        var gap = unequal.Max(p => Math.Abs(Square(p, 0) - Square(p, 1) - Conserved));
        const string conserved = "from other starts the differences ρ_i² − ρ_j² are conserved, so that the norms are equal only as ρ → ∞";
        judge.Amended(conserved).AtMost("|ρ_1² − ρ_2² − 0.91| to t = 1e300, start (1, 0.3)", gap, 1e-10);
        judge.Amended(conserved).AtMost("largest change of ρ_i² − ρ_j², start (1.5, 0.7, 0.4)",
            three.Max(p => Math.Max(Math.Abs(Square(p, 0) - Square(p, 1) - 1.76), Math.Abs(Square(p, 1) - Square(p, 2) - .33))), 1e-10);
        var spreads = new double[5];
        for (var seed = 0; seed < 5; seed++)
        {
            var (_, risk, start) = DeepBalance.Linear(seed, 1, 1, 1);
            spreads[seed] = DeepBalance.Follow(risk, start, context).Max(static p => RelativeSpread(p.RhoK));
        }
        judge.Measure("largest spread of the layer norms, linear networks, seeds 0–4", spreads);
        const string unlike = "largest spread of the layer norms, relative, to t = 1e8";
        judge.Printed.In("equal starts, five deep linear networks").AtMost(unlike, spreads.Max(), 1e-9);
        judge.Printed.In("“in general”: start (1, 0.3)")
            .AtMost(unlike, unequal.Where(static p => p.Log10T <= 8).Max(static p => RelativeSpread(p.RhoK)), 1e-9);
        judge.Amended("equal norms at the start").In("equal starts, five deep linear networks").AtMost(unlike, spreads.Max(), 1e-9);
        double[] ratios = [.. new[] { 0.0, 2, 8, 100, 300 }.Select(d => unequal.AtDecade(d)).Select(p => p.RhoK[1] / p.RhoK[0])];
        judge.Measure("ρ_2/ρ_1 from (1, 0.3) at t = 1, 1e2, 1e8, 1e100, 1e300", ratios);
        judge.Amended(conserved).AtLeast("ρ_2/ρ_1 at t = 1e300, start (1, 0.3)", ratios[^1], .999);

        var early = unequal.Where(p => p.Log10T <= 8).ToList();
        var norms = new Panel("Squared norms of two layers", new Axis("t", Scale.Exponent), new Axis("ρₖ²"));
        norms = norms.Line("ρ₁², from 1", early.Log10T(), early.Column(p => Square(p, 0)), 0)
            .Line("ρ₂², from 0.09", early.Log10T(), early.Column(p => Square(p, 1)), 1)
            .Predicted("ρ₁² − 0.91", early.Log10T(), early.Column(p => Square(p, 0) - Conserved), 7);
        var ratio = new Panel("Ratio of the two norms", new Axis("t", Scale.Exponent), new Axis("ρ₂/ρ₁", Min: 0, Max: 1.05))
            .Line("ρ₂/ρ₁", early.Log10T(), early.Column(p => p.RhoK[1] / p.RhoK[0]), 2)
            .Predicted("√(1 − 0.91/ρ₁²)", early.Log10T(), early.Column(p => Math.Sqrt(1 - Conserved / Square(p, 0))), 7);
        return judge.Outcome(
            care: $"Equal norms stay equal to {Wording.Text(spreads.Max())} in five deep linear networks, and from (1, 0.3) the "
                + $"difference ρ_1² − ρ_2² = 0.91 is kept to {Wording.Text(gap)} up to t = 1e300. So §12.2's “this turns out to be true "
                + $"in general” needs the equal start: from (1, 0.3) the ratio ρ_2/ρ_1 is {ratios[1]:F3} at t = 1e2, {ratios[2]:F3} at "
                + "1e8 and reaches 1 only in the limit.",
            chart: new Chart(norms, ratio),
                caption: "Two layers that start at norms 1 and 0.3: the difference of the squares stands still, the ratio creeps to 1.");
    }

    private static double Square(FlowPoint p, int k) => p.RhoK[k] * p.RhoK[k];

    private static double RelativeSpread(ReadOnlySpan<double> rhoK) =>
        (TensorPrimitives.Max(rhoK) - TensorPrimitives.Min(rhoK)) / TensorPrimitives.Max(rhoK);

    private static IReadOnlyList<FlowPoint> Follow(double[] start, string method, StudyContext context) =>
        NormGrowth.Run(start.Length).With($"flow.rho-k={ConfigWriter.List(start.Select(ConfigWriter.Number))}", $"flow.method={method}",
            $"observe.at.log10-t=[{{from: -2, to: 8, count: 101}}, {{from: 8, to: {Last}, count: 30}}, 100]", $"flow.until.log10-t={Last}")
                .Points(context);
}
