namespace Rhoflow.Measures;

/// <summary>Loss and classification error.</summary>
public static class LossMeasures
{
    private const string Family = "loss";

    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "log10_loss", "log₁₀ L, L with the loss's own reduction (sum or mean)", "T3 eq 8", static m => m.Snapshot.LogLoss / Math.Log(10)),
        Measure.Single(Family, "train_error", "share of training examples with y f ≤ 0", "T3 §2", static m => m.Snapshot.TrainError),
        Measure.Single(Family, "test_error", "share of test examples with y f ≤ 0", "T3 §2", TestError, MeasureNeed.TestOutputs),
    ];

    private static double TestError(MeasureInput m)
    {
        if (m.Test is null) return double.NaN;
        var sign = m.Snapshot.Rho < 0 ? -1 : 1;
        var f = m.Test.Outputs(m.Snapshot.V);
        var y = m.Test.Data.Y;
        var wrong = 0;
        for (var n = 0; n < f.Length; n++)
            if (!(sign * f[n] * y[n] > 0)) wrong++;
        return wrong / (double)f.Length;
    }
}
