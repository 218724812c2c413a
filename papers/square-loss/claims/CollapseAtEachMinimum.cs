using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b65: whether Papyan's NC1 to NC4 hold where two classes rest at near-zero loss, at each ρ.</summary>
internal static class CollapseAtEachMinimum
{
    // What is collapsed (dual), and what is not; the paper gives no bound.
    private const double Collapsed = .01, Scattered = .1, Dual = .1, Far = .3;
    private static readonly int[] Widths = [16, 32, 64, 128];
    private static readonly int[] HiddenLayers = [1, 3, 5];

    private static IEnumerable<int[]> OtherNetworks => Widths.Where(w => w != 64).Select(w => (int[])[w, w, w])
        .Concat(HiddenLayers.Where(k => k != 3).Select(k => Enumerable.Repeat(64, k).ToArray()));

    private static readonly (string Name, string Column)[] Columns =
        [("NC1 tr(Σ_WΣ_B⁺)/C", "nc1_pinv"), ("NC1 tr Σ_W/tr Σ_B", "nc1_trace_ratio"), ("NC2 mean |cos + 1/9|", "nc2_equiangularity"),
            ("NC3 distance", "nc3_distance")];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b65-collapse-at-each-minimum",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "§5, “properties of the Neural Collapse … irrespectively of the value of ρ_eq”; appendix G: “these results apply to each "
            + "global minimum, irrespectively of its ρ_eq”",
        Equations = ["SQ.40"],
        Hypothesis = "Square loss with batch normalization and decay λ > 0, at each minimum of near-zero loss (§5, appendix G). "
            + $"Converged: {CollapseRest.Words}; the features too, tr Σ_W/tr Σ_B and ρ within 2 % over the second half of training. "
            + "Appendix G has two classes, §5 Papyan's properties.",
        Statement = "With normalization and weight decay NC1 to NC4, Papyan's, hold at each close-to-zero-loss "
            + "minimum, irrespective of its ρ_eq.",
        SetUp = "Digits in ten classes, 500 examples, normalization, SGD of 300 epochs to the end of a falling rate "
            + $"(papers/square-loss/collapse.yaml), seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}: λ = "
            + $"{string.Join(", ", CollapseRuns.Decays.Select(d => Wording.Short(d)))} at width 64 and three hidden layers; widths "
            + $"{string.Join(", ", Widths)} and {string.Join(", ", HiddenLayers)} hidden layers of 64 at λ = "
            + $"{Wording.Short(CollapseRuns.Strong)}; these do not rest and are shown only. {RestedRuns.Words}; those of two classes "
            + "with normalization and decay are judged, whose ρ differs with λ and with the start, in Papyan's centred forms: NC2 is 0 "
            + "of any two classes, NC3 the distance of V_L and μ₊ − μ₋ (b44 and b45 have the memo's uncentred forms). That the features "
            + $"rest was required after a first look. Taken as collapse: NC1 and NC2 of {Wording.Short(Collapsed)}, an NC3 distance of "
            + $"{Wording.Short(Dual)}, no disagreement (NC4); as none: above {Wording.Short(Scattered)} and {Wording.Short(Far)}.",
        History = ["was ✗ on 2026-11-29, because NC2 and NC3 were judged on uncentred means, which are not Papyan's, and "
            + "NC1 on features that still move",
            "was ? until 2026-11-29, because none of the networks that were looked at rests: two classes are trained to rest now",
            "was ✗ until 2026-11-28, because networks that a falling learning rate had stopped were taken for minima; whether the "
            + "last layer rests is measured now"],
        Expected = "All deviations near 0 at each ρ.",
        FullRuns = () => [.. CollapseRuns.FullRuns(), .. CollapseRuns.FullRuns(OtherNetworks)],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var decays = CollapseRuns.Decays.Select(decay => CollapseRuns.Normalized(context, decay)).ToArray();
        var strong = CollapseRuns.Normalized(context, CollapseRuns.Strong);
        var widths = Widths.Select(w => w == 64 ? strong : CollapseRuns.Hidden(context, w, w, w)).ToArray();
        var depths = HiddenLayers.Select(k => k == 3 ? strong : CollapseRuns.Hidden(context, [.. Enumerable.Repeat(64, k)])).ToArray();
        judge.Premise.AtMost("largest training error at the end, 55 networks",
            decays.Concat(widths).Concat(depths).Max(r => r.Last("train_error").Max), .01);
        foreach (var (name, column) in Columns)
        {
            judge.Measure($"{name}: median, λ = 0, .00025, .001, .004, .016", [.. decays.Select(r => r.Last(column).Median)]);
            judge.Measure($"{name}: median, widths 16, 32, 64, 128", [.. widths.Select(r => r.Last(column).Median)]);
            judge.Measure($"{name}: median, 1, 3, 5 hidden layers", [.. depths.Select(r => r.Last(column).Median)]);
        }
        IReadOnlyList<MeasuredRun>[] all = [.. decays.Skip(1).Concat(widths).Concat(depths).Where(r => CollapseRuns.Folds(r[0]) >= 1)];
        judge.Measure("times (1 − μ)/(2ηλ) that decay has acted, by λ", [.. decays.Select(r => CollapseRuns.Folds(r[0]))]);
        judge.Measure("networks on which it has acted once and more, of five each", all.Length);
        judge.Measure("largest sin ∠(V_L, ∂L/∂V_L) of them (0: at rest), medians of five",
            all.Max(r => Spread.Of(CollapseRest.OfRuns(context, r)).Median));
        judge.Measure("largest median log₁₀ of their loss at the end", all.Max(r => r.Last("log10_loss").Median));
        judge.Measure("NC4 disagreement: median, λ = 0, .00025, .001, .004, .016",
            [.. decays.Select(r => r.Last("nc4_disagreement").Median)]);
        judge.Measure("mean square log₁₀ L: median, λ = 0, .00025, .001, .004, .016", [.. decays.Select(r => r.Last("log10_loss").Median)]);
        // What rests is judged: two classes of the memo's proof; of ten, b127.
        RestedRuns[] rested = [.. RestedRuns.TwoClasses().Where(static r => r.IsTheModel)];
        foreach (var runs in rested)
        {
            var resting = runs.Resting(judge);
            runs.RequireFeaturesAtRest(judge, resting);
            judge.Measure($"{runs.Name}: ρ, by seed", runs.Last("rho"));
            void Judged(string quantity, double[] bySeed, double strict, double lenient) => CollapseRest.Judged(judge, runs.Name, quantity,
                resting, bySeed, (group, value) => group.AtMost(quantity, value, strict, lenient));
            Judged("NC1 (tr Σ_W/tr Σ_B), median", runs.Last("nc1_trace_ratio"), Collapsed, Scattered);
            Judged("NC2 (distance of the centred means from the frame), median", runs.Last("nc2_etf"), Collapsed, Scattered);
            Judged("NC3 (‖W/‖W‖ − M/‖M‖‖), median", runs.Last("nc3_distance"), Dual, Far);
            Judged("NC4 (disagreement), median", runs.Last("nc4_disagreement"), 0, 0);
        }
        judge.Amended("ten classes, not at rest: features vary less "
            + "within classes the larger λ is").AtLeast("median NC1 (pinv) without decay over that at λ = .016",
            decays[0].Last("nc1_pinv").Median / decays[^1].Last("nc1_pinv").Median, 10);
        judge.Amended("ten classes, not at rest: they vary more the wider the network is, at "
            + "the same λ and number of epochs").AtLeast("median NC1 (trace) at width 128 "
            + "over that at 16", widths[^1].Last("nc1_trace_ratio").Median / widths[0].Last("nc1_trace_ratio").Median, 3);
        judge.Amended("ten classes, not at rest: they vary less the deeper it is").AtLeast("median NC1 (pinv) with one hidden "
            + "layer over that with five",
            depths[0].Last("nc1_pinv").Median / depths[^1].Last("nc1_pinv").Median, 10);

