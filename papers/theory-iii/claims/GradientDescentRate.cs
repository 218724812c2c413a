using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b07: under gradient descent the direction reaches the maximum margin with error O(1/log t), from any start.</summary>
internal static class GradientDescentRate
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b07-gradient-descent-rate",
        Finding = "Followed to t = 10^1000, the direction that gradient descent takes goes to the maximum margin, and as slowly as "
            + "1/log t: the constant is known beforehand.",
        Paper = SourcePapers.TheoryIII,
        Place = "§16, eq. 77–79, Fig. 5; Theory IIIb §4; Theoretical issues §C.3",
        Equations = ["T3.79b", "T3b.4a"],
        Hypothesis = "A linear network under the exponential loss, separable data, any start (§16; Theory IIIb §4).",
        Statement = "For a linear network w/‖w‖ converges to the maximum-margin direction whatever the start, and the error goes to 0 "
            + "like 1/log t.",
        SetUp = IrisFlows.Words + "; also from zero and from five Gaussian starts of unit norm. And the " + TwoWeights.Words + ".",
        Expected = "‖v − v*‖ · log t goes to γ√(‖c‖² + ‖w_⊥‖²): e^{−c·z_n} ∝ α_n on the support vectors, w_⊥ the part of w outside their "
            + "span. Two weights: 1.029963.",
        Figures = ["theory-iii/figure-05", "theory-iii/figure-02"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var svm = IrisFlows.Svm;
        double Scaled(FlowPoint p) => p.DirectionError(svm.Direction) * p.At.LogT;
        double[] decades = [1, 2, 4, 8, 16, 50, 100, 300];

        judge.Hypothesis.AtLeast("least margin of the two data sets", Math.Min(svm.Margin, TwoWeights.Svm.Margin), 1e-3);
        var two = TwoWeights.Gd(context);
        double TwoScaled(FlowPoint p) => p.DirectionError(TwoWeights.Svm.Direction) * p.At.LogT;
        var predicted = GradientDescentResidual.Of(TwoWeights.GradientDescent.Data, TwoWeights.Svm, TwoWeights.GradientDescent.Start);
        judge.Measure("error · log t, two weights, t = 1e1, 1e2, 1e4, 1e8, 1e16, 1e50, 1e100, 1e300",
            [.. decades.Select(e => TwoScaled(two.AtDecade(e)))]);
        judge.Printed.Near("error · log t at t = 1e100, two weights", TwoScaled(two.AtDecade(100)), predicted.Constant, relative: .01);
        judge.Printed.Near("error · log t at t = 1e300, two weights", TwoScaled(two.AtDecade(300)), predicted.Constant, relative: .003);

        var iris = IrisFlows.Gd(context);
        judge.Measure("error · log t, Iris, t = 1e1, 1e2, 1e4, 1e8, 1e16, 1e50, 1e100, 1e300",
            [.. decades.Select(e => Scaled(iris.AtDecade(e)))]);
        judge.Measure("margin on Iris at t = 1e100", iris.AtDecade(100).Margin);
        var late = GradientDescentResidual.FromLate(IrisFlows.GradientDescent.Data, svm, iris.AtDecade(50).Weights());
        judge.Printed.Near("error · log t at t = 1e100, Iris", Scaled(iris.AtDecade(100)), late.Constant, relative: .01);
        judge.Printed.Near("error · log t at t = 1e300, Iris", Scaled(iris.AtDecade(300)), late.Constant, relative: .003);
        judge.Premise.AtMost("error on Iris at t = 1e300 against the expansion with its shift of log t, relative",
            Math.Abs(iris.AtDecade(300).DirectionError(svm.Direction) / late.DirectionError(300 * Curves.Ln10) - 1), 1e-4);

        var zero = IrisFlows.GdFromZero(context);
        var seeds = Enumerable.Range(0, 5).Select(seed => IrisFlows.GdFromSeed(context, seed)).ToArray();
        judge.Measure("error · log t at t = 1e300 on Iris from zero", Scaled(zero.AtDecade(300)));
        judge.Measure("error · log t at t = 1e300 on Iris, seeds 0–4", [.. seeds.Select(s => Scaled(s.AtDecade(300)))]);
        judge.Printed.AtMost("largest error at t = 1e300 on Iris, five starts",
            seeds.Max(s => s.AtDecade(300).DirectionError(svm.Direction)), .006);
        judge.Printed.AtMost("largest change of error · log t from t = 1e100 to 1e300, five starts, relative",
            seeds.Max(s => Math.Abs(Scaled(s.AtDecade(300)) / Scaled(s.AtDecade(100)) - 1)), .01);
        var monotone = two.Where(p => p.T >= .1).Select(p => p.DirectionError(TwoWeights.Svm.Direction)).ToArray();
        var rises = monotone.Zip(monotone.Skip(1), (a, b) => b > a).Any(x => x);
        judge.Measure("the error is monotone for two weights", rises ? "no" : "yes");
        // From zero, from five starts, from the figure's; the least of all, and the largest of those that do not start at zero.
        double[] constants = [Scaled(zero.AtDecade(300)), .. seeds.Select(s => Scaled(s.AtDecade(300))), Scaled(iris.AtDecade(300))];
        return judge.Outcome(
            holds: $"Error · log t is {TwoScaled(two.AtDecade(100)):F4} at t = 1e100 for two weights (limit {predicted.Constant:F6}) and "
                + $"{Scaled(iris.AtDecade(100)):F4} on Iris (limit {late.Constant:F4}); from seven starts on Iris the limit direction is "
                + $"the same and the constant lies between {Wording.Text(constants.Min(), 4)} and "
                + $"{Wording.Text(constants.Skip(1).Max(), 4)}. "
                + $"It is a law for t → ∞: on Iris error · log t is still {Scaled(iris.AtDecade(1)):F2} at t = 10 and "
                + $"{Scaled(iris.AtDecade(4)):F2} at 1e4{(rises ? ", and for two weights the error is not even monotone" : "")}.");
    }
}
