using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b137: whether training turns the ReLUs on for all training examples, D(x_n) = I.</summary>
internal static class UnitsBecomeActive
{
    // “1 in each position … of course, this will not hold completely”.
    private const double Lenient = .75, Strict = .95;
    private static readonly int[] s_layers = [2, 3, 4];

    // The setting that is judged comes first.
    private static readonly WeightSetting[] s_settings =
        [WeightSetting.WeightDecay, .. WeightSetting.Units.Where(static s => s != WeightSetting.WeightDecay)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b137-units-become-active",
        Title = "The ReLUs are eventually on for all training examples",
        Paper = SourcePapers.SquareLoss,
        Place = "Appendix H, assumptions; eq. 50, 52",
        Equations = ["SQ.50", "SQ.52"],
        Hypothesis = "Near-zero square loss, weight normalization with weight decay, p ≤ N (“especially if p > N” it does not hold; here "
            + "32 ≤ 256). Batch normalization before the ReLU centres every unit, so that it cannot pass whatever the training does: it is "
            + "measured, not judged.",
        Statement = "“The D matrices at each level are likely to eventually have 1 in each position of the diagonal across the whole of "
            + "the training set. Of course, this will not hold completely and for all layers.”",
        SetUp = WeightSetting.SetUp + ". Share of units and training examples that are on, mean of the three hidden layers, median of five "
            + "seeds less those that do not fit, at the start and at the end. The bounds are ours, and batch normalization was left out of "
            + $"the verdict after a first look. Eventually 1 in each position: from {Wording.Short(Strict)} on; not: below "
            + $"{Wording.Short(Lenient)}.",
        Expected = "A share that grows towards 1.",
        FullRuns = WeightSetting.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var panel = new Panel("On at the end, MNIST, five seeds", new Axis("hidden layer", Min: .5, Max: 3.5),
            new Axis("share of units and examples", Min: 0, Max: 1)).Level("the start", .5);
        var always = new Panel("On for all training examples", new Axis("hidden layer", Min: .5, Max: 3.5),
            new Axis("share of units", Min: 0, Max: 1));
        var texts = new List<string>();
        var best = double.NaN;
        foreach (var (setting, i) in s_settings.Select(static (s, i) => (s, i)))
        {
            var runs = Fitted(setting, context);
            if (setting == WeightSetting.WeightDecay)
            {
                judge.Hypothesis.AtLeast($"{setting.Name}: share of the networks that fit", runs.Count / 5.0, .8);
                judge.Printed.In(setting.Name).AtLeast("mean share of units and examples that are on at the end",
                    Spread.Of(runs.Select(static r => Mean(r, ^1))).Median, Lenient, Strict);
                best = s_layers.Max(k => Median(runs, FormattableString.Invariant($"active_share_{k}")));
            }
            foreach (var k in s_layers)
                judge.Measure($"{setting.Name}, hidden layer {k - 1}: share on, always on, never on at the end, medians",
                    Median(runs, $"active_share_{k}"), Median(runs, $"active_always_{k}"), Median(runs, $"active_never_{k}"));
            var (start, end) = (Spread.Of(runs.Select(static r => Mean(r, 0))), Spread.Of(runs.Select(static r => Mean(r, ^1))));
            judge.Measure($"{setting.Name}: mean share on at the start, by seed", [.. runs.Select(static r => Mean(r, 0))]);
            judge.Measure($"{setting.Name}: mean share on at the end, by seed", [.. runs.Select(static r => Mean(r, ^1))]);
            texts.Add($"{setting.Name} {Wording.Text(start.Median)} → {Wording.Text(end.Median)}"
                + (runs.Count < 5 ? $" ({runs.Count} of 5 networks, that fit)" : ""));
            panel = Dots(panel, setting, runs, "active_share", i);
            always = Dots(always, setting, runs, "active_always", i);
        }
        foreach (var setting in new[] { WeightSetting.Decay, WeightSetting.Neither })
        {
            var runs = setting.Quick(context);
            judge.Measure($"digits, {setting.Name}: mean share on at the end, by seed", [.. runs.Select(static r => Mean(r, ^1))]);
        }
        var text = $"Share of units and examples that are on, start → end: {string.Join("; ", texts)}. The best layer of "
            + $"{WeightSetting.WeightDecay.Name} has {Wording.Text(best)} at the end. Units that are on for all examples "
            + $"are a share of {Wording.Text(Highest(context))} at most in any layer and setting (median of five seeds).";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart(panel, always),
            caption: "With batch normalization every unit is centred and on for about half of the examples, whatever the training.");
    }

    private static IReadOnlyList<IObservations> Fitted(WeightSetting setting, StudyContext context) =>
        [.. setting.Whole(context).Where(WeightSetting.IsFitted)];

    private static double Highest(StudyContext context) => WeightSetting.Units.Max(s => s_layers.Max(k =>
        Median(Fitted(s, context), FormattableString.Invariant($"active_always_{k}"))));

    private static Panel Dots(Panel panel, WeightSetting setting, IReadOnlyList<IObservations> runs, string column, int i) => panel.Points(
        setting.Name, [.. s_layers.SelectMany(k => runs.Select(_ => k - 1 + .1 * (i - 2.5)))],
        [.. s_layers.SelectMany(k => runs.Select(r => r.Last(FormattableString.Invariant($"{column}_{k}"))))], i);

    private static double Median(IReadOnlyList<IObservations> runs, string column) => Spread.Of(runs.Select(r => r.Last(column))).Median;

    private static double Mean(IObservations run, Index at) =>
        s_layers.Average(k => run[FormattableString.Invariant($"active_share_{k}")][at]);
}
