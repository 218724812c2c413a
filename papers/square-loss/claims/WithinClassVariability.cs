using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b43, NC1: variability within classes falls, the more the larger λ is; for two classes, of which the proof is, it has not vanished
/// where the last layer rests, and still falls.
/// </summary>
internal static class WithinClassVariability
{
    // Drawn for the eye only: the paper's own bound follows from the loss.
    private const double Collapsed = .01;
    private const double Strongest = .016;
    private static readonly double[] FlowDecays = [0, .02, .2];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b43-within-class-variability-collapses",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "§5, appendix G, corollary 4 (NC1)",
        Equations = ["SQ.5", "SQ.6", "SQ.38", "SQ.45a", "SQ.45c"],
        Hypothesis = "Binary classification, square loss, batch normalization and decay, at convergence to near-zero loss (appendix G; "
            + $"its two outputs ±f are one). Converged: {CollapseRest.Words}. NC1 is of the features, so that the layers that make them "
            + "must rest as well: tr Σ_W/tr Σ_B and ρ change by 2 % at most in the second half of training. Under normalization a least "
            + "value of the mean square error + λ‖W_L‖², where it is attainable, has NC1 exactly, and that minimum may be meant.",
        Statement = "Equations 5 and 6 imply NC1: at convergence the last layer's features h(x) are the same for all examples of a class.",
        SetUp = "(i) The equations themselves: ReLU net 4-16-16-1 on 20 examples of a teacher network, λ = "
            + $"{string.Join(", ", FlowDecays.Select(d => Wording.Short(d)))}, ρ0 = 1, and λ = 0 from ρ0 = 20, "
            + $"{Wording.Count(CollapseFlow.Steps)} Euler steps. (ii) Digits, 500 examples, 64-64-64-64-10, square loss, SGD to the end "
            + $"of a falling rate: batch normalization with λ = 0 … {Wording.Short(CollapseRuns.Decays[^1])}, neither, weight decay "
            + $"alone (λ = .001), and 3 against 8 with one output (200 examples, λ = {CollapseRuns.StrongText} and "
            + $"{Wording.Short(Strongest)}). Seeds 0–4. (iii) {RestedRuns.Words}; those with normalization and decay are judged, two "
            + "classes here, ten in b127. The flows of (i) that do not rest at near-zero loss are shown only. That the features rest was "
            + "required after a first look. NC1 in four definitions: tr(Σ_WΣ_B⁺)/C about the mean of means (pinv) and of examples (ufm), "
            + "tr Σ_W/tr Σ_B, and the pairwise (Var_c + Var_d)/(2‖μ_c − μ_d‖²) (CDNV). Judged by the third, the standard deviation of h, "
            + "of which the proof speaks, on two classes, of which it is: by h = V_Lᵀf it is what the outputs leave, at most m/(1 − √m)² "
            + "with m their mean square error.",
        History = ["was ✗ on 2026-11-29, because rest of the last layer counted as rest of the features, which still move",
            "was ? until 2026-11-29, because nothing that rests had a near-zero loss: training now goes on to rest",
            "was ≈ until 2026-11-28, because a fall with λ, which is not collapse, counted as a narrower form of it",
            "✗ rested until 2026-11-29 on bounds of ours (.01 and .1); now on the bound that the proof's h = V_Lᵀf implies",
            "was ✗ until 2026-11-28, because networks that a falling learning rate had stopped, and flows of a loss above .01, counted "
            + "as converged to near-zero loss; rest is measured now"],
        Expected = "Features that scatter within a class no more than outputs do. First reading: flow .09 (λ = .02), .28–.31 (.2), .69 "
            + "(λ = 0, ρ0 = 20); digits at the end .0192 (λ = .00025), .0286 (no decay), .017 (no normalization), .0147 (two classes).",
        FullRuns = CollapseRuns.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[] Flow(double decay, double rho) =>
            [.. Spread.Seeds.Select(seed => CollapseFlow.Collapse(context, decay, rho, seed).End.Within.TraceRatio)];
        var flows = FlowDecays.Select(decay => Flow(decay, 1)).ToArray();
        foreach (var (decay, i) in FlowDecays.Select((d, i) => (d, i)))
        {
            judge.Measure($"flow, λ = {Text(decay)}: tr Σ_W/tr Σ_B, by seed", flows[i]);
        }
        // By h = V_Lᵀf features scatter as outputs do: tr Σ_W/tr Σ_B = var f/mean² f ≤ m/(1 − √m)², m the mean square error.
        const string within = "tr Σ_W/tr Σ_B over m/(1 − √m)², which h = V_Lᵀf allows, median";
        static double Allowed(double square) => square / Math.Pow(1 - Math.Sqrt(square), 2);
        void Judged(string name, int[] resting, double[] bySeed) => CollapseRest.Judged(judge, name, within, resting, bySeed,
            (group, value) => group.AtMost(within, value, 1));
        foreach (var (decay, i) in FlowDecays.Select((d, i) => (d, i)).Where(static p => p.d > 0))
            Judged($"flow, λ = {Text(decay)}", CollapseRest.Resting(judge, context, $"flow, λ = {Text(decay)}", decay, 1),
                [.. Spread.Seeds.Select((seed, k) =>
                    flows[i][k] / Allowed(CollapseFlow.Rest(context, decay, 1, seed).End.MeanSquare))]);
        judge.Measure("flow, λ = 0 from ρ0 = 20: tr Σ_W/tr Σ_B, by seed", Flow(0, 20));
        RestedRuns[] rested = [.. RestedRuns.TwoClasses()], goneOn = [.. RestedRuns.GoneOn()];
        foreach (var runs in rested.Concat(goneOn))
        {
            var resting = runs.Resting(judge);
            double[] ratio = [.. runs.Last("nc1_trace_ratio").Zip(runs.MeanSquares(), static (r, m) => r / Allowed(m))];
            if (runs.IsTheModel)
            {
                runs.RequireFeaturesAtRest(judge, resting);
                Judged(runs.Name, resting, ratio);
            }
            judge.Measure($"{runs.Name}: ρ (the product of the layers' norms), by seed", runs.Last("rho"));
            judge.Measure($"{runs.Name}: tr Σ_W/tr Σ_B, by seed", runs.Last("nc1_trace_ratio"));
            judge.Measure($"{runs.Name}: tr Σ_W/tr Σ_B at about half of the time over that at the end, by seed",
                runs.HalfTime("nc1_trace_ratio"));
            foreach (var set in (string[])["", "test_"])
                judge.Measure($"{runs.Name}: NC1 in four definitions (pinv, ufm, trace ratio, "
                    + $"CDNV){(set.Length > 0 ? ", test" : "")}, medians",
                    [.. new[] { "nc1_pinv", "nc1_ufm", "nc1_trace_ratio", "nc1_cdnv" }.Select(c => runs.Median(set + c))]);
        }
        judge.Amended("where the last layer rests with normalization and decay features agree along the line between the means")
            .AtMost("normalization and decay, last layer at rest: largest tr(Σ_WΣ_B⁺)/C of any start", Largest(static r => r.IsTheModel,
                "nc1_pinv"), .001);
        judge.Amended("decay of all layers, without normalization, brings tr Σ_W/tr Σ_B below a twentieth, in runs "
            + "most of which are not at rest")
            .AtMost("decay alone, two classes, λ ≥ .001, mostly not at rest: largest median tr Σ_W/tr Σ_B",
                rested.Where(static r => r.IsDecayAlone && r.Decay >= .001)
                .Max(static r => r.Median("nc1_trace_ratio")), .05);
        double Largest(Func<RestedRuns, bool> which, string column) => rested.Where(which)
            .SelectMany(r => r.AtRest().Select(i => r.Last(column)[i])).Max();

