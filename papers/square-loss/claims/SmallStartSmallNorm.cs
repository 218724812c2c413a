using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b36: without normalization a small start ends with a small ρ and a large margin.</summary>
internal static class SmallStartSmallNorm
{
    private static readonly TrainingWords Quick = new(NormSweep.QuickConfig,
        [.. NormSweep.Plain.Setting(quick: true), .. NormSweep.Plain.OnlyQuick]);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b36-small-start-small-norm",
        Paper = SourcePapers.SquareLoss,
        Place = "appendix D; §1.2; §6.1; figures 10–12",
        Equations = ["SQ.28"],
        Hypothesis = "No normalization, no decay, all layers of one norm at the start, square loss (appendix D). The starts tested are "
            + "large beside those near zero, of which §1.2 says that ρ grows; the test error is not claimed, a bound of it is.",
        Statement = "Without BN and WD, gradient descent from a small start finds solutions of small ρ and large margin; from a large "
            + "start ρ and the margin are worse.",
        SetUp = $"Networks {Quick.LayersOnDigits}, digits 3 against 8, SGD without normalization or decay, rate {Quick.Rate}, "
            + $"{Quick.Epochs} epochs, all layers of norm {Listed(NormSweep.Plain.QuickNorms, " or ")} at the start, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]} (norms-quick.yaml). Further evidence, where it is kept: networks on two classes of "
            + $"CIFAR-10, norms {Listed(NormSweep.Plain.Norms, " and ")} (norms.yaml; without it figure-10.yaml). "
            + "Test error is compared too, which the bound would like to rank.",
        History = ["was ≈ until 2026-11-28, because the test error, which the paper does not claim to follow, was judged with it",
            "until 2026-11-28 it also said that ρ grows from zero and that a bound on the expected error follows, which nothing "
            + "here tests; where the data are fitted the mean margin is 1/ρ, so that it and ρ are one check"],
        Expected = "ρ increases and the mean margin decreases with the initial norm, for every seed.",
        Figures = ["square-loss/figure-11", "square-loss/figure-12"],
        FullRuns = NormSweep.Plain.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var quick = NormSweep.Plain.Quick(context);
        var whole = NormSweep.Plain.Whole(context).Where(static g => g.Starts.Count > 1).ToArray();
        if (whole.Length == 0 && NormSweep.Plain.Earlier.Group(NormSweep.Plain.Norms) is { } earlier) whole = [earlier];
        judge.Hypothesis.AtMost("digits: largest training error at the end", quick.Max(s => s.Last("train_error").Max), .01);
        foreach (var s in quick)
        {
            judge.Measure($"digits, norm {s.Norm}: ρ", s.Last("rho").ToString());
            judge.Measure($"digits, norm {s.Norm}: mean margin", s.Last("margin_mean").ToString());
            judge.Measure($"digits, norm {s.Norm}: test error", s.Last("test_error").ToString());
        }
        judge.Printed.AtLeast("digits: least ratio of ρ to that from the next smaller norm, five seeds", Steps(quick, "rho").Min(), 1);
        judge.Printed.AtMost("digits: largest ratio of mean margins, likewise", Steps(quick, "margin_mean").Max(), 1);
        foreach (var g in whole)
        {
            judge.Measure($"{g.Name}: ρ", [.. g.Starts.Select(s => s.Last("rho").Median)]);
            judge.Measure($"{g.Name}: mean margin", [.. g.Starts.Select(s => s.Last("margin_mean").Median)]);
            judge.Measure($"{g.Name}: test error", [.. g.Starts.Select(s => s.Last("test_error").Median)]);
            judge.Printed.AtLeast($"{g.Name}: least ratio of ρ to that from the next smaller norm", Steps(g.Starts, "rho").Min(), 1);
            judge.Printed.AtMost($"{g.Name}: largest ratio of mean margins, likewise", Steps(g.Starts, "margin_mean").Max(), 1);
        }
        double[] x(IReadOnlyList<NormSweep.Start> starts) =>
            [.. starts.SelectMany(s => s.Runs.Select(_ => double.Parse(s.Norm, System.Globalization.CultureInfo.InvariantCulture)))];
        double[] y(IReadOnlyList<NormSweep.Start> starts, string column) => [.. starts.SelectMany(s => s.Runs.Select(r => r[column][^1]))];
        Panel Panel(string title, string column, Scale scale)
        {
            var panel = new Panel(title, new Axis("‖W_k‖ at the start", Scale.Log), new Axis(title, scale))
                .Points("digits, five seeds", x(quick), y(quick, column), 0);
            for (var i = 0; i < whole.Length; i++)
                panel = panel.Points(whole[i].Title, x(whole[i].Starts), y(whole[i].Starts, column), i + 1);
            return panel;
        }
        string Errors(IReadOnlyList<NormSweep.Start> starts) =>
            string.Join(", ", starts.Select(s => Wording.Text(s.Last("test_error").Median)));
        var text = $"ρ from norms {string.Join(", ", quick.Select(s => s.Norm))}: "
            + $"{string.Join(", ", quick.Select(s => Wording.Text(s.Last("rho").Median)))}; mean margin "
            + $"{string.Join(", ", quick.Select(s => Wording.Text(s.Last("margin_mean").Median, 2)))}; "
            + $"test error {Errors(quick)} (medians of five seeds). ";
        foreach (var g in whole)
            text += $"{g.Title}, from {string.Join(", ", g.Starts.Select(s => s.Norm))}: ρ "
                + $"{string.Join(", ", g.Starts.Select(s => Wording.Text(s.Last("rho").Median)))}, test error {Errors(g.Starts)}. ";
        return judge.Outcome(chart: new Chart(Panel("ρ", "rho", Scale.Log), Panel("mean margin", "margin_mean", Scale.Log),
            Panel("test error", "test_error", Scale.Linear)),
            holds: text + "ρ and margin follow the start in every run; the test error, of which the paper claims a bound only, does "
                + "not rank with them throughout.", fails: text);
    }

    private static string Listed(string[] norms, string last) => string.Join(", ", norms[..^1]) + last + norms[^1];

    // Of every seed, each value over the one from the next smaller norm.
    private static IEnumerable<double> Steps(IReadOnlyList<NormSweep.Start> starts, string column) =>
        Enumerable.Range(1, starts.Count - 1)
            .SelectMany(i => starts[i].Runs.Zip(starts[i - 1].Runs, (r, smaller) => r[column][^1] / smaller[column][^1]));
}
