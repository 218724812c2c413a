using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b52: batch normalization measures margins in the norm of the inputs' second moment, weight normalization in L2.</summary>
internal static class BatchNormalizationIsWeightNormalization
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b52-batch-normalization-is-weight-normalization",
        Paper = SourcePapers.TheoryIII,
        Place = "§16, after eq. 80",
        Equations = ["T3.56a", "T3.56b"],
        Hypothesis = "One linear layer under the exponential loss; batch normalization as §11 simplifies it, without mean and shift. "
            + "Nothing is said of the inputs.",
        Statement = "In the linear one-layer case batch normalization is identical to weight normalization (and so converges to the same "
            + "direction at the same rate).",
        SetUp = "Iris, setosa against the rest. A unit after batch normalization without mean and shift (as §11 simplifies it) sees "
            + "w·x/√(wᵀCw), C the second moment of the inputs: its limit is the maximum margin under wᵀCw = 1, that of weight "
            + "normalization the L2 support vector machine. Also with the mean; and the same comparison on Iris whitened by C^{−½}, and "
            + "in part, by C^{−s/2}.",
        Expected = "Angle 0 between the two limits.",
        History = ["was ✗ until 2026-11-28, when the same quantities were held to whitened inputs, where they agree"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var iris = Iris.Load().Binary("setosa");
        var svm = HardMargin.Solve(iris);
        var batch = WhitenedMargin.BatchNormWithoutMean(iris);
        var angle = Degrees(batch.Direction, svm.Direction);
        judge.Measure("L2 margin of the batch-normalized limit", batch.Margin);
        judge.Measure("L2 margin of the SVM", svm.Margin);
        judge.Printed.In("Iris").AtMost("angle between the limits, degrees", angle, 1e-3);
        judge.Printed.In("Iris")
            .AtLeast("L2 margin of the batch-normalized limit over that of the SVM", batch.Margin / svm.Margin, 1 - 1e-6);
        var centred = iris.Center();
        judge.Measure("with the mean: angle from the SVM of the centred inputs, degrees",
            Degrees(WhitenedMargin.BatchNorm(iris).Direction, HardMargin.Solve(centred).Direction));

        var moment = WhitenedMargin.SecondMoment(iris);
        var white = BatchNormalizedUnit.Whiten(iris, moment);
        var whiteAngle = Degrees(WhitenedMargin.BatchNormWithoutMean(white).Direction, HardMargin.Solve(white).Direction);
        var whitened = judge.Amended("inputs are whitened, C = I").In("whitened Iris");
        whitened.AtMost("angle between the limits, degrees", whiteAngle, 1e-5);
        whitened.AtLeast("L2 margin of the batch-normalized limit over that of the SVM",
            WhitenedMargin.BatchNormWithoutMean(white).Margin / HardMargin.Solve(white).Margin, 1 - 1e-6);
        double[] parts = [.. Enumerable.Range(0, 11).Select(static i => i / 10.0)], angles = [.. parts.Select(s =>
        {
            var inputs = BatchNormalizedUnit.Whiten(iris, moment, s);
            return Degrees(WhitenedMargin.BatchNormWithoutMean(inputs).Direction, HardMargin.Solve(inputs).Direction);
        })];
        return judge.Outcome(chart: new Chart(new Panel("Iris, whitened in part by C^{−s/2}", new Axis("s"), new Axis("angle, degrees"))
            .Line("between the limits", parts, angles)), caption: "The two limits meet at s = 1, where C = I, and nowhere else.",
            care: $"On Iris the limits are {Lab.Claims.Check.Text(angle)}° apart, and the L2 margins "
            + $"{Lab.Claims.Check.Text(batch.Margin)} and {Lab.Claims.Check.Text(svm.Margin)}: batch normalization divides by √(wᵀCw), "
            + $"not by ‖w‖. For inputs whitened by C^(−½) they agree ({Lab.Claims.Check.Text(whiteAngle)}°).");
    }

    private static double Degrees(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Vectors.Angle(a, b) * 180 / Math.PI;
}
