using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Margins;

/// <summary>Margins of the normalized network, y_n f_n/|ρ|, and the examples that decide them.</summary>
internal static class MarginMeasures
{
    private const string Family = "margins";

    private static readonly (double Share, string Name)[] s_quantiles =
        [(0.01, "q01"), (0.05, "q05"), (0.1, "q10"), (0.25, "q25"), (0.5, "q50"), (0.75, "q75"), (0.9, "q90")];

    private static readonly Once<Snapshot, double[]> s_train = new(static s => MarginCurve.Sorted(s.NormalizedMargins));
    private static readonly Once<TestResult, double[]> s_test = new(static t => MarginCurve.Sorted(t.Margins));

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        Single("margin_min", "min_n y_n f_n/|ρ|", "T3 §9; PNAS Lemma 4", static m => m.Snapshot.Margin),
        Single("margin_mean", "mean_n y_n f_n/|ρ|", "SQ Fig 3", static m => m.Snapshot.MarginMean),
        Measure.Single(Family, "abs_f_mean", "mean_n |f_n|/|ρ| over all outputs", "SQ Fig 3",
            static m => m.Snapshot.OutputsArray.Average(Math.Abs)),
        Single("smoothed_margin", "γ̃ = −log(Σ_n ℓ_n)/ρ: monotone under gradient flow and weight normalization once Σℓ < 1; losses with "
            + "an exponential tail only", "T3 Lemma 9 (which claims it of margin_min)",
            static m => m.Setting.HasExponentialTail ? m.Snapshot.SmoothedMargin : double.NaN) with
        {
            Refuse = static s => s.HasExponentialTail ? NoMargins(s)
                : $"−log L/ρ is a margin for losses with an exponential tail; the {s.Loss} loss has none",
        },
        Single("support_count", "examples with a margin within 1 % of the smallest, 0 until all are positive", "T3 §6, Fig 9",
            static m => SupportVectors.Of(m.Snapshot.MarginsArray).Length),
        Single("support_first", "index of the example with the smallest margin", "T3 Fig 9",
            static m => SupportVectors.First(m.Snapshot.MarginsArray)) with
        {
            Arrays = [new MeasureArray("support_order", OrderLength,
                static m => Row(OrderLength(m.Setting),
                [.. SupportVectors.Order(m.Snapshot.MarginsArray).Take(OrderLength(m.Setting)).Select(static n => (double)n)]))],
        },
        Single("support_multiplicity", "examples that share the smallest margin within 1e-9 of it: ties and duplicates", "T3 §4.4",
            static m => SupportVectors.Multiplicity(m.Snapshot.MarginsArray)),
        new()
        {
            Family = Family,
            Name = "support_change",
            Formula = "support vectors that entered and left since the observation before (from none at the first), and |A∩B|/|A∪B| of "
                + "the two sets",
            Reference = "T3 Fig 9–11",
            Columns = static _ => ["support_entered", "support_left", "support_jaccard"],
            Values = Change,
            Refuse = NoMargins,
        },
        Curve("margin", "margins_sorted", "margin_histogram", MeasureNeed.Outputs, static m => s_train.Of(m.Snapshot),
            static s => s.Train?.Count ?? 0),
        Single("test_margin_min", "min_n y_n f_n/|ρ| over test examples", "T3 §9",
            static m => Test(m, static t => t[0]), MeasureNeed.TestOutputs),
        Single("test_margin_mean", "mean_n y_n f_n/|ρ| over test examples", "SQ Fig 3",
            static m => m.Test is { } test ? test.MarginsArray.Average() : double.NaN, MeasureNeed.TestOutputs),
        Single("test_support_count", "test examples with a margin within 1 % of the smallest, 0 until all are positive", "T3 Fig 9",
            static m => m.Test is { } test ? SupportVectors.Of(test.MarginsArray).Length : double.NaN, MeasureNeed.TestOutputs),
        Single("test_support_multiplicity", "test examples that share the smallest margin within 1e-9 of it", "T3 §4.4",
            static m => m.Test is { } test ? SupportVectors.Multiplicity(test.MarginsArray) : double.NaN, MeasureNeed.TestOutputs),
        Curve("test_margin", "test_margins_sorted", "test_margin_histogram", MeasureNeed.TestOutputs,
            static m => m.Test is { } test ? s_test.Of(test) : null, static s => s.Test?.Count ?? 0),
        Normed("spectral_margin", "y f/∏‖W_k‖₂^{e_k}", "Bartlett–Foster–Telgarsky 2017; T3 §2", "spectral norms of the folded matrices; "
            + "of a convolution that of its maps × patch", "100 P",
            static m => Factor(m, (layer, w) => NormedMargins.Spectral(layer, w, m.Cancellation))),
        Normed("linf_margin", "y f/∏‖W_k‖_∞^{e_k}, ‖W‖_∞ = max |W^{ij}|", "T3 §12, Theorem 8 with p = ∞", "entry by entry", "P",
            static m => Factor(m, NormedMargins.Largest)),
        Normed("l1_margin", "y f/∏‖W_k‖_1^{e_k}, ‖W‖_1 = Σ |W^{ij}|", "T3 §12, Theorem 8 with p = 1", "entry by entry", "P",
            static m => Factor(m, NormedMargins.Sum)),
        Normed("row_margin", "y f/∏ (max_i Σ_j |W_k^{ij}|)^{e_k}", "T3 §12", "W_k as a map of ℓ∞ to ℓ∞", "P",
            static m => Factor(m, NormedMargins.LargestRow)),
        new()
        {
            Family = Family,
            Name = "feature_margin",
            Formula = "(f_y − f_j)/(‖w_y − w_j‖ √(Σ variances of what enters W_K on training examples)), j the largest other output; y "
                + "f/‖w‖ for one",
            Reference = "Elsayed et al. 2018; Jiang et al. 2019",
            Variant = "last hidden layer; the example's own class against the strongest other",
            Need = MeasureNeed.Features,
            Cost = "N p",
            Columns = static s => [.. Summary("feature_margin"), .. s.Test is null ? [] : Summary("test_feature_margin")],
            Values = FeatureDistances,
            Refuse = static s => NoMargins(s) ?? FeatureMargins.Refuse(s.Network),
        },
        new()
        {
            Family = Family,
            Name = "input_margin",
            Formula = $"q_n/‖∂q_n/∂x‖, q_n = y f or f_y − max_{{j≠y}} f_j: the linearized distance to the boundary, of at most "
                + $"{InputMargins.LargestSample} examples at equal distances",
            Reference = "Elsayed et al. 2018, at the input",
            Variant = "strongest other class; ℓ2; not divided by a spread of the inputs; where the network computes in "
                + "float32, outputs and slopes are of float32",
            Need = MeasureNeed.Gradients,
            Cost = "a forward and a backward pass of 1000 examples",
            Work = static s => new(Examples: Math.Min(s.Train?.Count ?? 0, InputMargins.LargestSample)),
            Columns = static _ => Summary("input_margin"),
            Values = static m => Summarize(m.Passes is { } p
                ? InputMargins.Distances(p, Sampling.Even(p.Data.Count, InputMargins.LargestSample),
                m.Setting.IsSingle) : null),
            Refuse = NoMargins,
        },
        .. NearHomogeneousMargins.All,
    ];

    // The ten examples of the smallest margins, ascending.
    private static int OrderLength(MeasureSetting s) => Math.Min(10, s.Train?.Count ?? 0);

    internal static string? NoMargins(MeasureSetting s) => s.HasClasses ? null : "regression targets have no margins";

    private static string? NoTest(MeasureSetting s) => s.Test is null ? "there are no test data" : NoMargins(s);

    private static Measure Single(string name, string formula, string reference, Func<MeasureInput, double> value,
        MeasureNeed need = MeasureNeed.Outputs) =>
        Measure.Single(Family, name, formula, reference, value, need)
            with
        { Refuse = need == MeasureNeed.TestOutputs ? NoTest : NoMargins };

    private static double Test(MeasureInput m, Func<double[], double> of) => m.Test is { } test ? of(s_test.Of(test)) : double.NaN;

    private static double[] Change(MeasureInput m)
    {
        if (m.History is not { IsOfStart: false }) return [double.NaN, double.NaN, double.NaN];
        var (entered, left, jaccard) =
            SupportVectors.Change(SupportVectors.Of(m.Snapshot.MarginsArray), [.. m.History.PreviousSupport]);
        return [entered, left, jaccard];
    }

    private static Measure Curve(string prefix, string sortedName, string histogramName, MeasureNeed need,
        Func<MeasureInput, double[]?> sorted, Func<MeasureSetting, int> examples) => new()
        {
            Family = Family,
            Name = prefix + "_curve",
            Formula = "quantiles of the margins y f/|ρ|, the area under their sorted curve, and mean |y f|/|ρ|, in units of which the "
            + $"histogram has {MarginHistogram.Bins} bins: below {MarginHistogram.Lowest}, steps of {MarginHistogram.Width}, and from "
            + $"{MarginHistogram.Highest} on",
            Reference = "SQ Fig 5, 8, 9",
            Variant = $"quantiles interpolate linearly between order statistics; more than {MarginCurve.LargestLength} margins are thinned "
            + "to as many quantiles at equal steps, the smallest and the largest among them",
            Need = need,
            Cost = "N log N",
            Columns = _ => [.. s_quantiles.Select(q => $"{prefix}_{q.Name}"), prefix + "_area", prefix + "_abs_mean"],
            Values = m => sorted(m) is { } curve
                ? [.. s_quantiles.Select(q => MarginCurve.Quantile(curve, q.Share)), MarginCurve.Area(curve), MarginHistogram.Unit(curve)]
                : [.. Enumerable.Repeat(double.NaN, s_quantiles.Length + 2)],
            Refuse = need == MeasureNeed.TestOutputs ? NoTest : NoMargins,
            Arrays =
        [
            new MeasureArray(sortedName, s => MarginCurve.Length(examples(s)),
                m => Row(MarginCurve.Length(examples(m.Setting)), sorted(m) is { } curve ? MarginCurve.Thinned(curve) : null)),
            new MeasureArray(histogramName, _ => MarginHistogram.Bins,
                m => Row(MarginHistogram.Bins, sorted(m) is { } curve ? MarginHistogram.Shares(curve) : null)),
        ],
        };

    private static double[] Row(int length, double[]? values) =>
        values?.Length == length ? values : [.. Enumerable.Repeat(double.NaN, length)];

    private static double Factor(MeasureInput m, Func<Layer, ReadOnlySpan<double>, double> norm) =>
        NormedMargins.Factor(m.Snapshot.Network, m.Snapshot.V, norm);

    private static Measure Normed(string name, string formula, string reference, string variant, string cost,
        Func<MeasureInput, double> factor) => new()
        {
            Family = Family,
            Name = name,
            Formula = formula + ", smallest and mean",
            Reference = reference,
            Variant = variant,
            Cost = cost,
            Columns = s => s.Test is null ? [name + "_min", name + "_mean"]
                : [name + "_min", name + "_mean", $"test_{name}_min", $"test_{name}_mean"],
            Values = m =>
            {
                var c = factor(m);
                double[] train = [c * m.Snapshot.Margin, c * m.Snapshot.MarginMean];
                if (m.Setting.Test is null) return train;
                return [.. train, c * Test(m, static t => t[0]), c * Test(m, static t => t.Average())];
            },
            Refuse = NoMargins,
        };

    private static double[] FeatureDistances(MeasureInput m)
    {
        var s = m.Snapshot;
        double[]? train = null, test = null;
        if (m.Features(s.Network.Depth) is { } features && double.IsFinite(s.Rho))
        {
            var scale = Math.Exp(s.LogRho) / FeatureMargins.Variation(features);
            var w = s.Network.Layers[^1].Matrix(s.Weights());
            double[] Of(double[] outputs, double[] targets) =>
                double.IsFinite(scale) ? FeatureMargins.Distances(outputs, targets, scale, w) : [double.NaN];
            train = Of(s.OutputsArray, s.TargetsArray);
            if (m.Test is { } t) test = Of(t.OutputsArray, t.TargetsArray);
        }
        return [.. Summarize(train), .. m.Setting.Test is null ? [] : Summarize(test)];
    }

    private static string[] Summary(string name) => [name + "_min", name + "_mean", name + "_median"];

    private static double[] Summarize(double[]? values)
    {
        if (values is null) return [double.NaN, double.NaN, double.NaN];
        Array.Sort(values);
        return [values[0], values.Average(), MarginCurve.Quantile(values, 0.5)];
    }
}
