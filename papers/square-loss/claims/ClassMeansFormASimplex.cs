using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b44, NC2: ten class means approach a simplex frame the nearer the larger λ is; for two classes the claim is empty if centred, and
/// impossible if not.
/// </summary>
internal static class ClassMeansFormASimplex
{
    // λ of the flows, and what counts as a cosine of two opposite means.
    private static readonly double[] FlowDecays = [.02, .2];
    private const double Opposite = -.99, NotOpposite = -.9;

    private static readonly (string Name, string Column)[] Columns =
        [("mean |cos + 1/9|", "nc2_equiangularity"), ("spread of the lengths", "nc2_equinorm"), ("distance from the frame", "nc2_etf")];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b44-class-means-form-a-simplex",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "§5, appendix G, corollary 4 (NC2)",
        Equations = ["SQ.5", "SQ.6"],
        Hypothesis = "Binary classification, square loss, batch normalization and decay, at convergence to near-zero loss (appendix G; "
            + $"its two outputs ±f are one). Converged: {CollapseRest.Words}.",
        Statement = "Equations 5 and 6 imply that h₊ → V_Lᵀ and h₋ → −V_Lᵀ, so that μ₂ = −μ₁ (the memo's binary NC2).",
        SetUp = "The networks and flows of claim B43. Ten classes: of the centred means the mean |cos + 1/9|, the spread of their "
            + "lengths over the mean length, and the distance of MMᵀ/‖MMᵀ‖ from the frame. Two classes: cos(μ₊, μ₋) as the means are, at "
            + $"the end of the flow (five seeds, λ = {string.Join(", ", FlowDecays.Select(static d => Wording.Short(d)))}) and of 3 "
            + $"against 8 (λ = {CollapseRuns.StrongText}, {Wording.Short(CollapseRuns.Decays[^1])}); and centred. {RestedRuns.Words}. "
            + "Two classes are judged where normalization and decay act, ten shown (b127). Features behind ReLUs are not negative, so "
            + $"that the check cannot pass for them. Taken as reached: a cosine of {Wording.Short(Opposite, zero: true)} (not reached: "
            + $"above {Wording.Short(NotOpposite, zero: true)}).",
        History = ["was ? until 2026-11-29, because nothing that rests had a near-zero loss: training now goes on to rest",
            "was ≈ until 2026-11-28, because a tendency with λ counted as a narrower form of what two classes contradict",
            "was ✗ until 2026-11-28, because networks that a falling learning rate had stopped, and flows of a loss above .01, counted "
            + "as converged to near-zero loss, and ten classes were judged, of which the proof is not"],
        Expected = "Deviations 0; cos(μ₊, μ₋) = −1. First reading: mean deviation .057, lengths .086 (normalization and decay), .066, "
            + ".110 (no decay), .144, .148 (no normalization); uncentred cosine .06–.33 in the flow.",
        FullRuns = CollapseRuns.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var normalized = CollapseRuns.Decays.Select(decay => CollapseRuns.Normalized(context, decay)).ToArray();
        var strong = CollapseRuns.Normalized(context, CollapseRuns.Strong);
        IReadOnlyList<MeasuredRun> plain = CollapseRuns.Plain(context, false), decayed = CollapseRuns.Plain(context, true), two =
            CollapseRuns.TwoClasses(context, CollapseRuns.Strong), strongest = CollapseRuns.TwoClasses(context, CollapseRuns.Decays[^1]);
        foreach (var (name, column) in Columns)
        {
            judge.Measure($"normalization and λ = {CollapseRuns.StrongText}: {name}, by seed", strong.BySeed(column));
            judge.Measure($"normalization: {name}, median, λ = {CollapseRuns.DecaysText}",
                [.. normalized.Select(r => r.Last(column).Median)]);
            judge.Measure($"neither; weight decay alone: {name}, median", [plain.Last(column).Median, decayed.Last(column).Median]);
        }
        const string opposite = "cos(μ₊, μ₋), median";
        double[] flow = [.. FlowDecays.SelectMany(decay =>
            Spread.Seeds.Select(seed => CollapseFlow.Collapse(context, decay, 1, seed).End.MeanCosine))];
        judge.Measure($"flow, λ = {Wording.Short(FlowDecays[0])} and {Wording.Short(FlowDecays[1])}: cos(μ₊, μ₋), by seed", flow);
        foreach (var (decay, i) in FlowDecays.Select(static (d, i) => (d, i)))
            Judged($"flow, λ = {Wording.Short(decay)}", CollapseRest.Resting(judge, context, $"flow, λ = {Wording.Short(decay)}", decay, 1),
                flow[(5 * i)..(5 * i + 5)]);
        judge.Measure($"3 against 8, λ = {CollapseRuns.StrongText}: cos(μ₊, μ₋), by seed", two.BySeed("nc2_cosine_uncentred"));
        judge.Measure("3 against 8, λ = .016: cos(μ₊, μ₋), by seed", strongest.BySeed("nc2_cosine_uncentred"));
        Judged("3 against 8, λ = .016", CollapseRest.Resting(judge, context, "3 against 8, λ = .016", strongest),
            strongest.BySeed("nc2_cosine_uncentred"));
        void Judged(string name, int[] resting, double[] bySeed) => CollapseRest.Judged(judge, name, opposite, resting, bySeed,
            (group, value) => group.AtMost(opposite, value, strict: Opposite, lenient: NotOpposite));

