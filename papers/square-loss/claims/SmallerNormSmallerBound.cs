using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b134: Observation 3 on trained networks: the bound of eq. 10, 41 orders minimizers by ρ, and holds.</summary>
internal static class SmallerNormSmallerBound
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b134-smaller-norm-smaller-bound",
        Title = "The bound of the expected error is smaller for smaller ρ",
        Paper = SourcePapers.SquareLoss,
        Place = "Observation 3, eq. 10; appendix F, eq. 41–45; Lemma 1.1",
        Hypothesis = "Minimizers of the square loss with nearly zero loss, the same network, the same data, with probability 1 − δ over "
            + "them (eq. 41 has the empirical error, which eq. 10 leaves out as the same for both).",
        Statement = "L(f) ≤ c1 ρ R_N(F̃) + c2 ε(N, δ): “for the same network and the same data, the upper bound for the expected error of "
            + "the minimizer is smaller for smaller ρ”.",
        SetUp = WeightSetting.SetUp + ". Networks without batch normalization (its shifts are outside the theorem): "
            + $"{string.Join(", ", WeightSetting.NormsOfBounds.Select(static s => s.Name))}. The bound is eq. 41 with the ramp loss at the "
            + "margin γ that 10 % of the examples are below, c1 = 2/γ, c2 = 3, δ = 5 %, R_N(F̃) ≤ (√(2 ln 2 · 4) + 1)‖X‖_F/N; all pairs "
            + "that fit on the same images, more than 1 % apart in ρ. The theorem is for γ and norms chosen beforehand.",
        Expected = "In every pair the network of smaller ρ has the smaller bound.",
        FullRuns = WeightSetting.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        var panels = new List<Panel>();
        foreach (var (name, nets) in BoundedNets.Sets(context))
        {
            (BoundedNet Small, BoundedNet Large)[] pairs =
                [.. nets.SelectMany(a => nets.Where(b => b.Seed == a.Seed && b.Rho > 1.01 * a.Rho).Select(b => (a, b)))];
            var ordered = pairs.Count(static p => p.Small.Bound < p.Large.Bound);
            judge.Hypothesis.AtLeast($"{name}: networks that fit, in settings of which some do", nets.Count, 10);
            judge.Hypothesis.AtLeast($"{name}: largest ρ over the smallest, on the same images", nets.GroupBy(static n => n.Seed)
                .Min(static g => g.Max(static n => n.Rho) / g.Min(static n => n.Rho)), 1.5);
            judge.Measure($"{name}: pairs on the same images", pairs.Length);
            judge.Measure($"{name}: ρ, least and greatest", nets.Min(static n => n.Rho), nets.Max(static n => n.Rho));
            judge.Measure($"{name}: the bound, least and greatest", nets.Min(static n => n.Bound), nets.Max(static n => n.Bound));
            judge.Printed.In(name).AtLeast("share of pairs whose bounds are ordered as ρ", ordered / (double)pairs.Length, 1);
            judge.Measure($"{name}: largest test error less the bound", nets.Max(static n => n.TestError - n.Bound));
            judge.Measure($"{name}: γ of f, least and greatest", nets.Min(Margin), nets.Max(Margin));
            judge.Measure($"{name}: share of pairs whose test errors are ordered as ρ (ties count half)",
                pairs.Average(static p => p.Small.TestError < p.Large.TestError ? 1 : p.Small.TestError == p.Large.TestError ? .5 : 0));
            texts.Add($"{name}: {ordered} of {pairs.Length} pairs are ordered as ρ, the bound is between "
                + $"{Wording.Text(nets.Min(static n => n.Bound))} and {Wording.Text(nets.Max(static n => n.Bound))}, γ between "
                + $"{Wording.Text(nets.Min(Margin))} and {Wording.Text(nets.Max(Margin))}");
            var panel = new Panel($"The bound, {name}", new Axis("ρ", Scale.Log), new Axis("bound of the error", Scale.Log));
            foreach (var (setting, i) in nets.Select(static n => n.Setting).Distinct().Select(static (s, i) => (s, i)))
                panel = panel.Points(setting, [.. nets.Where(n => n.Setting == setting).Select(static n => n.Rho)],
                    [.. nets.Where(n => n.Setting == setting).Select(static n => n.Bound)], i);
            panels.Add(panel.Level("says nothing above", 1));
        }
        var text = "This holds of the bound only: it is Aρ/γ + ε, and where the data are fitted γ is about 1, so that the order is nearly "
            + $"an identity (b141). {string.Join("; ", texts)}. Above 1 a bound says nothing about the error, and no error can exceed it; "
            + "what ρ has to do with errors is b135.";
        return judge.Outcome(holds: text, care: text, fails: text, chart: new Chart([.. panels]),
            caption: "A dot a network that fits, five seeds. An error of 1 is bounded by 1 without any theory.");
    }

    // γ of eq. 41 for f: that of f̃ = f/ρ is kept.
    private static double Margin(BoundedNet net) => net.Rho * net.Run.Last("margin_q10");
}