        Panel Sweep(string title, Axis axis, double[] values, IReadOnlyList<MeasuredRun>[] runs)
        {
            var panel = new Panel(title, axis, new Axis("deviation at the end of training", Scale.Log, Min: 1e-3, Max: 2));
            double[] at = [.. values.SelectMany(v => Enumerable.Repeat(v, 5))];
            foreach (var (name, column) in Columns) panel = panel.Points(name, at, [.. runs.SelectMany(r => r.BySeed(column))]);
            return panel;
        }
        var chart = new Chart(
            Sweep("Weight decay (width 64, three hidden)", new Axis("λ (no decay drawn at 6e-5)", Scale.Log, Min: 4e-5, Max: .03),
                [.. CollapseRuns.Decays.Select(d => Math.Max(d, 6e-5))], decays),
            Sweep("Width (λ = .004)", new Axis("units of a hidden layer", Scale.Log, Min: 12, Max: 170), [.. Widths.Select(w => (double)w)],
                widths),
            Sweep("Depth (λ = .004)", new Axis("hidden layers", Min: .5, Max: 5.5), [.. HiddenLayers.Select(k => (double)k)], depths))
        { Columns = 3 };
        string M(IReadOnlyList<MeasuredRun> runs, string column) => Wording.Text(runs.Last(column).Median);
        RestedRuns[] atRest = [.. rested.Where(static r => r.AtRest().Length > 0)];
        double[] norms = [.. atRest.SelectMany(static r => r.AtRest().Select(i => r.Last("rho")[i]))];
        var numbers = "Where the last layer rests, at near-zero loss, medians of NC1 (tr Σ_W/tr Σ_B), of Papyan's NC3 (distance) and of "
            + "the disagreement of NC4 are "
            + $"{string.Join("; ", atRest.Select(static r =>
                $"{string.Join(", ", new[] { "nc1_trace_ratio", "nc3_distance", "nc4_disagreement" }
                    .Select(c => Wording.Text(Math.Round(r.Median(c), 9))))} ({r.Name}, {r.AtRest().Length} of 5)"))}, at ρ from "
            + $"{Wording.Text(norms.Min())} to {Wording.Text(norms.Max())}: NC4 holds, NC2 is empty for two centred means, NC3 is open, "
            + "and NC1 still falls (b43), so that rest of the features is not shown. Ten classes, not at rest: NC1 (pinv) at the end "
            + $"goes from {M(decays[0], "nc1_pinv")} without decay to {M(decays[^1], "nc1_pinv")} at λ = .016; at λ = .004 from "
            + $"{M(depths[0], "nc1_pinv")} with one hidden layer to {M(depths[^1], "nc1_pinv")} with five; by the trace from "
            + $"{M(widths[0], "nc1_trace_ratio")} at width 16 to {M(widths[^1], "nc1_trace_ratio")} at 128. NC3 is "
            + $"{M(decays[^1], "nc3_distance")} at best.";
        return judge.Outcome(chart: chart, caption: "Every dot is a network of ten classes that classifies its training examples; none "
            + "of them is at rest, and none is judged.",
            holds: numbers, care: numbers, fails: numbers, open: numbers);
    }
}
