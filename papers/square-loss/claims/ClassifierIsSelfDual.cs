using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Claim b45, NC3: V_L does not point along the features of both classes; along the centred means, Papyan's form, it does nearly.
/// </summary>
internal static class ClassifierIsSelfDual
{
    // What counts as dual: a distance ‖W/‖W‖ − M/‖M‖‖ = √(2 − 2 cos) of .1 (a cosine of .995), and what does not; the paper gives no bound.
    private const double Close = .1, Far = .3;

    private static readonly (double Decay, double Rho)[] Flows = [(.2, 1), (.02, 1), (0, 1), (0, 20)];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b45-classifier-is-self-dual",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "§5, appendix G, corollary 4 (NC3)",
        Equations = ["SQ.5", "SQ.6", "SQ.40", "SQ.45c"],
        Hypothesis = "Square loss, batch normalization as eq. 5 and 6 have it, decay, at convergence to near-zero loss (appendix G, two "
            + $"classes). Converged: {CollapseRest.Words}.",
        Statement = "Equations 5 and 6 imply NC3: at convergence h = V_Lᵀf, so that the features h of the examples of both classes, as "
            + "they are (uncentred), are proportional to V_Lᵀ.",
        SetUp = $"The networks and flows of claim B43, flows from ρ0 = {Wording.Short(Flows[0].Rho)} and, without decay, from "
            + $"{Wording.Short(Flows[^1].Rho)}. Judged: the mean over the examples of sin ∠(V_L, h), h as the last layer sees it. Taken "
            + $"as proportional: {Wording.Short(Close)}; as not: {Wording.Short(Far)}; behind ReLUs it is ½ at the least (b125), at rest "
            + "or not, so that the check cannot pass. Papyan's form, the distance ‖W/‖W‖ − M/‖M‖‖ = √(2 − 2 cos) of V_L and the centred "
            + $"μ₊ − μ₋, is an amendment with the same bounds. {RestedRuns.Words}; those with normalization and decay are "
            + "judged, ten classes in b127.",
        History = ["✗ rested until 2026-11-29 on cos(μ₊, μ₋), which is b44's; now on the angle of V_L to the features",
            "was ? until 2026-11-29, because nothing that rests had a near-zero loss: training now goes on to rest",
            "was ≈ until 2026-11-28, because the duality of V_L and centred means, which is Papyan's NC3, was judged, and ten classes "
            + "with it; the memo's h ∝ V_Lᵀ is another statement"],
        Expected = "Sine 0; in Papyan's form cosine 1, distance 0. First reading: flow .979–.994 (small ρ or decay), .917–.924 (ρ0 = 20, "
            + "little decay); digits .717 (normalization and decay), .821 (no decay), .692 (no normalization), two classes .794.",
        FullRuns = CollapseRuns.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var flows = Flows.Select(f =>
            Spread.Seeds.Select(seed => CollapseFlow.Collapse(context, f.Decay, f.Rho, seed).End.Duality!.Cosine).ToArray()).ToArray();
        foreach (var (f, i) in Flows.Select((f, i) => (f, i)))
            judge.Measure($"flow, λ = {Text(f.Decay)}, ρ0 = {Text(f.Rho)}: cos(V_L, μ₊ − μ₋), by seed", flows[i]);
        var normalized = CollapseRuns.Decays.Select(decay => CollapseRuns.Normalized(context, decay)).ToArray();
        var strong = CollapseRuns.Normalized(context, CollapseRuns.Strong);
        IReadOnlyList<MeasuredRun> plain = CollapseRuns.Plain(context, false), decayed = CollapseRuns.Plain(context, true), two =
            CollapseRuns.TwoClasses(context, CollapseRuns.Strong), strongest = CollapseRuns.TwoClasses(context, CollapseRuns.Decays[^1]);
        judge.Measure($"digits, normalization and λ = {CollapseRuns.StrongText}: ‖W/‖W‖ − M/‖M‖‖, by seed", strong.BySeed("nc3_distance"));
        judge.Measure($"digits, normalization: median distance, λ = {CollapseRuns.DecaysText}",
            [.. normalized.Select(r => r.Last("nc3_distance").Median)]);
        judge.Measure("digits, neither; weight decay alone; 3 against 8: median distance",
            [plain.Last("nc3_distance").Median, decayed.Last("nc3_distance").Median, two.Last("nc3_distance").Median]);
        const string distance = "‖W/‖W‖ − M/‖M‖‖, median of five";
        foreach (var (name, runs) in new[] { ("ten digits, λ = .004", strong), ("ten digits, λ = .016", normalized[^1]),
            ("3 against 8, λ = .016", strongest) })
            judge.Measure($"{name}: {distance}", runs.Last("nc3_distance").Median);
        const string apart = "mean over examples of sin ∠(V_L, h), median";
        void Judged(string name, int[] resting, double[] sines) => CollapseRest.Judged(judge, name, apart, resting, sines,
            (group, value) => group.AtMost(apart, value, strict: Close, lenient: Far));
        CollapseRest.Resting(judge, context, "3 against 8, λ = .016", strongest);
        RestedRuns[] rested = [.. RestedRuns.TwoClasses()], model = [.. rested.Where(static r => r.IsTheModel && r.AtRest().Length > 0)];
        var dual = judge.Amended("Papyan's NC3, of V_L and the centred means, where the last layer rests");
        foreach (var runs in rested)
        {
            var resting = runs.Resting(judge);
            if (runs.IsTheModel) Judged(runs.Name, resting, runs.Last("residual_mean"));
            if (runs.IsTheModel && resting.Length > 0)
            {
                dual.In($"{runs.Name}, {resting.Length} of 5 at rest").AtMost(distance,
                    Spread.Of(resting.Select(i => runs.Last("nc3_distance")[i])).Median, strict: Close, lenient: Far);
            }
            judge.Measure($"{runs.Name}: ‖W/‖W‖ − M/‖M‖‖, by seed", runs.Last("nc3_distance"));
        }
        static double Distance(double cosine) => Math.Sqrt(2 - 2 * cosine);
        var papyan = judge.Amended("of V_L and the centred means, Papyan's form, in the equations themselves");
        foreach (var i in (int[])[0, 1])
        {
            var flow = $"flow (5)–(6), λ = {Wording.Short(Flows[i].Decay)}";
            Judged(flow, CollapseRest.Resting(judge, context, flow, Flows[i].Decay, Flows[i].Rho), [.. Spread.Seeds.Select(seed =>
            {
                var (end, data) = CollapseFlow.Rest(context, Flows[i].Decay, Flows[i].Rho, seed);
                return ConstraintEquations.Residuals(end.Network, end.V, data.X)[^1].Where(double.IsFinite).Average();
            })]);
            papyan.In(flow).AtMost(distance, Distance(Spread.Of(flows[i]).Median), Close, Far);
        }
        var corrected = judge.Amended("for ten classes as a tendency with λ");
        corrected.AtMost("digits, normalization: largest ratio of the median distance from one λ to the next larger",
            Enumerable.Range(1, normalized.Length - 1)
            .Max(i => normalized[i].Last("nc3_distance").Median / normalized[i - 1].Last("nc3_distance").Median), 1);
        corrected.AtMost("digits, normalization: largest distance at the end over that at the start, 25 runs",
            normalized.SelectMany(r => r).Max(r => r.Last("nc3_distance") / r["nc3_distance"][0]), 1);