        var columns = new[] { ("pinv", "nc1_pinv"), ("ufm", "nc1_ufm"), ("trace ratio", "nc1_trace_ratio"), ("CDNV", "nc1_cdnv") };
        var normalized = CollapseRuns.Decays.Select(decay => CollapseRuns.Normalized(context, decay)).ToArray();
        var strong = CollapseRuns.Normalized(context, CollapseRuns.Strong);
        IReadOnlyList<MeasuredRun> plain = CollapseRuns.Plain(context, false), decayed = CollapseRuns.Plain(context, true), two =
            CollapseRuns.TwoClasses(context, CollapseRuns.Strong), strongest = CollapseRuns.TwoClasses(context, Strongest);
        foreach (var (name, runs) in new[] { ("ten digits, λ = .004", strong), ("ten digits, λ = .016", normalized[^1]),
            ("3 against 8, λ = .016", strongest) })
        {
            judge.Measure($"{name}: times (1 − μ)/(2ηλ) that decay has acted", CollapseRuns.Folds(runs[0]));
            judge.Measure($"{name}: median log₁₀ of the loss at the end", runs.Last("log10_loss").Median);
            judge.Measure($"{name}: tr Σ_W/tr Σ_B and tr(Σ_WΣ_B⁺)/C, medians", runs.Last("nc1_trace_ratio").Median,
                runs.Last("nc1_pinv").Median);
        }
        Judged("3 against 8, λ = .016", CollapseRest.Resting(judge, context, "3 against 8, λ = .016", strongest),
            [.. strongest.Select(static r => r.Last("nc1_trace_ratio") / Allowed(Math.Pow(10, r.Last("log10_loss"))))]);
        judge.Amended("along the line between the means, in Papyan's definition, it does at λ = .016").AtMost(
            "3 against 8, λ = .016: tr(Σ_WΣ_B⁺)/C, median of five", strongest.Last("nc1_pinv").Median, Collapsed);
        judge.Measure("3 against 8, λ = .004 and .016: tr Σ_W/tr Σ_B, medians",
            two.Last("nc1_trace_ratio").Median, strongest.Last("nc1_trace_ratio").Median);
        judge.Measure("3 against 8, λ = .016: tr Σ_W/tr Σ_B, by seed", strongest.BySeed("nc1_trace_ratio"));
        judge.Measure("3 against 8, λ = .004: times (1 − μ)/(2ηλ) that decay has acted", CollapseRuns.Folds(two[0]));
        foreach (var (name, column) in columns)
        {
            judge.Measure($"digits, normalization and λ = .004: NC1 ({name}), by seed", strong.BySeed(column));
            judge.Measure($"digits, normalization: median NC1 ({name}), λ = 0, .00025, .001, .004, .016",
                [.. normalized.Select(r => r.Last(column).Median)]);
            judge.Measure($"digits, neither; weight decay alone; 3 against 8: median NC1 ({name})",
                [plain.Last(column).Median, decayed.Last(column).Median, two.Last(column).Median]);
        }
        judge.Amended("in the flow, whose λ acts on ρ alone, it is the other way").AtLeast(
            "flow: median tr Σ_W/tr Σ_B at λ = .2 over that without decay", Spread.Of(flows[2]).Median / Spread.Of(flows[0]).Median, 1.5);
        judge.Premise.AtMost("digits, normalization: largest training error at the end", normalized.Max(r => r.Last("train_error").Max),
            .01);

