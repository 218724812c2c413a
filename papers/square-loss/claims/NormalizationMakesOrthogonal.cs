using MathNet.Numerics.Distributions;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Claim b136: whether normalization and decay turn V_k towards orthogonal matrices or projections.</summary>
internal static class NormalizationMakesOrthogonal
{
    // “Towards” needs a bound: nearer than at the random start, and clearly so below nine tenths of that distance.
    private const double Nearer = .9;
    private const string Quantity = "distance at the end over that at the start, mean of five seeds";

    /// <summary>
    /// Distance of a large square Gaussian matrix to orthogonal ones: its singular values lie on a quarter circle, mean 8/(3π), mean square
    /// 1.
    /// </summary>
    public static double Gaussian { get; } = Math.Sqrt(1 - Math.Pow(8 / (3 * Math.PI), 2));

    /// <summary>
    /// Distance of uvᵀ to multiples of orthogonal projections, median over unit vectors u, v of random directions in p dimensions:
    /// √(1 − ((1 + |c|)/2)²), c = u·v, of which the square is Beta(1/2, (p − 1)/2).
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
            + "RELUs … and because BN in practice does not exactly normalize the weight matrices”: linear networks with weight "
            + "normalization, which is exact, are judged; those with ReLUs or batch normalization are measured. “P is a projection if P² = "
            + "P; it is an orthogonal projection if P = Pᵀ” (H.1).",
        Statement = "“Commonly used normalization algorithms, such as BN, are shown to bias weight matrices towards being orthogonal (or "
            + "projection)” matrices.",
        SetUp = WeightSetting.SetUp + ". Distances of V_2 and V_3 (32 × 32; V_1 is 784 × 32 and outside appendix H): sine of the angle to "
            + "the nearest multiple of an orthogonal matrix, of an orthogonal projection, and of any projection of rank one, uvᵀ/(u·v). "
            + "The last is the distance to rank one, since any uvᵀ with u·v ≠ 0 is such a multiple: this half of the statement is weak. "
            + "Mean of both layers at the end over that at the Gaussian start, mean of five seeds with its 95 % interval (Student). "
            + $"Towards: the interval is below {Wording.Short(Nearer)}; no bias: it is above 1. Four of five networks have to fit "
            + $"(training error 0, L ≤ {Wording.Short(WeightSetting.FittedLoss)}). Projections that are not orthogonal, and weight "
            + "normalization alone as the case that is judged, were added after a first look.",
        Expected = "Both kinds come nearer than at the start, or one of them.",
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
            ("orthogonal_distance", To("multiple of an orthogonal matrix")),
            ("projection_distance", To("multiple of an orthogonal projection")),
            ("rank_one_distance", To("multiple of a projection of rank one")),
        ];
        var texts = new List<string>();
        PairedDifference random = default;
        Spread? nearest = null;
        foreach (var (setting, i) in WeightSetting.Linear.Concat(WeightSetting.Units).Select(static (s, i) => (s, i)))
        {
            context.Progress(setting.Name);
            var runs = setting.Whole(context);
            var fitted = runs.Count(WeightSetting.IsFitted);
            judge.Measure($"{setting.Name}: networks that fit, of {runs.Count}", fitted);
            double orthogonal = Ratio(runs, "orthogonal_distance"), projection = Ratio(runs, "projection_distance"), rank =
                Ratio(runs, "rank_one_distance");
            judge.Measure($"{setting.Name}: distance to orthogonal at the end, by seed", Ends(runs, "orthogonal_distance"));
            judge.Measure($"{setting.Name}: distance to orthogonal projections at the end, by seed", Ends(runs, "projection_distance"));
            judge.Measure($"{setting.Name}: distance to rank one at the end, by seed", Ends(runs, "rank_one_distance"));
            judge.Measure($"{setting.Name}: stable rank of V_2 and V_3 at the end, by seed", Ends(runs, "rank_stable"));
            judge.Measure($"{setting.Name}: end over start of the distance to orthogonal, orthogonal projections, rank one", orthogonal,
                projection, rank);
            texts.Add($"{setting.Name} {Wording.Text(orthogonal)}, {Wording.Text(projection)}, {Wording.Text(rank)}");
            if (setting.IsLinear && setting.Decays && setting.Normalization == "weight")
            {
                judge.Hypothesis.AtLeast($"{setting.Name}: share of the networks that fit", fitted / (double)runs.Count, .8);
                Towards(judge.Printed.In($"{setting.Name}, orthogonal matrices"), runs, "orthogonal_distance");
                Towards(judge.Amended("projections P² = P, which need not be orthogonal; any matrix of rank one with u·v ≠ 0 is a multiple "
                    + "of one").In($"{setting.Name}, projections of rank one"), runs, "rank_one_distance");
                judge.Measure($"{setting.Name}: |u·v| of V_2 ≈ uvᵀ and of V_3, least of five seeds", runs.Min(InnerProduct));
                random = PairedDifference.Of([.. Ends(runs, "projection_distance").Select(static d => d / RandomOfRankOne(32))],
                    new double[runs.Count]);
                nearest = Spread.Of(Ends(runs, "rank_one_distance"));
            }
            if (setting.Decays)
                for (var p = 0; p < panels.Length; p++) panels[p].Panel = Curve(panels[p].Panel, setting, runs, panels[p].Column, i);
        }
        foreach (var setting in new[] { WeightSetting.Decay, WeightSetting.Neither })
        {
            var runs = setting.Quick(context);
            judge.Measure($"digits, {setting.Name}: end over start of the distance to orthogonal, orthogonal projections, rank one",
                Ratio(runs, "orthogonal_distance"), Ratio(runs, "projection_distance"), Ratio(runs, "rank_one_distance"));
        }
        panels[0].Panel = panels[0].Panel.Level("Gaussian", Gaussian);
        panels[1].Panel = panels[1].Panel.Level("random, rank one", RandomOfRankOne(32));
        var text = $"{WeightSetting.Linear[1].Name} leads away from orthogonal matrices, and to "
            + $"{(nearest is { } at ? Wording.Text(at) : "")} from rank one: multiples of projections uvᵀ/(u·v), as is any matrix of rank "
            + $"one with u·v ≠ 0. From orthogonal projections it is as far as random matrices of rank one, {random} of their distance. "
            + "End over start of the distances of V_2, V_3 to orthogonal matrices, orthogonal projections and rank one, medians: "
            + $"{string.Join("; ", texts)}. The starts are at {Wording.Text(start.Median)} from orthogonal matrices (Gaussian law "
            + $"{Wording.Text(Gaussian)}); random matrices of rank one are at {Wording.Text(RandomOfRankOne(32))} from orthogonal "
            + "projections.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text, chart: new Chart([.. panels.Select(static p => p.Panel)]),
            caption: "MNIST, V_2 and V_3, medians of five seeds, settings with decay. Decay lowers the rank, and a matrix of low rank is "
            + "far from every orthogonal one.");
    }

    private static void Towards(CheckGroup group, IReadOnlyList<IObservations> runs, string column)
    {
        var quotient = PairedDifference.Of([.. runs.Select(r => Mean(r, column, r["epoch"].Length - 1) / Mean(r, column, 0))],
            new double[runs.Count]);
        group.AtMost(Quantity, quotient.Mean, strict: Nearer - quotient.Half, lenient: 1 + quotient.Half);
    }

    // Of uvᵀ with unit u, v from its distance d to orthogonal projections: d² = 1 − ((1 + |u·v|)/2)².
    private static double InnerProduct(IObservations run) => WeightSetting.SquareLayers.Min(k =>
        2 * Math.Sqrt(1 - Math.Pow(run.Last(FormattableString.Invariant($"projection_distance_{k}")), 2)) - 1);

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
