using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b135: whether ρ, and bounds in general, order the test errors of networks trained with the square loss.</summary>
internal static class NormControlsTheError
{
    private static readonly (string Name, string Column)[] s_measures =
    [
        ("ρ", "rho"),
        ("bound of eq. 41", "ramp_bound"),
        ("∏‖W‖_F over 10 % margin", "log10_frobenius_margin_q10"),
        ("∏‖W‖₂ over 10 % margin", "log10_spectral_margin_q10"),
        ("Bartlett et al.", "log10_bartlett_q10"),
        ("PAC-Bayes", "log10_pac_bayes_q10"),
        ("path norm over 10 % margin", "log10_path_l2_margin_q10"),
    ];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b135-norm-controls-the-error",
        Title = "ρ controls the expected error",
        Paper = SourcePapers.SquareLoss,
        Place = "§4; appendix F; Lemma 1.1",
        Equations = ["SQ.10", "SQ.41"],
        Hypothesis = "Minimizers of the square loss with nearly zero loss, the same network and data. What is proved is the bound (b134); "
            + "appendix F adds that “it is unclear whether these bounds are meaningful in practice. It is likely there exist better ways "
            + "to bound the expected error”.",
        Statement = "“ρ, which is inversely related to the margin, … indeed controls the expected error.”",
        SetUp = WeightSetting.SetUp + ". The networks of b134. Rank correlation of ρ with the test error, both less their mean over the "
            + "networks on the same images, with its 95 % interval (as many pairs as networks less the means); controls: above 0. The "
            + "bounds are only measured; a bound says something where it is below 1.",
        Expected = "Larger ρ, larger error.",
        FullRuns = WeightSetting.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var sets = BoundedNets.Sets(context);
        var texts = new List<string>();
        var panels = new List<Panel>();
        foreach (var (name, nets) in sets)
        {
            judge.Measure($"{name}: networks that fit", nets.Count);
            judge.Measure($"{name}: least bound of eq. 41 (above 1 it says nothing)", nets.Min(static n => n.Bound));
            judge.Measure($"{name}: test error, least and greatest", nets.Min(static n => n.TestError), nets.Max(static n => n.TestError));
            foreach (var setting in nets.GroupBy(static n => n.Setting))
            {
                judge.Measure($"{name}, {setting.Key}: ρ and test error, medians", Spread.Of(setting.Select(static n => n.Rho)).Median,
                    Spread.Of(setting.Select(static n => n.TestError)).Median);
            }
            foreach (var (measure, column) in s_measures)
            {
                if (nets.Any(n => !double.IsFinite(n.Run.Last(column)))) continue;
                var correlation = Within(nets, n => column == "rho" ? Math.Log(n.Rho) : n.Run.Last(column));
                if (column == "rho" && name == "MNIST")
                {
                    judge.Printed.In(name).AtLeast("ρ: rank correlation with the test error on the same images", correlation, 0);
                    texts.Add($"{name}: {Wording.Text(correlation.Value)} ({correlation})");
                }
                else
                {
                    judge.Measure($"{name}, {measure}: rank correlation with the test error on the same images", correlation.Value);
                    texts.Add($"{name}, {measure} {Wording.Text(correlation.Value)}");
                }
            }
            var panel = new Panel($"Test error, {name}", new Axis("ρ", Scale.Log), new Axis("test error"));
            foreach (var (setting, i) in nets.Select(static n => n.Setting).Distinct().Select(static (s, i) => (s, i)))
                panel = panel.Points(setting, [.. nets.Where(n => n.Setting == setting).Select(static n => n.Rho)],
                    [.. nets.Where(n => n.Setting == setting).Select(static n => n.TestError)], i);
            panels.Add(panel);
        }
        var text = $"Rank correlations with the test error on the same images. {string.Join("; ", texts)}. The least bound of eq. 41 is "
            + $"{Wording.Text(sets.Min(static s => s.Nets.Min(static n => n.Bound)))}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([.. panels]));
    }

    // Spearman's correlation of what is left of both without the means over networks on the same images.
    private static CorrelationInterval Within(IReadOnlyList<BoundedNet> nets, Func<BoundedNet, double> of)
    {
        double[] Centred(Func<BoundedNet, double> value) =>
            [.. nets.Select(n => value(n) - nets.Where(m => m.Seed == n.Seed).Average(value))];
        var seeds = nets.Select(static n => n.Seed).Distinct().Count();
        return CorrelationInterval.OfSpearman(RankCorrelation.Spearman(Centred(of), Centred(static n => n.TestError)),
            nets.Count - seeds + 1);
    }
}
