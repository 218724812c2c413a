using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b06: R = li⁻¹(ct + C) for two layers, with c = 2f; the K² of T3 eq. 63, 64, 65 is a slip for K.</summary>
internal static class TwoLayerProduct
{
    // Where the network ends, and its product is compared.
    private const int Last = 1000;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b06-two-layer-product",
        Paper = SourcePapers.TheoryIII,
        Place = "eq. 63–65, §12.2; Theory IIIb eq. 55–57; Theoretical issues eq. 19",
        Equations = ["T3.65a", "T3b.57a", "PNAS.19a"],
        Hypothesis = "Gradient flow under the exponential loss, K equal layer norms, one example with f̃ > 0 constant (§12.2).",
        Statement = "Ṙ is a constant times f̃^{2/K} (log R)^{2−2/K}; for two layers R(t) = li⁻¹(ct + C), where li is the logarithmic "
            + "integral. (The constant is K; the K² of eq. 63–65 is a slip, and so is c = 4f̃.)",
        SetUp = NormGrowth.Words + $", K = 2 and 3, t to {Last}, each norm by its own equation 61; beside it a two-layer linear network "
            + "2-3-1 under gradient descent on the example (1, 0), "
            + "started balanced at ρ_k = 0.8.",
        Expected = $"li(R(t)) − li(R(0)) in proportion to t. From eq. 61 itself with equal layers, ρ̇ = f̃ρ^{{K−1}}e^{{−ρ^K f̃}}, so that "
            + $"the constant is K: products at t = {Last} of 9.75103 (K = 2) and 11.06215 (K = 3); with K² 10.53337 and 12.32424.",
        History = ["was ≈ until 2026-11-28, because K² in place of K was judged; it is a slip, now in the table of equations"],
        Figures = ["theory-iii/figure-03"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var logT = 3 * Curves.Ln10;
        var two = NormGrowth.Flow(context, 2).AtDecade(3).Rho;
        var three = NormGrowth.Flow(context, 3).AtDecade(3).Rho;
        var network = NetworkProduct(context);
        judge.Premise.AtMost("two-layer network against the scalar equations, relative", Math.Abs(network / two - 1), 1e-9);
        judge.Printed.Near("product at t = 1000, K = 2", two, NormGrowth.Solution(2).Rho(logT), relative: 1e-9);
        judge.Printed.Near("product at t = 1000, K = 3", three, NormGrowth.Solution(3).Rho(logT), relative: 1e-9);
        // li itself, without the closed form's inversion: li(R(t)) − li(R(0)) over t.
        var points = NormGrowth.Flow(context, 2).Where(p => p.Log10T <= 3).ToList();
        var start = LogarithmicIntegral.OfExp(NormGrowth.LayerNorm * NormGrowth.LayerNorm);
        judge.Printed.AtMost("largest |(li R(t) − li R(0))/(2t) − 1|, t from 1 to 1000",
            points.Where(p => p.T >= 1).Max(p => Math.Abs((LogarithmicIntegral.OfExp(p.Rho) - start) / (2 * p.T) - 1)), 1e-9);
        var difference = judge.Measure("printed minus measured product at t = 1000, K = 2 (log 2 = 0.693 for t → ∞)",
            NormGrowth.Solution(2, printed: true).Rho(logT) - two);

        var panel = new Panel("Product of two and three norms", new Axis("t", Scale.Log), new Axis("ρ = ∏ρₖ"));
        foreach (var k in new[] { 2, 3 })
        {
            var flow = NormGrowth.Flow(context, k).Where(p => p.Log10T <= 4).ToList();
            double[] t = flow.Column(p => p.T);
            panel = panel.Line($"K = {k}, integrated", t, flow.Column(p => p.Rho), k - 2)
                .Predicted($"K = {k}, with K", t, x => NormGrowth.Solution(k).Rho(Math.Log(x)), 7)
                .Predicted($"K = {k}, printed with K²", t, x => NormGrowth.Solution(k, printed: true).Rho(Math.Log(x)), k == 2 ? 5 : 4);
        }
        return judge.Outcome(
            holds: $"The product of two layers is {two:F5} at t = 1000, which is li⁻¹(2f̃t + C); 4f̃ would give "
                + $"{NormGrowth.Solution(2, printed: true).Rho(logT):F5}. For three layers {three:F5} against "
                + $"{NormGrowth.Solution(3, printed: true).Rho(logT):F5}. K² is the flow of tied layers; it contradicts "
                + $"eq. 62 and lifts ρf̃ by log K in the end (here by {difference:F3}).",
            chart: new Chart(panel),
                caption: "The integrated products lie on the law with K; K², as printed, is above them by about log K.");
    }

    private static double NetworkProduct(StudyContext context)
    {
        var net = Network.Linear(2, 3, 1);
        // Aligned and balanced: W_1 = 0.8 u e_1ᵀ, W_2 = 0.8 uᵀ with ‖u‖ = 1, so f̃ = 1 at the start and for ever.
        double[] u = [.6, 0, .8];
        var start = net.Pack([[[.48, 0], [0, 0], [.64, 0]], [[.8 * u[0], .8 * u[1], .8 * u[2]]]]);
        var risk = new EmpiricalRisk(net, Loss.Exponential, new Dataset("one example", [1, 0], [1], 2), Reduction.Sum);
        return new UnconstrainedFlow(risk).From(start, new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
            .At([Instant.FromT(Last)], context.Cancellation).Single().Rho;
    }
}
