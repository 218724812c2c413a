using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b05: the product of K norms grows faster than log t; each norm more slowly than for one layer.</summary>
internal static class DeeperGrowsFaster
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b05-deeper-products-grow-faster",
        Paper = SourcePapers.TheoryIII,
        Place = "theorem 1.7, §12.2, eq. 65, Fig. 3; Theory IIIb §14, Fig. 7",
        Hypothesis = "Gradient flow under the exponential loss, K equal layer norms, one example with f̃ > 0 constant (§12.2).",
        Statement = "For K > 1 the product of the norms diverges faster than logarithmically, while each individual layer diverges more "
            + "slowly than in the one-layer case.",
        SetUp = $"{NormGrowth.Words}, K = {string.Join(", ", NormGrowth.Layers)}, to {Wording.End(NormGrowth.SetUp)}; integration of the "
            + "K norms against the closed form.",
        Expected = "Faster than logarithmically: ρ/log t grows without bound. From Ṙ = K (log R)^{2−2/K} follows ρ = log t + (2 − 2/K) "
            + "log log t + log K + o(1): more than for one layer, but ρ/log t → 1 for every K.",
        Figures = ["theory-iii/figure-03", "theory-iiib/figure-07"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string correction = "same leading order, (2 − 2/K) log log t more",
            grows = "log R outgrows log t: more at t = 1e1000 than at 1e100, more at 1e10000 than at 1e1000";
        double[] decades = [100, 1000, 10000];
        foreach (var k in NormGrowth.Layers)
        {
            var flow = NormGrowth.Flow(context, k);
            var solution = NormGrowth.Solution(k);
            judge.Premise.AtMost($"integration against closed form, K = {k}",
                flow.Max(p => Math.Abs(Math.Exp(p.LogRho) / solution.Rho(p.At.LogT) - 1)), 1e-8);
            if (k == 1) continue;
            double[] ratios = [.. decades.Select(e => flow.AtDecade(e)).Select(p => Math.Exp(p.LogRho) * NormGrowth.F / p.At.LogT)];
            judge.Measure($"log R/log t at t = 1e100, 1e1000, 1e10000, K = {k}", ratios);
            judge.Printed.In($"K = {k}, as a ratio to log t").That(grows, ratios[1] > ratios[0] && ratios[2] > ratios[1]);
            var one = NormGrowth.Flow(context, 1);
            double[] beyond = [.. decades.Select(e => Math.Exp(flow.AtDecade(e).LogRho) - Math.Exp(one.AtDecade(e).LogRho))];
            judge.Measure($"log R above that of one layer at t = 1e100, 1e1000, 1e10000, K = {k}", beyond);
            judge.Amended(correction).In($"K = {k}, as a difference from one layer").That(grows,
                beyond[0] > 0 && beyond[1] > beyond[0] && beyond[2] > beyond[1]);
            judge.Amended(correction)
                .Near($"log R − log t at t = 1e10000, K = {k}", solution.LogR(10000 * Curves.Ln10) - 10000 * Curves.Ln10,
                NormGrowth.Law(k, 10000) - 10000 * Curves.Ln10, absolute: .01);
        }
        double[] layers = [.. NormGrowth.Layers.Select(k => NormGrowth.Flow(context, k).AtDecade(100).RhoK[0])];
        judge.Measure("ρ_k at t = 1e100 for K = 1, 2, 3, 5, 10", layers);
        judge.Printed.That("at t = 1e100 one layer of K has the smaller norm the larger K: "
            + $"{string.Join(", ", layers.Select(v => Wording.Text(v, 4)))}", layers.Zip(layers.Skip(1), (a, b) => b < a).All(x => x));
        var two = judge.Measure("log R/log t at t = 1e100, K = 2", NormGrowth.Solution(2).LogR(100 * Curves.Ln10) / (100 * Curves.Ln10));
        return judge.Outcome(care: "Each layer is slower (ρ_k at t = 1e100 is "
            + $"{string.Join(", ", layers.Select(v => Wording.Text(v, 4)))} for K = 1, 2, 3, 5, 10), and the product is larger, but not "
            + "of a larger order: "
            + $"log R/log t is {two:F4} for K = 2 at t = 1e100 and falls to "
            + $"{NormGrowth.Solution(2).LogR(10000 * Curves.Ln10) / (10000 * Curves.Ln10):F6} at 1e10000. "
            + "Depth adds (2 − 2/K) log log t + log K to ρf̃ = log t, no more.");
    }
}
