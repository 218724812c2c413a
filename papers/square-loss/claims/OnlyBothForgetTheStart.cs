using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b61: batch normalization and decay, either, neither: how final ρ, margin and test error depend on the initial norm.
/// </summary>
internal static class OnlyBothForgetTheStart
{
    // What independence of the start means, as a factor between medians of ρ, and what dependence.
    private const double Independent = 1.3, Dependent = 2;

    private static readonly TrainingWords Training = new(NormSweep.QuickConfig);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b61-only-both-forget-the-start",
        Title = "Batch normalization with decay depends least on the start",
        Paper = SourcePapers.SquareLoss,
        Place = "§3, figures 1–12; §6.1 (“The case of BN+WD is the only one which seems rather independent of initial conditions”)",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "Two classes, square loss, SGD with momentum from layers of norms 0.1 to 5, converged: with decay it has acted for "
            + "(1 − μ)/(2ηλ) steps and more (§3).",
        Statement = "BN + WD is the most well-behaved case; BN without WD, and neither, strongly depend on initial conditions.",
        SetUp = $"Networks {Training.LayersOnDigits} on digits 3 against 8 ({Training.Train} examples to train, {Training.Test} to test), "
            + $"SGD, rate {Training.Rate}, momentum {Training.Momentum}, {Training.Epochs} epochs, all layers of norm "
            + $"{Norms(", ", " or ")} at the start, seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]} (norms-quick.yaml): batch "
            + "normalization in front of every ReLU, or none; λ = "
            + $"{string.Join(", ", NormSettings.All.Take(3).Select(static s => Wording.Short(s.Lambda)))}. ρ is the geometric mean over "
            + "the second half of training. Independent means: medians of ρ from the three norms within a factor "
            + $"{Wording.Text(Independent)}; strongly dependent: beyond a factor {Wording.Text(Dependent)}; "
            + "chosen after pilot runs of b35. With neither, norms 1 and 5 are compared: norm .1 stays at the saddle (§6.1 excepts it).",
        History = ["was ≈ until 2026-11-28, because it was also asked of BN alone that a larger start end with a larger ρ, which the memo "
            + "does not say of it"],
        Expected = $"Factor ≤ {Wording.Text(Independent)} with both, > {Wording.Text(Dependent)} otherwise.",
        Figures = ["square-loss/figure-02", "square-loss/figure-07", "square-loss/figure-11"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var norms = NormSweep.WithDecay.QuickNorms;
        double[] at = [.. norms.Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture))];
        Panel rho = new("Final ρ, five seeds", new Axis("‖W_k‖ at the start", Scale.Log), new Axis("ρ", Scale.Log)), margin =
            new("Mean margin, medians", new Axis("‖W_k‖ at the start", Scale.Log), new Axis("mean y f̃", Scale.Log));
        Dictionary<string, double[]> table = [], last = [];
        for (var i = 0; i < NormSettings.All.Count; i++)
        {
            var setting = NormSettings.All[i];
            context.Progress(setting.Name);
            var starts = setting.Train(context);
            Spread[] finals = [.. starts.Select(s => Spread.Of(s.Runs.Select(NormSettings.Final)))], margins =
                [.. starts.Select(s => Spread.Of(s.Runs.Select(r => NormSettings.Late(r, "margin_mean").Average())))];
            for (var n = 0; n < norms.Length; n++)
            {
                judge.Measure($"{setting.Name}, norm {norms[n]}: ρ", finals[n].ToString());
                judge.Measure($"{setting.Name}, norm {norms[n]}: mean margin", margins[n].ToString());
                judge.Measure($"{setting.Name}, norm {norms[n]}: test error",
                    Spread.Of(starts[n].Runs.Select(r => NormSettings.Late(r, "test_error").Average())).ToString());
            }
            table[setting.Name] = [.. finals.Select(f => f.Median)];
            last[setting.Name] = [.. starts.Select(s => Spread.Of(s.Runs.Select(NormSettings.FinalLast)).Median)];
            rho = rho.Line(setting.Name, [.. Enumerable.Range(0, 5).SelectMany(_ => at.Append(at[^1]))],
                [.. Enumerable.Range(0, 5)
                .SelectMany(seed => starts.Select(s => Shown(NormSettings.Final(s.Runs[seed]))).Append(double.NaN))], i);
            margin = margin.Line(setting.Name, at, [.. margins.Select((m, n) => finals[n].Median >= 1 ? m.Median : double.NaN)], i);
        }
        double Factor(string name) => table[name].Max() / table[name].Min();
        double LastFactor(string name) => last[name].Max() / last[name].Min();
        string[] alone = ["BN alone", "neither"];
        foreach (var name in (string[])["BN + WD .005", "BN + WD .0005", .. alone, "WD .005 alone", "WD .0005 alone"])
        {
            judge.Measure($"{name}: largest over smallest median ρ", Factor(name));
            judge.Measure($"{name}: the same of ρ_L, the paper’s ρ where ρ_k = 1 below (§2.3)", LastFactor(name));
        }
        var descent = ((Lab.Experiments.DescentExperiment)FigureConfig.Read(NormSweep.QuickConfig, Array.Empty<string>())).Descent;
        judge.Hypothesis.AtLeast("BN + WD .005: times (1 − μ)/(2ηλ) that decay has acted",
            CollapseRuns.Folds(descent, NormSettings.All[0].Train(context)[0].Runs[0]["t"][^1]), 1);
        const string factor = "largest over smallest median ρ", rises = "least ratio of median ρ from one norm to the next larger";
        judge.Printed.In("BN + WD .005").AtMost(factor, Factor("BN + WD .005"), strict: Independent, lenient: Dependent);
        judge.Printed.In("BN alone").AtLeast(factor, Factor("BN alone"), lenient: Independent, strict: Dependent);
        judge.Printed.In("neither, norms 1 and 5").AtLeast(factor, table["neither"][1..].Max() / table["neither"][1..].Min(),
            lenient: Independent, strict: Dependent);
        judge.Amended("a larger start ends with a larger ρ without batch normalization, as appendix D derives it")
            .In("neither").AtLeast(rises, Rise(table["neither"]), 1);
        judge.Measure($"BN alone: {rises}", Rise(table["BN alone"]));
        judge.Amended("BN + WD does not forget the start where λ is too small for the time there is")
            .In("BN + WD .0005").AtLeast(factor, Factor("BN + WD .0005"), Independent);
        var decay = table["WD .005 alone"];
        judge.Measure("WD .005 alone: median ρ from norm 5 over that from norm 1", decay[2] / decay[1]);
        string Row(string name) => $"{name} {string.Join(" / ", table[name].Select(r => Wording.Text(r, 2)))}";
        var numbers = $"Median ρ from norms {Norms(" / ", " / ")}: {string.Join("; ", NormSettings.All.Select(s => Row(s.Name)))}. ";
        return judge.Outcome(chart: new Chart(rho, margin), caption: "Without batch normalization the start of norm .1 does not leave the "
            + "saddle at W = 0, or falls into it with decay (ρ < 1, not drawn).",
            holds: numbers + "Decay without normalization forgets the start as well (norm 5 over norm 1: "
                + $"{Wording.Text(decay[2] / decay[1])}), unless the start is so small that decay draws it into 0. Of ρ_L, which "
                + $"the paper’s model calls ρ, the largest over the smallest is {Wording.Text(LastFactor("BN + WD .005"))} with both and "
                + $"{Wording.Text(LastFactor("BN alone"))} with BN alone.",
            fails: numbers);
    }

    // The norms of the starts: a, b or c.
    private static string Norms(string between, string last)
    {
        string[] norms = [.. TrainingWords.Numbers(NormSweep.WithDecay.QuickNorms)];
        return $"{string.Join(between, norms[..^1])}{last}{norms[^1]}";
    }

    private static double Shown(double rho) => rho >= 1 ? rho : double.NaN;

    private static double Rise(double[] rho) => rho.Skip(1).Select((r, i) => r / rho[i]).Min();
}
