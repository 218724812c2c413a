using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b146: what the rank has to do with the test error.</summary>
internal static class LowRankAndTestError
{
    private const double Fitted = .01;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b146-low-rank-hardly-changes-test-error",
        Paper = SincePage.Paper,
        Keywords = ["low rank", "generalization"],
        Place = "Galanti, Siegel, Gupte and Poggio (arXiv 2206.05794), abstract (“a marginal effect on the test performance”)",
        Hypothesis = "Networks trained by minibatch SGD until they fit the training set (here: a training error of "
            + $"{Wording.Short(Fitted)} at most); those that do not are shown only. The bias is switched by decay, with minibatch and rate "
            + "held, since these change the test error by themselves. The paper gives no number for “marginal”: one point of the test "
            + "error is taken as marginal, two as not.",
        Statement = "The bias to low rank has a marginal effect on the test error.",
        SetUp = $"{LowRankSetUp.Words} Judged is the largest difference of median test errors plus twice its standard error, "
            + "√(2p(1 − p)/n) for n test images and two networks that miss the share p independently; tested on the same images, they "
            + "differ by less. The spread over all fitted settings was judged first; after a look decay alone, and the spread is measured.",
        Expected = "With decay at least a third of the rank is gone, and the median test error is within one point of that without decay.",
        Figures = ["since/low-rank"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        List<(LowRankRuns Setting, double Rank, double Error)> fitted = [], unfitted = [];
        var panel = new Panel("Every run of the sixteen settings", new Axis("rank, mean of three hidden layers", Min: 0, Max: 66),
            new Axis("test error", Min: 0));
        foreach (var s in LowRankRuns.All)
        {
            var runs = s.Runs(context);
            double[] ranks = [.. runs.Select(LowRankRuns.Rank)], errors = [.. runs.Select(static r => r.Last("test_error"))];
            var fits = runs.Max(static r => r.Last("train_error")) <= Fitted;
            judge.Measure($"{LowRankSetUp.Name(s)}: test error, by seed", errors);
            judge.Measure($"{LowRankSetUp.Name(s)}: training error, by seed", [.. runs.Select(static r => r.Last("train_error"))]);
            (fits ? fitted : unfitted).Add((s, Spread.Of(ranks).Median, Spread.Of(errors).Median));
        }
        foreach (var group in LowRankRuns.All.GroupBy(static s => s.Decay).OrderBy(static g => g.Key))
        {
            IObservations[] runs = [.. group.SelectMany(s => s.Runs(context))];
            var fits = group.All(s => fitted.Exists(f => f.Setting == s));
            panel = panel.Points($"λ = {Wording.Short(group.Key)}{(fits ? "" : " (not fitted)")}", [.. runs.Select(LowRankRuns.Rank)],
                [.. runs.Select(static r => r.Last("test_error"))]);
        }
        var without = fitted.Single(static f => f.Setting == LowRankRuns.Without);
        var decayed = fitted.Where(static f => f.Setting.Decay > 0).ToArray();
        // The same minibatches and rate, and a third of the rank gone.
        var pairs = decayed.Where(f => (f.Setting.Batch, f.Setting.Rate) == (without.Setting.Batch, without.Setting.Rate)
            && f.Rank <= 2 * without.Rank / 3).ToArray();
        judge.Hypothesis.AtLeast("fitted settings with decay, the same B and μ, and a third of the rank gone", pairs.Length, 2);
        var difference = pairs.Max(f => Math.Abs(f.Error - without.Error));
        judge.Measure("largest difference of their median test errors from that without decay", difference);
        var error = judge.Measure("standard error of a test error as that without decay",
            Math.Sqrt(without.Error * (1 - without.Error) / LowRankRuns.Words.TestCount));
        // Fails where the difference less two standard errors is above two points.
        var two = 2 * Math.Sqrt(2) * error;
        judge.Printed.AtMost("largest difference of their median test errors from that without decay, plus two standard errors",
            difference + two, .01, .02 + 2 * two);
        var alike = decayed.Where(static f => f.Rank is > 35 and < 40).ToArray();
        judge.Measure("all fitted settings: largest difference of median test errors",
            fitted.Max(static f => f.Error) - fitted.Min(static f => f.Error));
        judge.Measure("settings with a median rank between 35 and 40: the same",
            alike.Max(static f => f.Error) - alike.Min(static f => f.Error));
        string Errors(IEnumerable<(LowRankRuns Setting, double Rank, double Error)> of) => $"{100 * of.Min(static f => f.Error):F1} to "
            + $"{100 * of.Max(static f => f.Error):F1} %";
        var text = $"B = {without.Setting.Batch}, μ = {Wording.Short(without.Setting.Rate)}: rank {Wording.Text(without.Rank)} and a "
            + $"test error of {100 * without.Error:F1} % without decay, "
            + string.Join(", ", pairs.Select(static f => $"rank {Wording.Text(f.Rank)} and {100 * f.Error:F1} % with λ = "
            + $"{Wording.Short(f.Setting.Decay)}"))
            + $" (medians of five starts, {LowRankRuns.Words.Test} test images: a standard error of {100 * error:F2} points, which cannot "
            + "tell one point). Not among the pairs, as the training set is not fitted: "
            + string.Join("; ", unfitted.Select(static f => $"λ = {Wording.Short(f.Setting.Decay)}, {f.Setting.Epochs} epochs: rank "
            + $"{Wording.Text(f.Rank)} and {100 * f.Error:F1} %")) + $". Over all fitted settings it goes from {Errors(fitted)}, "
            + $"but from {Errors(alike)} among those of a rank between 35 and 40: the rank does not explain the spread.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart(panel) { Columns = 1 });
    }
}