        RestedRuns[] rested = [.. RestedRuns.TwoClasses()], model = [.. rested.Where(static r => r.IsTheModel)];
        foreach (var runs in rested)
        {
            var resting = runs.Resting(judge);
            if (runs.IsTheModel) Judged(runs.Name, resting, runs.Last("nc2_cosine_uncentred"));
            judge.Measure($"{runs.Name}: cos(μ₊, μ₋), by seed", runs.Last("nc2_cosine_uncentred"));
        }
        judge.Amended("at rest with normalization and decay the two means are at a right angle, as far apart as features "
            + "that are not negative can be")
            .AtMost("largest cos(μ₊, μ₋) of any start at rest", model.SelectMany(static r => r.AtRest()
                .Select(i => r.Last("nc2_cosine_uncentred")[i])).Max(), .01);
        var corrected = judge.Amended("ten classes, centred, as a tendency: the frame is approached in training and with λ");
        foreach (var (name, column) in Columns)
            corrected.AtMost($"normalization: largest ratio of the median {name} from one λ to the next larger",
                Enumerable.Range(1, normalized.Length - 1)
                .Max(i => normalized[i].Last(column).Median / normalized[i - 1].Last(column).Median), 1.02);
        corrected.AtMost("normalization: largest distance from the frame at the end over that at the start, 25 runs",
            normalized.SelectMany(r => r).Max(r => r.Last("nc2_etf") / r["nc2_etf"][0]), 1);
        judge.Amended("what ReLUs give is not negative, and so no cosine between means is")
            .AtLeast("least cos(μ₊, μ₋) of 15 networks", flow.Concat(two.BySeed("nc2_cosine_uncentred")).Min(), 0);
        judge.Amended("two centred means are opposite whatever the features are").AtMost("3 against 8: largest distance of the centred "
            + "means from the frame, start and end", two.Max(r => Math.Max(r["nc2_etf"][0], r.Last("nc2_etf"))), 1e-9);

        double[] at = [.. CollapseRuns.Decays.SelectMany(d => Enumerable.Repeat(Math.Max(d, 6e-5), 5))];
        var sweep = new Panel("Ten digits, normalization, five seeds",
            new Axis("λ (no decay drawn at 6e-5)", Scale.Log, Min: 4e-5, Max: .03),
            new Axis("deviation from the frame at the end", Scale.Log, Min: .008, Max: 1));
        foreach (var (name, column) in Columns) sweep = sweep.Points(name, at, [.. normalized.SelectMany(r => r.BySeed(column))]);
        var chart = new Chart(
            sweep,
            new Panel("Two classes, uncentred", new Axis($"1, 2: flow with λ = {Wording.Short(FlowDecays[0])}, "
                + $"{Wording.Short(FlowDecays[1])};  3: digits 3 against 8", Min: .5, Max: 3.5),
                new Axis("cos(μ₊, μ₋)", Min: -1.05, Max: 1))
                .Points("five seeds", [.. new[] { 1.0, 2, 3 }.SelectMany(i => Enumerable.Repeat(i, 5))],
                [.. flow, .. two.BySeed("nc2_cosine_uncentred")]).Level("claimed: −1", -1).Level("orthogonal", 0),
            RestPanels.Of(RestedTask.OneOutput, "nc2_cosine_uncentred", "cos(μ₊, μ₋)", Scale.Linear).Level("claimed: −1", -1),
            RestPanels.Of(RestedTask.TwoOutputs, "nc2_cosine_uncentred", "cos(μ₊, μ₋)", Scale.Linear).Level("claimed: −1", -1));
        string M(IReadOnlyList<MeasuredRun> runs, string column) => Text(runs.Last(column).Median);
        var numbers = $"Ten digits, mean |cos + 1/9|: {M(normalized[0], "nc2_equiangularity")} without decay, "
            + $"{M(strong, "nc2_equiangularity")} at λ = {CollapseRuns.StrongText}, {M(normalized[^1], "nc2_equiangularity")} at "
            + $"{Wording.Short(CollapseRuns.Decays[^1])} ({M(plain, "nc2_equiangularity")} with neither normalization nor decay). For "
            + $"two classes cos(μ₊, μ₋) is {Wording.Text(Spread.Of(flow))} in the flow and "
            + $"{Wording.Text(two.Last("nc2_cosine_uncentred"))} for 3 against 8 (λ = .004; "
            + $"{Wording.Text(strongest.Last("nc2_cosine_uncentred"))} at .016), where −1 is claimed: ReLU features are not negative, so "
            + "μ₂ = −μ₁ cannot be. Centred, two means are opposite always.";
        return judge.Outcome(chart: chart,
            caption: "Ten means come nearer to the frame with λ; the two-class form of the claim is on the wrong side of zero.",
            fails: "At rest cos(μ₊, μ₋) is 0 where −1 is claimed: medians "
                + $"{string.Join(", ", model.Where(static r => r.AtRest().Length > 0)
                    .Select(static r => $"{Text(Math.Round(r.Median("nc2_cosine_uncentred"), 9))} ({r.Name}, {r.AtRest().Length} of 5 at "
                        + $"rest)"))}. {numbers}",
            open: $"For ten classes it is a tendency that grows with λ. {numbers}");
    }

    private static string Text(double value) => Wording.Text(value);
}
