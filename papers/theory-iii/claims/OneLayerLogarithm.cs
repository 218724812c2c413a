using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b04: one layer, ρ ~ log t; the constant is 1/γ.</summary>
internal static class OneLayerLogarithm
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b04-one-layer-grows-like-log-t",
        Paper = SourcePapers.TheoryIII,
        Place = "theorem 1.7, eq. 65 with K = 1, §12.2; Theory IIIb §14",
        Equations = ["T3.25e", "T3.65c", "T3.78b", "PNAS.20b", "PNAS.22d"],
        Hypothesis = "One layer under the exponential loss, gradient flow, f̃ constant and positive (§12.2: one example; asymptotically "
            + "the normalized margin).",
        Statement = "For one layer R = e^{ρf̃} ~ t, so ρ ~ log t.",
        SetUp = $"(i) {NormGrowth.Words}, K = 1, to {Wording.End(NormGrowth.SetUp)}, closed form and integration; (ii) Iris, setosa "
            + "against the rest, linear, sum of exponential losses, gradient descent from zero to "
            + $"{Wording.End(IrisFlows.GradientDescentFromZero)}; (iii) the same from five Gaussian starts of unit norm.",
        Expected = "ρ f̃/log t → 1, with f̃ the normalized margin (γ = 0.743137 for Iris): ρ ~ (log t)/γ.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var scalar = NormGrowth.Flow(context, 1);
        var solution = NormGrowth.Solution(1);
        judge.Premise.AtMost("integration against R = R_0 + f²t, relative",
            scalar.Max(p => Math.Abs(p.Rho * NormGrowth.F / solution.LogR(p.At.LogT) - 1)), 1e-9);
        judge.Printed.Near("log R/log t at t = 1e100, one example", scalar.AtDecade(100).Rho / scalar.AtDecade(100).At.LogT, 1, 1e-3);
        var iris = IrisFlows.GdFromZero(context);
        var gamma = IrisFlows.Svm.Margin;
        double Ratio(FlowPoint p) => p.Rho * gamma / p.At.LogT;
        judge.Measure("ργ/log t on Iris at t = 1e4, 1e8, 1e16, 1e100, 1e300",
            [.. new[] { 4.0, 8, 16, 100, 300 }.Select(e => Ratio(iris.AtDecade(e)))]);
        judge.Printed.Near("ργ/log t at t = 1e300, Iris", Ratio(iris.AtDecade(300)), 1, .002);
        var seeds = Enumerable.Range(0, 5).Select(seed => IrisFlows.GdFromSeed(context, seed)).ToArray();
        judge.Printed.AtMost("largest |ργ/log t − 1| at t = 1e300, five starts on Iris",
            seeds.Max(s => Math.Abs(Ratio(s.AtDecade(300)) - 1)), .002);
        var constant = iris.AtDecade(300).Rho / iris.AtDecade(300).At.LogT;
        judge.Measure("ρ/log t at t = 1e300, Iris", constant);
        judge.Amended("the constant in ρ ~ log t is 1/γ").Near("slope dρ/d log t between t = 1e200 and 1e300, Iris",
            (iris.AtDecade(300).Rho - iris.AtDecade(200).Rho) / (100 * Curves.Ln10), 1 / gamma, 1e-4);

        var late = iris.Where(p => p.Log10T >= 1).ToList();
        var one = scalar.Where(p => p.Log10T is >= 1 and <= 300).ToList();
        var panel = new Panel("Norm of one layer times its margin", new Axis("t", Scale.Exponent),
            new Axis("ργ / log t", Min: .95, Max: 1.25))
            .Line("Iris, setosa against the rest, from zero", late.Log10T(), late.Column(Ratio), 0)
            .Line("one example, f̃ = 1", one.Log10T(), one.Column(p => p.Rho / p.At.LogT), 2)
            .Predicted("the law: 1", [1, 300], _ => 1, 7);
        return judge.Outcome(
            holds: $"log R/log t is {scalar.AtDecade(100).Rho / scalar.AtDecade(100).At.LogT:F6} at t = 1e100 for one example and ργ/log "
                + $"t is {Ratio(iris.AtDecade(300)):F4} at 1e300 on Iris, from any of six starts. “ρ ~ log t” is meant up to the factor "
                + $"1/γ: on Iris ρ/log t → {1 / gamma:F4}.",
            chart: new Chart(panel), caption: "ργ/log t goes to 1: for one example at once, on Iris with corrections of order 1/log t.");
    }
}
