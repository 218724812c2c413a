namespace Rhoflow.Measures;

/// <summary>Margins of the normalized network, y_n f_n/|ρ|, and the examples that decide them.</summary>
public static class MarginMeasures
{
    private const string Family = "margins";

    /// <summary>Examples within this relative distance of the smallest margin count as support vectors.</summary>
    public const double SupportTolerance = 0.01;

    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "margin_min", "min_n y_n f_n/|ρ|", "T3 §9; PNAS Lemma 4", static m => m.Snapshot.Margin),
        Measure.Single(Family, "margin_mean", "mean_n y_n f_n/|ρ|", "SQ Fig 3", static m => m.Snapshot.MarginMean),
        Measure.Single(Family, "abs_f_mean", "mean_n |f_n|/|ρ| over all outputs", "SQ Fig 3", static m => m.Snapshot.Outputs.Average(Math.Abs)),
        Measure.Single(Family, "smoothed_margin", "γ̃ = −log(Σ_n ℓ_n)/ρ: monotone under gradient flow and weight normalization once Σℓ < 1; losses with an exponential tail only", "T3 Lemma 9 (which claims it of margin_min)",
            static m => m.Setting.HasExponentialTail ? m.Snapshot.SmoothedMargin : double.NaN),
        Measure.Single(Family, "support_count", "examples with a margin within 1 % of the smallest, 0 until all are positive", "T3 §6, Fig 9", static m => SupportVectors(m.Snapshot.NormalizedMargins).Length),
        Measure.Single(Family, "support_first", "index of the example with the smallest margin", "T3 Fig 9", static m => Order(m.Snapshot.NormalizedMargins)[0]),
    ];

    /// <summary>The examples by ascending margin; ties in the order of the data.</summary>
    public static int[] Order(IReadOnlyList<double> margins) => [.. Enumerable.Range(0, margins.Count).OrderBy(n => margins[n])];

    /// <summary>The examples whose margin is within <see cref="SupportTolerance"/> of the smallest, ascending by margin; none while one is misclassified.</summary>
    public static int[] SupportVectors(IReadOnlyList<double> margins)
    {
        var smallest = margins.Min();
        return smallest > 0 ? [.. Order(margins).TakeWhile(n => margins[n] <= smallest * (1 + SupportTolerance))] : [];
    }
}