        var training = new Panel("Digits in training, medians of five", new Axis("epoch", Scale.Log, Min: 1),
            new Axis("‖W/‖W‖ − M/‖M‖‖", Min: 0, Max: 1.5));
        foreach (var (name, runs) in new[] { ($"normalization, λ = {Wording.Short(CollapseRuns.Decays[^1])}", normalized[^1]),
            ($"normalization, λ = {CollapseRuns.StrongText}", strong),
            ("normalization, no decay", normalized[0]), ("neither", plain), ("decay alone, λ = .001", decayed),
            ($"3 against 8, λ = {CollapseRuns.StrongText}", two) })
            training = training.Line(name, runs[0]["epoch"][1..], WithinClassVariability.Middle(runs, "nc3_distance")[1..]);
        var chart = new Chart(
            training.Level("claimed: 0", 0),
            new Panel("Flow (5)–(6), 4-16-16-1", new Axis("1, 2, 3: λ = .2, .02, 0;  4: λ = 0 from ρ0 = 20", Min: .5, Max: 4.5),
                new Axis("cos(V_L, μ₊ − μ₋)", Min: .5, Max: 1.02))
                .Points("five seeds", [.. new[] { 1.0, 2, 3, 4 }.SelectMany(i => Enumerable.Repeat(i, 5))], [.. flows.SelectMany(f => f)])
                .Level("claimed: 1", 1),
            RestPanels.Of(RestedTask.OneOutput, "nc3_distance", "‖W/‖W‖ − M/‖M‖‖"),
            RestPanels.Of(RestedTask.TwoOutputs, "nc3_distance", "‖W/‖W‖ − M/‖M‖‖"));
        var numbers = $"cos(V_L, μ₊ − μ₋) in the flow: {Wording.Text(Spread.Of(flows[0]))} (λ = .2), {Wording.Text(Spread.Of(flows[1]))} "
            + $"(.02), {Wording.Text(Spread.Of(flows[3]))} (no decay, ρ0 = 20). Ten digits: the distance falls from "
            + $"{Text(normalized[0].Last("nc3_distance").Median)} without decay to {Text(strong.Last("nc3_distance").Median)} (λ = "
            + $"{CollapseRuns.StrongText}) and {Text(normalized[^1].Last("nc3_distance").Median)} "
            + $"({Wording.Short(CollapseRuns.Decays[^1])}), 3 against 8 {Text(two.Last("nc3_distance").Median)} and "
            + $"{Text(strongest.Last("nc3_distance").Median)} (the flow has {Text(Distance(Spread.Of(flows[0]).Median))} and "
            + $"{Text(Distance(Spread.Of(flows[1]).Median))}): far from 0 after all examples are learned.";
        return judge.Outcome(chart: chart, caption: "Weights turn towards the class means, farther with more decay; "
            + "unrelated weights would be at √2.", care: numbers, open: numbers,
            fails: "Behind ReLUs V_L cannot point along the features of one class and against those of the other (b125): where the last "
                + "layer rests with normalization and decay the mean of sin ∠(V_L, h) (medians) is "
                + string.Join(", ", model.Select(static r =>
                    $"{Text(r.Median("residual_mean"))} ({r.Name}, {r.AtRest().Length} of 5 at rest)"))
                + ". Papyan's NC3: open, its distances (medians) are "
                + string.Join(", ", model.Select(static r => Text(r.Median("nc3_distance")))) + ", between .1 and .3. " + numbers);
    }

    private static string Text(double value) => Wording.Text(value);
}
