using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b02, second half: ρ_k² grows monotonically after separation. T3 §5 says so of ∂ρ_k²/∂t, a slip: the rate falls to 0.
/// </summary>
internal static class RateOfGrowthFalls
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b02-rate-grows-monotonically",
        Paper = SourcePapers.TheoryIII,
        Place = "§5, Discussion",
        Equations = ["T3.60"],
        Hypothesis = "Gradient flow under the exponential loss, a deep homogeneous network, data that are separated at some time (§5, "
            + "§12).",
        Statement = "Under separability, for each layer ρ_k² grows monotonically with t, at the same rate irrespectively of k (§5 "
            + "prints ∂ρ_k²/∂t, where §12 derives its sign).",
        SetUp = $"{DeepBalance.Words}, after the data are separated; and the scalar equations of two equal layers, f̃ = "
            + $"{Wording.Text(NormGrowth.F)}, ρ_k(0) = {Wording.Text(NormGrowth.LayerNorm)}, for which ∂ρ_k²/∂t = 2ρe^{{−ρ}}.",
        Expected = "ρ_k² grows between any two observations after separation. From ρ_k² ~ (log t)^{2/K} its rate falls, like "
            + "(2/K)(log t)^{2/K−1}/t.",
        History = ["was ✗ until 2026-11-28, because ∂ρ_k²/∂t of §5 was taken at its word; it is a slip, now with T3 eq. 60"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("Rate of growth of every squared layer norm", new Axis("t", Scale.Exponent), new Axis("dρₖ²/dt", Scale.Log));
        var ratios = new double[5];
        var growing = true;
        var apart = 0.0;
        for (var seed = 0; seed < 5; seed++)
        {
            var (net, risk, _) = DeepBalance.Linear(seed);
            var points = DeepBalance.Gd(context, seed).Skip(1).ToList();
            var layers = points.Select(p => (Rates: DeepBalance.Rates(net, risk, p.Weights(), out var scale), Scale: scale)).ToArray();
            double[] rates = [.. layers.Select(l => l.Rates[0] * Math.Exp(l.Scale))];
            apart = Math.Max(apart, layers.Max(l => (l.Rates.Max() - l.Rates.Min()) / l.Rates.Max(Math.Abs)));
            var separated = points.FindIndex(p => p.Margin > 0);
            judge.Hypothesis.That($"seed {seed}: the data are separated by t = 1e8", separated >= 0);
            if (separated < 0) continue;
            var index = points.FindIndex(p => p.Log10T >= 2 - 1e-9);
            ratios[seed] = rates[^1] / rates[Math.Max(index, separated)];
            for (var i = separated + 1; i < points.Count; i++)
                for (var k = 0; k < net.Layers.Count; k++) growing &= points[i].RhoK[k] > points[i - 1].RhoK[k];
            panel = panel.Line($"seed {seed}", points.Log10T(), [.. rates.Select((r, i) => i < separated ? double.NaN : r)]);
        }
        var scalar = NormGrowth.Run(2).With("observe.at.log10-t={from: -2, to: 8, count: 61}", "flow.until.log10-t=8").Points(context);
        double Rate(FlowPoint p) => 2 * p.Rho * Math.Exp(-p.Rho);
        panel = panel.Predicted("two equal layers, one example", scalar.Log10T(), scalar.Column(Rate), 7);
        panel = panel.Predicted("its law, 1/t", [.. Curves.Exponents(1, 8, 30)], e => Math.Pow(10, -e), 6);
        judge.Measure("rate at t = 1e8 over rate at t = 1e2, seeds 0–4", ratios);
        judge.Printed.That("ρ_k grows between all observations after separation, in every layer of all five networks", growing);
        judge.Printed.AtMost("largest relative difference of the layers' rates", apart, 1e-10);
        judge.Amended("the rate itself, of which §5 says it, falls like 1/t, up to a power of log t")
            .AtMost("largest rate at t = 1e8 over rate at t = 1e2", ratios.Max(), 1e-4);
        judge.Amended("the rate itself, of which §5 says it, falls like 1/t, up to a power of log t")
            .Near("t · dρ_k²/dt at t = 1e8, two equal layers", Rate(scalar[^1]) * 1e8, 1, relative: .1);
        return judge.Outcome(
            holds: "ρ_k² of every layer grows between all observations after separation, and all layers of a network at one rate "
                + $"(relative difference {Wording.Text(apart)}). The rate falls: between t = 1e2 and 1e8 by a factor "
                + $"{Wording.Text(ratios.Min())} to {Wording.Text(ratios.Max())} in five deep networks, and "
                + $"{Wording.Text(Rate(scalar[^1]) / Rate(scalar.AtDecade(2)))} for two equal layers. It is 2Σ y f e^{{−yf}} and goes to "
                + "0 like (log t)^{2/K−1}/t.",
            chart: new Chart(panel), caption: "Once the data are separated (where a line begins) the common rate of the squared norms "
                + "falls for all five networks, as 1/t (two layers) says.");
    }
}
