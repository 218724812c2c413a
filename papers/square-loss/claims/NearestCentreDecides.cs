using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b45, NC4: on the training set the network decides for the nearest class centre, wherever weight decay was strong enough; on test
/// examples nearly.
/// </summary>
internal static class NearestCentreDecides
{
    // λ of the flows.
    private static readonly double[] FlowDecays = [.2, .02];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b45-nearest-centre-decides",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "§5, appendix G, corollary 4 (NC4)",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "Square loss, batch normalization and decay, at convergence to near-zero loss (appendix G, two classes). "
            + $"Converged: {CollapseRest.Words}.",
        Statement = "Equations 5 and 6 imply NC4: for a training feature the classifier chooses the class with the nearest training mean.",
        SetUp = "The networks of claim B43 at the end of training: share of training examples where argmin_c ‖h − μ_c‖ and the network "
            + "disagree; of test examples likewise, with the means of the training set; ten classes are not judged (the largest "
            + $"disagreements among them are b65's). Flow (5)–(6), λ = {Wording.Short(FlowDecays[0])} (which separates the data least) "
            + $"and {Wording.Short(FlowDecays[1])}. Seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}. {RestedRuns.Words}; those with "
            + "normalization and decay are judged, ten classes in b127. The memo derives NC4 from NC1, NC2 and [22]; this does not "
            + "follow that route, and looks at the decisions alone.",
        History = ["was ? until 2026-11-29, because nothing that rests had a near-zero loss: training now goes on to rest",
            "was ≈ until 2026-11-28, because decay that has had the time to act, which is the paper's own "
            + "assumption, counted as a narrower one",
            "was ✓ until 2026-11-28, because networks that a falling learning rate had stopped were taken for converged ones, and only "
            + "three of those that b65 finds in disagreement were looked at"],
        Expected = "Disagreement 0 at rest.",
        FullRuns = CollapseRuns.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var normalized = CollapseRuns.Decays.Select(decay => CollapseRuns.Normalized(context, decay)).ToArray();
        var strong = CollapseRuns.Normalized(context, CollapseRuns.Strong);
        IReadOnlyList<MeasuredRun> plain = CollapseRuns.Plain(context, false), two =
            CollapseRuns.TwoClasses(context, CollapseRuns.Strong), strongest = CollapseRuns.TwoClasses(context, CollapseRuns.Decays[^1]);
        double[] Flow(double decay) =>
            [.. Spread.Seeds.Select(seed => CollapseFlow.Collapse(context, decay, 1, seed).End.Centers.Disagreement)];
        double[] largest = [.. normalized.Select(r => r.Last("nc4_disagreement").Max)];
        judge.Measure($"digits, normalization: largest disagreement of five, λ = {CollapseRuns.DecaysText}", largest);
        judge.Measure("digits, neither: disagreement, by seed", plain.BySeed("nc4_disagreement"));
        foreach (var decay in FlowDecays)
            judge.Measure($"flow, λ = {Wording.Short(decay)}: disagreement on {CollapseFlow.Examples} examples, by seed", Flow(decay));
        const string disagreement = "disagreement, largest";
        const string pair = "3 against 8, λ = .016";
        Judged(pair, CollapseRest.Resting(judge, context, pair, strongest), strongest.BySeed("nc4_disagreement"));
        void Judged(string name, int[] resting, double[] bySeed) => CollapseRest.Judged(judge, name, disagreement, resting, bySeed,
            (group, value) => group.AtMost(disagreement, value, 0), largest: true);
        judge.Measure("times (1 − μ)/(2ηλ) that decay has acted, by λ", [.. normalized.Select(r => CollapseRuns.Folds(r[0]))]);
        foreach (var decay in FlowDecays)
        {
            var name = $"flow (5)–(6), λ = {Wording.Short(decay)}";
            Judged(name, CollapseRest.Resting(judge, context, name, decay, 1), Flow(decay));
        }
        RestedRuns[] rested = [.. RestedRuns.TwoClasses()];
        foreach (var runs in rested)
        {
            var resting = runs.Resting(judge);
            if (runs.IsTheModel) Judged(runs.Name, resting, runs.Last("nc4_disagreement"));
            judge.Measure($"{runs.Name}: disagreement, by seed", runs.Last("nc4_disagreement"));
            judge.Measure($"{runs.Name}: disagreement on test examples, by seed", runs.Last("test_nc4_disagreement"));
        }
        judge.Measure($"3 against 8, λ = {CollapseRuns.StrongText}: largest disagreement", two.Last("nc4_disagreement").Max);
        judge.Measure($"digits, normalization and λ = {CollapseRuns.StrongText}: disagreement on test examples, by seed",
            strong.BySeed("test_nc4_disagreement"));
        judge.Measure("digits, normalization: median disagreement on test examples, by λ",
            [.. normalized.Select(r => r.Last("test_nc4_disagreement").Median)]);

        double[] at = [.. CollapseRuns.Decays.SelectMany(d => Enumerable.Repeat(Math.Max(d, 6e-5), 5))];
        var training = new Panel("Training examples, medians of five", new Axis("epoch", Scale.Log, Min: 1),
            new Axis("share of disagreement", Min: 0));
        foreach (var (name, runs) in new[] { ($"normalization, λ = {CollapseRuns.StrongText}", strong),
            ("normalization, no decay", normalized[0]),
            ("neither", plain), ($"3 against 8, λ = {CollapseRuns.StrongText}", two) })
            training = training.Line(name, runs[0]["epoch"][1..], WithinClassVariability.Middle(runs, "nc4_disagreement")[1..]);
        var chart = new Chart(training, new Panel("At the end, normalization, five seeds",
            new Axis("λ (no decay drawn at 6e-5)", Scale.Log, Min: 4e-5, Max: .03), new Axis("share of disagreement", Min: 0))
            .Points("training examples", at, [.. normalized.SelectMany(r => r.BySeed("nc4_disagreement"))])
            .Points("test examples", at, [.. normalized.SelectMany(r => r.BySeed("test_nc4_disagreement"))]));
        RestedRuns[] model = [.. rested.Where(static r => r.IsTheModel && r.AtRest().Length > 0)];
        var numbers = $"Of {model.Sum(static r => r.AtRest().Length)} networks of two classes at rest (normalization and decay) the "
            + $"largest share is {Wording.Text(model.Max(static r => r.AtRest().Max(i => r.Last("nc4_disagreement")[i])))} on training "
            + $"and {Wording.Text(100 * model.Max(static r => r.Last("test_nc4_disagreement").Max()), 2)} % on test examples, of which "
            + "NC4 is not judged. That is seen in the decisions, not derived from NC1 and NC2 as in the memo. Stopped by a falling rate, "
            + "ten classes: the share of training examples that are decided against their nearest mean is at most "
            + $"{Wording.Text(largest[3])} at λ = {CollapseRuns.StrongText}, {Wording.Text(largest[4])} at "
            + $"{Wording.Short(CollapseRuns.Decays[^1])} and {Wording.Text(largest[0])} without decay, where all are classified. On test "
            + $"examples the two rules part for {Wording.Text(strong.Last("test_nc4_disagreement"))} (λ = {CollapseRuns.StrongText}).";
        return judge.Outcome(chart: chart, caption: "The nearest mean and the network agree long before the features have collapsed.",
            holds: numbers, care: numbers, fails: numbers, open: numbers);
    }
}
