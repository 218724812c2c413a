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
            + "networks on the same images, over all networks of a set and over those without and with decay alone. Its 95 % interval "
            + "takes the networks less the means as independent pairs; networks of a setting are not, so that it is too narrow. Over a set "
            + "ρ and the error also differ between decay and none, which the split leaves out. b141 has other pairs. The paper "
            + "gives no measure: “controls” as a correlation above 0 is ours, and the split by decay was added after a first look. The "
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
                var correlation = Within(nets, n => column == "rho" ? LogRho(n) : n.Run.Last(column));
                if (column == "rho") texts.AddRange(Judged(judge, name, nets));
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
        var text = "Rank correlations of ρ with the test error on the same images. "
            + $"{string.Join("; ", texts)}. The least bound of eq. 41 is "
            + $"{Wording.Text(sets.Min(static s => s.Nets.Min(static n => n.Bound)))}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([.. panels]));
    }

    // Decay alone makes a difference in ρ and in the error: does ρ order errors among networks that are alike in it?
    private static IEnumerable<string> Judged(Judge judge, string set, IReadOnlyList<BoundedNet> nets)
    {
        string[] decayed = [.. WeightSetting.NormsOfBounds.Where(static s => s.Decays).Select(static s => s.Name)];
        (string Name, BoundedNet[] Nets)[] groups =
        [
            (set, [.. nets]),
            ($"{set}, no decay", [.. nets.Where(n => !decayed.Contains(n.Setting))]),
            ($"{set}, decay", [.. nets.Where(n => decayed.Contains(n.Setting))]),
        ];
        foreach (var (name, group) in groups)
        {
            // Of one setting there is one network on the same images, and nothing to order.
            if (group.Select(static n => n.Setting).Distinct().Count() < 2) continue;
            var correlation = Within(group, LogRho);
            judge.Printed.In(name).AtLeast("ρ: rank correlation with the test error on the same images", correlation, 0);
            yield return $"{name}, {group.Length} networks: {Wording.Text(correlation.Value)} ({correlation})";
        }
        string[] starts = [WeightSetting.Neither.Name, WeightSetting.Neither.FromOne.Name];
        BoundedNet[] two = [.. nets.Where(n => starts.Contains(n.Setting))];
        if (two.Select(static n => n.Setting).Distinct().Count() < 2) yield break;
        var between = Within(two, LogRho);
        judge.Measure($"{set}, neither from norm 1 and from norm 5: rank correlation of ρ with the test error", between.Value);
        yield return $"{set}, neither, norm 1 against norm 5: {Wording.Text(between.Value)}";
    }

    private static double LogRho(BoundedNet net) => Math.Log(net.Rho);

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
