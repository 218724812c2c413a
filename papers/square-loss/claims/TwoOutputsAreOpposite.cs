using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b126: of two outputs with codes ±1 the rows of the last layer are opposite where decay has come to rest.</summary>
internal static class TwoOutputsAreOpposite
{
    private const double Opposite = -.999, NotOpposite = -.9;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b126-two-outputs-are-opposite",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "appendix G: “thus the last layer weights are V_L^{c=+1} = −V_L^{c=−1}”",
        Equations = ["SQ.45a"],
        Hypothesis = "Two outputs, one for each class, trained to +1 for the own class (and −1 for the other, or the outputs would not "
            + "be opposite), with normalization and decay, at a minimum of near-zero loss. Taken as such: training at rest, all examples "
            + "classified, a mean square error of .01 at most.",
        Statement = "V_L^{+} = −V_L^{−}.",
        SetUp = $"{RestedRuns.Words}. Two outputs: the cosine of the two rows of W_L at the end. Taken as opposite: "
            + $"{Wording.Short(Opposite, zero: true)} (not: above {Wording.Short(NotOpposite, zero: true)}).",
        Expected = "A cosine of −1: the targets of the two outputs add up to 0, so that decay takes W_L^{+} + W_L^{−} to 0, and their "
            + "norms are those of the same ridge regression. Without decay the sum keeps what it began with "
            + "on features that are not used.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string cosine = "cos(W_L^{+}, W_L^{−}), median";
        RestedRuns[] all = [.. RestedRuns.Of(RestedTask.TwoOutputs)];
        foreach (var runs in all)
        {
            var resting = runs.Resting(judge);
            judge.Measure($"{runs.Name}: cos(W_L^{{+}}, W_L^{{−}}), by seed", runs.Last("rows_cosine"));
            if (runs.IsTheModel)
                CollapseRest.Judged(judge, runs.Name, cosine, resting, runs.Last("rows_cosine"),
                    (group, value) => group.AtMost(cosine, value, strict: Opposite, lenient: NotOpposite));
        }
        RestedRuns[] model = [.. all.Where(static r => r.IsTheModel && r.AtRest().Length > 0)];
        var without = all.Single(static r => r.Decay == 0);
        judge.Identity("where the last layer rests s = W_L^{+} + W_L^{−} obeys Hᵀ(Hs) + λs = 0 (the targets add up to 0; λ up to a "
            + "positive factor), of which the product with s is ‖Hs‖² + λ‖s‖² = 0, so that s = 0 for any λ > 0");
        judge.Amended("it is decay that makes them so: without it the rows end at other angles").AtLeast(
            "normalization alone: least cosine of five starts", without.Last("rows_cosine").Min(), NotOpposite);
        var panel = new Panel("3 against 8, two outputs, five seeds", new Axis("λ (none drawn at 3e-5)", Scale.Log, Min: 2e-5, Max: .6),
            new Axis("cos(W_L^{+}, W_L^{−}) at the end", Min: -1.05, Max: 0));
        foreach (var group in all.GroupBy(static r => r.Setting))
            panel = panel.Points(group.Key, [.. group.SelectMany(static r => Enumerable.Repeat(Math.Max(r.Decay, 3e-5), 5))],
                [.. group.SelectMany(static r => r.Last("rows_cosine"))]);
        string Medians(IEnumerable<RestedRuns> runs) =>
            string.Join(", ", runs.Select(static r => $"{Wording.Text(r.Median("rows_cosine"), 6)} ({r.Name})"));
        var numbers = $"The cosine of the rows is {Medians(model)} at rest, and {Medians([without])}: where decay acts two outputs are "
            + "one output and its negative.";
        return judge.Outcome(chart: new Chart(panel.Level("claimed: −1", -1)), holds: numbers, care: numbers, fails: numbers, open: numbers,
            caption: "Decay takes the sum of the rows away, with normalization or without.");
    }
}
