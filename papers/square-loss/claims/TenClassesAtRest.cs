using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b127: which of NC1 to NC4 ten classes have where training with normalization and decay rests.</summary>
internal static class TenClassesAtRest
{
    // What is collapsed (dual), and what is not; the paper gives no bound. b65's.
    private const double Collapsed = .01, Scattered = .1, Dual = .1, Far = .3;

    private static readonly (string Name, Func<RestedRuns, double[]> Of, double Strict, double Lenient)[] s_properties =
    [
        ("NC1 (tr Σ_W/tr Σ_B)", static r => r.Last("nc1_trace_ratio"), Collapsed, Scattered),
        ("NC2 (mean |cos + 1/9|)", static r => r.Last("nc2_equiangularity"), Collapsed, Scattered),
        ("NC3 (‖Ŵ/‖Ŵ‖ − M/‖M‖‖)", static r => r.CentredDistances(), Dual, Far),
        ("NC4 (disagreement)", static r => r.Last("nc4_disagreement"), 0, 0),
    ];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b127-ten-classes-at-rest",
        Paper = SourcePapers.SquareLoss,
        Keywords = ["neural collapse"],
        Place = "§5: “these properties of the Neural Collapse seem to be predicted by the theory of this paper for the global minima”",
        Hypothesis = "Square loss with batch normalization and decay, at minima of near-zero loss. The memo's sketch of a proof is of "
            + "two classes; §5 speaks of Papyan's properties, which are of many. Taken as such minima: training at rest, all examples "
            + "classified, a mean square error of .01 at most.",
        Statement = "At the minima of near-zero square loss with batch normalization and weight decay NC1 to NC4 hold.",
        SetUp = $"{RestedRuns.Words}. Ten classes: NC1 in four definitions on training and test examples, NC2 to NC4; medians of five. "
            + "NC3 of the rows of W_L less their mean, Ŵ: with codes 0 and 1 and no bias the mean row stands for the bias that Papyan's "
            + "networks have (of orthogonal means and perfect duality it alone makes the distance √(2 − 2√.9) = .32, which is shown "
            + $"too). Taken as collapse: NC1 and NC2 of {Wording.Short(Collapsed)}, an NC3 distance of {Wording.Short(Dual)}, no "
            + $"disagreement; as none: above {Wording.Short(Scattered)} and {Wording.Short(Far)}.",
        Expected = "All deviations near 0.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        RestedRuns[] all = [.. RestedRuns.Of(RestedTask.TenClasses)], model = [.. all.Where(static r => r.IsTheModel)];
        foreach (var runs in all)
        {
            var resting = runs.Resting(judge);
            foreach (var (name, of, strict, lenient) in s_properties)
            {
                if (runs.IsTheModel)
                    CollapseRest.Judged(judge, runs.Name, $"{name}, median", resting, of(runs),
                        (group, value) => group.AtMost($"{name}, median", value, strict, lenient));
                judge.Measure($"{runs.Name}: {name}, by seed", of(runs));
            }
            foreach (var set in (string[])["", "test_"])
                judge.Measure($"{runs.Name}: NC1 in four definitions (pinv, ufm, trace ratio, "
                    + $"CDNV){(set.Length > 0 ? ", test" : "")}, medians",
                    [.. new[] { "nc1_pinv", "nc1_ufm", "nc1_trace_ratio", "nc1_cdnv" }.Select(c => runs.Median(set + c))]);
            judge.Measure($"{runs.Name}: NC2, spread of the lengths and distance from the frame, medians", runs.Median("nc2_equinorm"),
                runs.Median("nc2_etf"));
            judge.Measure($"{runs.Name}: NC3 with the mean row in W, by seed", runs.Last("nc3_distance"));
            judge.Measure($"{runs.Name}: NC4 disagreement on test examples, by seed", runs.Last("test_nc4_disagreement"));
        }
        var chart = new Chart(
            RestPanels.Of(RestedTask.TenClasses, "nc1_trace_ratio", "NC1: tr Σ_W/tr Σ_B").Level("one hundredth", Collapsed),
            RestPanels.Of(RestedTask.TenClasses, "nc2_equiangularity", "NC2: mean |cos + 1/9|").Level("one hundredth", Collapsed),
            RestPanels.Of(RestedTask.TenClasses, "nc3_distance", "NC3: ‖W/‖W‖ − M/‖M‖‖"),
            RestPanels.Of(RestedTask.TenClasses, "nc4_disagreement", "NC4: share of disagreement", Scale.Linear),
            RestPanels.AgainstDecay("Ten digits, normalization and decay, or normalization alone",
                [.. all.Where(static r => !r.IsDecayAlone)],
                ("NC1 tr(Σ_WΣ_B⁺)/C", "nc1_pinv"), ("NC1 tr Σ_W/tr Σ_B", "nc1_trace_ratio"), ("NC2", "nc2_equiangularity"), ("NC3",
                    "nc3_distance")),
            RestPanels.AgainstDecay("Ten digits, decay alone", [.. all.Where(static r => r.IsDecayAlone)],
                ("NC1 tr(Σ_WΣ_B⁺)/C", "nc1_pinv"), ("NC1 tr Σ_W/tr Σ_B", "nc1_trace_ratio"), ("NC2", "nc2_equiangularity"), ("NC3",
                    "nc3_distance")));
        string Row(RestedRuns r) => $"{r.Name}: {string.Join(", ", s_properties.Select(p => Wording.Text(Spread.Of(p.Of(r)).Median)))} "
            + "after "
            + (r.Decay > 0 ? $"{Wording.Text(Spread.Of(r.Last("decay_times")).Median)} times of decay, {r.AtRest().Length} of 5 "
            + "at rest and of near-zero loss" : "training to its end")
            + (r.Last("train_error").Count(static e => e > 0) is > 0 and var missed ? $" ({missed} of 5 do not classify all)" : "");
        RestedRuns[] atRest = [.. model.Where(static r => r.AtRest().Length > 0)];
        var judged = string.Join(", ", atRest.Select(static r => $"λ = {Wording.Short(r.Decay)}"));
        string Middle(int property) => string.Join(", ", atRest.Select(r => Wording.Text(Spread.Of(r.AtRest()
            .Select(i => s_properties[property].Of(r)[i])).Median, 2)));
        var numbers = $"At {judged} training rests at near-zero loss; no other λ is judged. NC1, NC2, NC3 and NC4 (medians). "
            + $"{string.Join("; ", all.Select(Row))}.";
        return judge.Outcome(chart: chart, holds: numbers, care: numbers, fails: numbers, open: numbers, caption: "Where training rests "
            + $"({judged}, the only λ that is judged) NC1 and NC4 are reached, NC2 nearly ({Middle(1)}), NC3 not ({Middle(2)}, of the "
            + "rows less their mean; the panels have W with its mean row). With decay alone all stop short of it, at a loss that is "
            + "not near zero for the larger λ.");
    }
}