        var corrected = judge.Amended("as a tendency, for ten classes: variability falls in training, and the more the larger λ is");
        corrected.AtMost("digits, normalization: largest NC1 (pinv) at the end over that at the start, 25 runs",
            normalized.SelectMany(r => r).Max(r => r.Last("nc1_pinv") / r["nc1_pinv"][0]), .2);
        corrected.AtMost("digits, normalization: largest ratio of median NC1 (pinv) from one λ to the next larger",
            Enumerable.Range(1, normalized.Length - 1)
            .Max(i => normalized[i].Last("nc1_pinv").Median / normalized[i - 1].Last("nc1_pinv").Median), 1);
        corrected.AtMost("digits, normalization: the same for tr Σ_W/tr Σ_B", Enumerable.Range(1, normalized.Length - 1)
            .Max(i => normalized[i].Last("nc1_trace_ratio").Median / normalized[i - 1].Last("nc1_trace_ratio").Median), 1);
        judge.Amended("for two classes definitions part: tr(Σ_WΣ_B⁺) looks along the line between the means only")
            .AtLeast("3 against 8, λ = .004: median of tr Σ_W/tr Σ_B over tr(Σ_WΣ_B⁺)/C",
            Spread.Of(two.Select(r => r.Last("nc1_trace_ratio") / r.Last("nc1_pinv"))).Median, 10);

