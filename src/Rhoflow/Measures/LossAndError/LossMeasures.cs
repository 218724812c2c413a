namespace Rhoflow.Measures.LossAndError;

/// <summary>Loss and classification error.</summary>
internal static class LossMeasures
{
    private const string Family = "loss";

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "log10_loss", "log₁₀ L, L with the loss's own reduction (sum or mean)", "T3 eq. 8",
            static m => m.Snapshot.LogLoss / Math.Log(10)),
        Measure.Single(Family, "train_error", "share of training examples with y f ≤ 0 (several classes: f_y ≤ max_{j≠y} f_j)", "T3 §2",
            static m => m.Snapshot.TrainError),
        Measure.Single(Family, "test_error", "share of test examples with a margin ≤ 0", "T3 §2",
            static m => m.Test is { } test ? Losses.Margin.ErrorShare(test.Margins) : double.NaN, MeasureNeed.TestOutputs),
        Measure.Single(Family, "log10_test_loss", "log₁₀ L on the test examples", "T3 Fig 1",
            static m => m.Test is { } test ? test.LogLoss / Math.Log(10) : double.NaN, MeasureNeed.TestOutputs),
    ];
}
