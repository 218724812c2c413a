using MathNet.Numerics.Distributions;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b136: whether normalization and decay turn V_k towards orthogonal matrices or projections.</summary>
internal static class NormalizationMakesOrthogonal
{
    // “Towards” needs a bound: nearer than random matrices are, and clearly so below nine tenths of their distance.
    private const double Nearer = .9;

    /// <summary>
    /// Distance of a large square Gaussian matrix to orthogonal ones: its singular values lie on a quarter circle, mean 8/(3π), mean square
    /// 1.
    /// </summary>
    public static double Gaussian { get; } = Math.Sqrt(1 - Math.Pow(8 / (3 * Math.PI), 2));

    /// <summary>
    /// Distance of uvᵀ to projections, median over unit vectors u, v of random directions in p dimensions: √(1 − ((1 + |c|)/2)²), c = u·v,
    /// of which the square is Beta(1/2, (p − 1)/2).
    /// </summary>
    public static double RandomOfRankOne(int p) => Math.Sqrt(1 - Math.Pow((1 + Math.Sqrt(Beta.InvCDF(.5, (p - 1) / 2.0, .5))) / 2, 2));

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b136-normalization-makes-orthogonal",
        Title = "Normalization biases the matrices towards orthogonal ones or projections",
        Paper = SourcePapers.SquareLoss,
        Place = "Appendix H.2; §5, second prediction; Lemma 1.4",
        Equations = ["SQ.48", "SQ.53"],
        Hypothesis = "Near-zero square loss under batch or weight normalization with weight decay; appendix H assumes deep linear networks "
            + "at training time and square V_k, k < L, and expects no orthogonal matrices “in real networks because of the role of the "
            + "RELUs”: the linear networks are judged, those with ReLUs measured.",
        Statement = "“Commonly used normalization algorithms, such as BN, are shown to bias weight matrices towards being orthogonal (or "
            + "projection)” matrices.",
        SetUp = WeightSetting.SetUp + ". Distances of V_2 and V_3 (32 × 32): sine of the angle to the nearest multiple of an orthogonal "
            + "matrix and of an orthogonal projection; mean of both layers, median of five seeds, over those of random matrices: "
            + "Gaussian ones for the first, uvᵀ with random u, v for the second, since trained matrices have lost rank and Gaussian ones "
            + $"are farther. Towards one of the two: the smaller quotient at most {Wording.Short(Nearer)}; no bias: above 1. Four of five "
            + $"networks have to fit (training error 0, L ≤ {Wording.Short(WeightSetting.FittedLoss)}).",
        Expected = "One of the two distances is below that of random matrices.",
        FullRuns = WeightSetting.FullRuns,
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var start = Spread.Of(WeightSetting.Units.SelectMany(s => s.Whole(context)).Select(static r => Mean(r, "orthogonal_distance", 0)));
        judge.Premise.Near("distance of a Gaussian 32 × 32 matrix to orthogonal, median of the starts (law: √(1 − (8/3π)²))", start.Median,
            Gaussian, relative: .05);
        (string Column, Panel Panel)[] panels =
        [
            ("orthogonal_distance", To("multiple of an orthogonal matrix")), ("projection_distance", To("multiple of a projection")),
            ("rank_one_distance", To("matrix of rank one")),
        ];
        var texts = new List<string>();
        foreach (var (setting, i) in WeightSetting.Linear.Concat(WeightSetting.Units).Select(static (s, i) => (s, i)))
        {
            context.Progress(setting.Name);
            var runs = setting.Whole(context);
            var fitted = runs.Count(WeightSetting.IsFitted);
            judge.Measure($"{setting.Name}: networks that fit, of {runs.Count}", fitted);
            double orthogonal = Ratio(runs, "orthogonal_distance"), projection = Ratio(runs, "projection_distance"), rank =
                Ratio(runs, "rank_one_distance");
            judge.Measure($"{setting.Name}: distance to orthogonal at the end, by seed", Ends(runs, "orthogonal_distance"));
            judge.Measure($"{setting.Name}: distance to projections at the end, by seed", Ends(runs, "projection_distance"));
            judge.Measure($"{setting.Name}: distance to rank one at the end, by seed", Ends(runs, "rank_one_distance"));
            judge.Measure($"{setting.Name}: stable rank of V_2 and V_3 at the end, by seed", Ends(runs, "rank_stable"));
            judge.Measure($"{setting.Name}: end over start of the distance to orthogonal, projections, rank one", orthogonal, projection,
                rank);
            texts.Add($"{setting.Name} {Wording.Text(orthogonal)}, {Wording.Text(projection)}, {Wording.Text(rank)}");
            if (setting.IsLinear && setting.Decays && setting.Normalization != "none")
            {
                judge.Hypothesis.AtLeast($"{setting.Name}: share of the networks that fit", fitted / (double)runs.Count, .8);
                judge.Printed.In(setting.Name).AtMost("distance to orthogonal matrices or projections over random ones, the smaller",
                    Math.Min(Spread.Of(Ends(runs, "orthogonal_distance")).Median / Gaussian,
                        Spread.Of(Ends(runs, "projection_distance")).Median / RandomOfRankOne(32)), strict: Nearer, lenient: 1);
                judge.Amended("they come nearer to rank one instead, away from orthogonal matrices").In(setting.Name)
                    .AtMost("end over start of the distance to rank one", rank, 1);
                judge.Amended("they come nearer to rank one instead, away from orthogonal matrices").In(setting.Name)
                    .AtLeast("end over start of the distance to orthogonal matrices", orthogonal, 1);
            }
            if (setting.Decays)
                for (var p = 0; p < panels.Length; p++) panels[p].Panel = Curve(panels[p].Panel, setting, runs, panels[p].Column, i);
        }
        foreach (var setting in new[] { WeightSetting.Decay, WeightSetting.Neither })
        {
            var runs = setting.Quick(context);
            judge.Measure($"digits, {setting.Name}: end over start of the distance to orthogonal, projections, rank one",
                Ratio(runs, "orthogonal_distance"), Ratio(runs, "projection_distance"), Ratio(runs, "rank_one_distance"));
        }
        panels[0].Panel = panels[0].Panel.Level("Gaussian", Gaussian);
        panels[1].Panel = panels[1].Panel.Level("random, rank one", RandomOfRankOne(32));
        var text = "End over start of the distances of V_2, V_3 to orthogonal matrices, projections and rank one: "
            + $"{string.Join("; ", texts)}. The starts are at {Wording.Text(start.Median)} from orthogonal matrices (Gaussian law "
            + $"{Wording.Text(Gaussian)}); random matrices of rank one are at {Wording.Text(RandomOfRankOne(32))} from projections.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([.. panels.Select(static p => p.Panel)]),
            caption: "MNIST, V_2 and V_3, medians of five seeds, settings with decay. Decay lowers the rank, and a matrix of low rank is "
            + "far from every orthogonal one.");
    }

    private static Panel To(string nearest) => new($"To the nearest {nearest}", new Axis("1 + epoch", Scale.Log),
        new Axis("sine of the angle", Min: 0, Max: 1));

    private static Panel Curve(Panel panel, WeightSetting setting, IReadOnlyList<IObservations> runs, string column, int colour)
    {
        var epochs = runs[0]["epoch"];
        return panel.Line(setting.Name, [.. epochs.Select(static e => 1 + e)],
            [.. epochs.Select((_, i) => Spread.Of(runs.Select(r => Mean(r, column, i))).Median)], colour);
    }

    private static double[] Ends(IReadOnlyList<IObservations> runs, string column) =>
        [.. runs.Select(r => Mean(r, column, r["epoch"].Length - 1))];

    private static double Ratio(IReadOnlyList<IObservations> runs, string column) =>
        Spread.Of(runs.Select(r => Mean(r, column, r["epoch"].Length - 1) / Mean(r, column, 0))).Median;

    private static double Mean(IObservations run, string column, int at) =>
        WeightSetting.SquareLayers.Average(k => run[FormattableString.Invariant($"{column}_{k}")][at]);
}