        var training = new Panel("Digits: NC1 (pinv) in training, medians of five", new Axis("epoch", Scale.Log, Min: 1),
            new Axis("tr(Σ_WΣ_B⁺)/C", Scale.Log, Min: .006, Max: 5));
        foreach (var (name, runs) in new[] { ("normalization, λ = .004", strong), ("normalization, no decay", normalized[0]),
            ("neither", plain), ("decay alone, λ = .001", decayed), ("3 against 8, λ = .004", two) })
            training = training.Line(name, runs[0]["epoch"][1..], Middle(runs, "nc1_pinv")[1..]);
        var sweep = new Panel("Digits, normalization: three definitions, five seeds",
            new Axis("λ (no decay drawn at 6e-5)", Scale.Log, Min: 4e-5, Max: .12),
            new Axis("NC1 at the end", Scale.Log, Min: 8e-4, Max: .7));
        double[] at = [.. CollapseRuns.Decays.SelectMany(d => Enumerable.Repeat(Math.Max(d, 6e-5), 5))];
        foreach (var (name, column) in columns.Where(c => c.Item1 != "ufm"))
            sweep = sweep.Points(name, at, [.. normalized.SelectMany(r => r.BySeed(column))]);
        var chart = new Chart(
            training.Level("one hundredth", Collapsed),
            sweep.Level("one hundredth", Collapsed),
            new Panel("Flow (5)–(6), 4-16-16-1", new Axis("λ", Min: -.01, Max: .21), new Axis("tr Σ_W/tr Σ_B at the end", Min: 0, Max: .7))
                .Points("flow, five seeds", [.. FlowDecays.SelectMany(d => Enumerable.Repeat(d, 5))], [.. flows.SelectMany(f => f)])
                .Level("one hundredth", Collapsed),
            RestPanels.Of(RestedTask.OneOutput, "nc1_trace_ratio", "tr Σ_W/tr Σ_B"),
            RestPanels.Of(RestedTask.TwoOutputs, "nc1_trace_ratio", "tr Σ_W/tr Σ_B"),
            RestPanels.AgainstDecay("Two classes, normalization and decay, or normalization alone",
                [.. rested.Where(static r => !r.IsDecayAlone)],
                ("tr(Σ_WΣ_B⁺)/C", "nc1_pinv"), ("tr Σ_W/tr Σ_B", "nc1_trace_ratio"), ("CDNV", "nc1_cdnv")))
        { Columns = 3 };
        string Flowing(int i) => Wording.Text(Spread.Of(flows[i]));
        var numbers = $"The paper's own equations end at tr Σ_W/tr Σ_B = {Flowing(0)} without decay, {Flowing(1)} at λ = .02 and "
            + $"{Flowing(2)} at .2: decay of ρ alone costs fit and adds variability. Digits with normalization: tr(Σ_WΣ_B⁺)/C = "
            + $"{Text(normalized[0].Last("nc1_pinv").Median)} without decay, {Text(strong.Last("nc1_pinv").Median)} at λ = .004, "
            + $"{Text(normalized[^1].Last("nc1_pinv").Median)} at .016; tr Σ_W/tr Σ_B is "
            + $"{Text(normalized[0].Last("nc1_trace_ratio").Median)}, {Text(strong.Last("nc1_trace_ratio").Median)}, "
            + $"{Text(normalized[^1].Last("nc1_trace_ratio").Median)}. For 3 against 8 the first says "
            + $"{Text(two.Last("nc1_pinv").Median)} and the second {Text(two.Last("nc1_trace_ratio").Median)} at λ = .004, "
            + $"{Text(strongest.Last("nc1_pinv").Median)} and {Text(strongest.Last("nc1_trace_ratio").Median)} at .016.";
        string Range(IEnumerable<double> values) => $"{Text(values.Min())} to {Text(values.Max())}";
        IEnumerable<double> Further(string column) => goneOn.SelectMany(on =>
            on.Last(column).Zip(rested.Single(r => r.Task == on.Task && r.IsTheModel && r.Decay == on.Decay).Last(column),
                static (after, before) => after / before));
        double[] falls = [.. Further("nc1_trace_ratio")], growth = [.. Further("rho")];
        judge.Measure("gone on: tr Σ_W/tr Σ_B over that where the last layer came to rest, ten starts", falls);
        judge.Measure("gone on: ρ over that where the last layer came to rest, ten starts", growth);
        var further = $"gone on to {Text(Spread.Of(goneOn[0].Last("decay_times")).Median, 4)} times of decay all {falls.Length} starts "
            + $"fall to {Range(falls)} of that while ρ grows {Range(growth)} times (medians then "
            + $"{string.Join(", ", goneOn.Select(static r => Text(r.Median("nc1_trace_ratio"))))})";
        var halves = Range(rested.Where(static r => r.IsTheModel).SelectMany(static r => r.AtRest()
            .Select(i => r.HalfTime("nc1_trace_ratio")[i])));
        var alone = string.Join(", ", rested.Where(static r => r.IsDecayAlone)
            .Select(static r => $"{Text(r.Median("nc1_trace_ratio"))} ({r.Name})"));
        var still = "Where the last layer rests with normalization and decay variability within classes has not vanished, and still "
            + "falls: medians of tr Σ_W/tr Σ_B are "
            + $"{string.Join(", ", rested.Where(static r => r.IsTheModel && r.AtRest().Length > 0)
                .Select(static r => $"{Text(r.Median("nc1_trace_ratio"))} ({r.Name}, {r.AtRest().Length} of 5)"))}; at half of the "
            + $"training it is {halves} times that at the end, and {further}. The hidden layers do not decay, so that the time of decay "
            + "is not theirs and rest of the features is not shown. Along the line between the means, tr(Σ_WΣ_B⁺)/C is at most "
            + $"{Text(Largest(static r => r.IsTheModel, "nc1_pinv"))}. Decay of all layers without normalization, "
            + $"mostly not at rest: {alone}.";
        return judge.Outcome(chart: chart, caption: "Where the dots cross the dotted line depends on λ and on "
            + "the definition of variability.",
            fails: $"{still} {numbers}",
            care: "Networks that are trained vary less within classes the larger λ is (of all layers), but "
                + $"variability does not vanish. {numbers}",
            open: $"{still} {numbers}");
    }

    /// <summary>The median over seeds, one number per observation.</summary>
    internal static double[] Middle(IReadOnlyList<MeasuredRun> runs, string column) =>
        [.. Enumerable.Range(0, runs[0].Count).Select(i => Spread.Of(runs.Select(r => r[column][i])).Median)];

    private static string Text(double value, int digits = 3) => Wording.Text(value, digits);
}
