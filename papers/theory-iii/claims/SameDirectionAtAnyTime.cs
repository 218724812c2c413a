using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b11: the direction w(T)/‖w(T)‖ is the same whether gradient descent is written in w or in ρ and v; under the constrained descent
/// of T3 eq. 22 it is another at finite T.
/// </summary>
internal static class SameDirectionAtAnyTime
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b11-same-direction-at-any-time",
        Paper = SourcePapers.TheoryIII,
        Place = "§4.5; Theoretical issues §B.5",
        Equations = ["T3.20", "T3.21", "T3.22"],
        Hypothesis = "Gradient flow ẇ = −∇_w L and a flow that enforces ‖v‖ = 1. §4.5.1, which “shows this result next”, writes the same "
            + "flow in ρ and v (eq. 20, 21); “constrained gradient descent” is eq. 22 in §4.5.2 and weight normalization in §11.4, and "
            + "§4.5.1 itself says that it differs by a factor ρ².",
        Statement = "The unit vector w(T)/‖w(T)‖ computed from the solution of gradient descent ẇ = −∇_w L at time T is the same, "
            + "irrespectively of whether the constraint ‖v‖ = 1 is enforced during gradient descent.",
        SetUp = TwoWeights.Words + "; gradient descent, the same flow written in (ρ, v), and weight normalization (the flow with the "
            + "enforced constraint) from one start; and Iris from five Gaussian starts of unit norm.",
        Expected = "‖v_GD(T) − v(T)‖ = 0 to rounding at every T for the flow in (ρ, v), by algebra; weight normalization, ρ_k² times as "
            + "fast in V, differs at finite T.",
        History = ["was ✗ until 2026-11-28, because weight normalization was taken for the only flow with the constraint enforced; then "
            + "✓, because it was left out, though the paper’s constrained descent is that flow"],
        Figures = ["theory-iii/figure-02"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var gd = TwoWeights.Gd(context);
        var same = TwoWeights.Reparametrized(context);
        var wn = TwoWeights.Wn(context);
        double Apart(double decade) => Vectors.Distance(gd.AtDecade(decade).V, wn.AtDecade(decade).V);
        var rewritten = gd.Skip(1).Zip(same.Skip(1), (a, b) => Vectors.Distance(a.V, b.V)).Max();
        judge.Hypothesis.AtMost("largest |‖v‖ − 1| of the flow in (ρ, v)", same.Max(p => Math.Abs(Vectors.Norm(p.V) - 1)), 1e-12);
        const string apart = "largest ‖v_GD − v‖ to t = 1e300";
        judge.Printed.In("eq. 20, 21, the flow in (ρ, v)").AtMost(apart, rewritten, 1e-9);
        judge.Printed.In("eq. 22, weight normalization").AtMost(apart, gd.Skip(1).Zip(wn.Skip(1), (a, b) =>
            Vectors.Distance(a.V, b.V)).Max(), 1e-9);
        judge.Amended("as a reparametrization of gradient descent (§4.5.1), which does not change the flow")
            .In("eq. 20, 21, the flow in (ρ, v)").AtMost(apart, rewritten, 1e-9);
        double[] decades = [1, 2, 4, 8, 100, 300];
        judge.Measure("‖v_GD − v_WN‖ at t = 1e1, 1e2, 1e4, 1e8, 1e100, 1e300, two weights", [.. decades.Select(Apart)]);
        const string other = "weight normalization is another flow, with the same limit";
        judge.Amended(other).AtLeast("‖v_GD − v_WN‖ at t = 1e4, two weights", Apart(4), 1e-3);
        double[] iris = [.. Enumerable.Range(0, 5).Select(seed =>
        {
            var a = IrisFlows.GdFromSeed(context, seed).AtDecade(4).LinearDirection()!;
            var b = IrisFlows.WnFromSeed(context, seed).AtDecade(4).LinearDirection()!;
            return Vectors.Distance(a, b);
        })];
        judge.Measure("‖v_GD − v_WN‖ at t = 1e4 on Iris, seeds 0–4", iris);
        judge.Amended(other).AtLeast("least ‖v_GD − v_WN‖ at t = 1e4 on Iris, five starts", iris.Min(), 1e-3);
        judge.Amended(other).AtMost("‖v_GD − v_WN‖ at t = 1e300, two weights", Apart(300), 1e-4);
        judge.Amended(other).AtMost("larger of the two direction errors at t = 1e300, two weights",
            Math.Max(gd.AtDecade(300).DirectionError(TwoWeights.Svm.Direction), wn.AtDecade(300).DirectionError(TwoWeights.Svm.Direction)),
                .002);
        double[] late = [.. gd.Skip(1).Select(p => p.Log10T)];
        var panel = new Panel("Distance between the two directions", new Axis("t", Scale.Exponent), new Axis("‖v(GD) − v‖", Scale.Log))
            .Line("weight normalization, same start", late, [.. gd.Skip(1).Zip(wn.Skip(1), (a, b) => Vectors.Distance(a.V, b.V))], 1)
            .Line("gradient descent in (ρ, v)", late,
                [.. gd.Skip(1).Zip(same.Skip(1), (a, b) => Math.Max(Vectors.Distance(a.V, b.V), 1e-17))], 0);
        return judge.Outcome(
            care: $"Written in ρ and v the flow keeps ‖v‖ = 1 and gives the directions of gradient descent to {Wording.Text(rewritten)} "
                + $"up to t = 1e300. Weight normalization is another flow: its directions differ at finite T, by {Wording.Text(Apart(1))} "
                + $"at t = 10, {Wording.Text(Apart(2))} at 1e2, {Wording.Text(Apart(4))} at 1e4, {Wording.Text(Apart(8))} at 1e8 for two "
                + $"weights, and by {Wording.Text(iris.Min())} to {Wording.Text(iris.Max())} on Iris at 1e4. Only the limit T → ∞ is the "
                + $"same: {Wording.Text(Apart(300))} at 1e300.",
            chart: new Chart(panel), caption: "Started alike, gradient descent in (ρ, v) stays with gradient descent; weight "
                + "normalization parts at once and meets it again only in the limit.");
    }
}
