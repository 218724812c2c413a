using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b09: weight normalization converges faster than gradient descent; with several support vectors it does not.</summary>
internal static class WeightNormalizationIsFaster
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b09-weight-normalization-is-faster",
        Paper = SourcePapers.TheoryIII,
        Place = "§16 (summary after eq. 80), §5, Fig. 5; Theoretical issues §C.3",
        Equations = ["PNAS.22"],
        Statement = "Gradient descent with weight normalization converges faster to the same equilibrium than standard gradient descent, "
            + "t^{−½ log t} against 1/log t.",
        SetUp = IrisFlows.Words + "; five Gaussian directions with ρ = 1. And the " + TwoWeights.Words + ".",
        Expected = "The quotient of the errors goes to 0. Against it: v*(ρ) = v_svm + c/ρ with e^{−c·z_n} ∝ α_n, so with unequal dual "
            + "weights error · ρ → ‖c‖ for weight normalization too (Iris 1.73628, two weights 0.94958).",
        Figures = ["theory-iii/figure-05"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var svm = IrisFlows.Svm;
        double Error(FlowPoint p) => p.DirectionError(svm.Direction);
        double TwoError(FlowPoint p) => p.DirectionError(TwoWeights.Svm.Direction);
        var (gd, wn) = (IrisFlows.Gd(context), IrisFlows.Wn(context));
        var (gd2, wn2) = (TwoWeights.Gd(context), TwoWeights.Wn(context));
        double Quotient(double decade) => Error(wn.AtDecade(decade)) / Error(gd.AtDecade(decade));
        double TwoQuotient(double decade) => TwoError(wn2.AtDecade(decade)) / TwoError(gd2.AtDecade(decade));
        double[] decades = [1, 2, 4, 8, 16, 50, 100];
        judge.Measure("error of weight normalization, Iris, t = 1e1, 1e2, 1e4, 1e8, 1e16, 1e50, 1e100",
            [.. decades.Select(e => Error(wn.AtDecade(e)))]);
        judge.Measure("quotient of the errors (weight normalization over gradient descent), Iris, t = 1e2, 1e8, 1e100, 1e300",
            [.. new[] { 2.0, 8, 100, 300 }.Select(Quotient)]);
        judge.Printed.AtMost("quotient of the errors at t = 1e300, Iris", Quotient(300), Quotient(8) / 2);
        judge.Printed.AtMost("quotient of the errors at t = 1e300, two weights", TwoQuotient(300), TwoQuotient(8) / 2);
        judge.Printed.AtMost("log₁₀ error of weight normalization at t = 1e100, Iris", Math.Log10(Error(wn.AtDecade(100))),
            -100.0 / 2 + Math.Log10(100 * Curves.Ln10));

        const string truth = "both errors are of order 1/log t, with error · ρ → ‖c‖ for weight normalization";
        var c = IrisFlows.Expansion.Norm;
        var twoC = FixedRhoExpansion.Of(TwoWeights.GradientDescent.Data, TwoWeights.Svm).Norm;
        double Scaled(FlowPoint p) => Error(p) * Math.Abs(p.Rho);
        judge.Measure("error · log t at t = 1e100, Iris: gradient descent, weight normalization",
            [Error(gd.AtDecade(100)) * 100 * Curves.Ln10, Error(wn.AtDecade(100)) * 100 * Curves.Ln10]);
        judge.Measure("error · ρ at t = 1e100, Iris, weight normalization", Scaled(wn.AtDecade(100)));
        judge.Amended(truth).Near("error · ρ at t = 1e300, Iris, weight normalization", Scaled(wn.AtDecade(300)), c, relative: .02);
        judge.Amended(truth).Near("error · ρ at t = 1e300, two weights, weight normalization",
            TwoError(wn2.AtDecade(300)) * wn2.AtDecade(300).Rho, twoC, relative: .02);
        // The same by another route: the minimizer on the sphere of the radius that the flow has reached.
        var minimum = FixedRhoMinimizer.Solve(IrisFlows.GradientDescent.Data, Math.Abs(wn.AtDecade(100).Rho));
        judge.Amended(truth).Near("error · ρ at the fixed-ρ minimizer with the flow's ρ at t = 1e100",
            Numerics.Vectors.Distance(minimum.Direction, svm.Direction) * minimum.Rho,
            Scaled(wn.AtDecade(100)), relative: .01);
        var seeds = Enumerable.Range(0, 5).Select(seed => Scaled(IrisFlows.WnFromSeed(context, seed).AtDecade(300))).ToArray();
        judge.Measure("error · ρ at t = 1e300, Iris, weight normalization, seeds 0–4", seeds);
        judge.Amended(truth).AtMost("largest |error · ρ/‖c‖ − 1| at t = 1e300, five starts", seeds.Max(s => Math.Abs(s / c - 1)), .02);
        double Memory(double decade) => Numerics.Vectors.Distance(wn.AtDecade(decade).LinearDirection()!,
            IrisFlows.WnFromGdStart(context).AtDecade(decade).LinearDirection()!);
        var memory = judge.Measure("exponent of t in the distance of two starts under weight normalization, t = 1e2 to 1e6, Iris",
            Math.Log10(Memory(6) / Memory(2)) / 4);
        // Outside the span of the support vectors v follows v*(ρ) too, pushed by the examples next to the margin.
        double Outside(ReadOnlySpan<double> v) => Math.Abs(Numerics.Vectors.Dot(IrisFlows.OffSpan, v));
        judge.Amended(truth).Near("part of v outside the support vectors' span at t = 1e8, Iris", Outside(wn.AtDecade(8).V),
            Outside(FixedRhoMinimizer.Solve(IrisFlows.GradientDescent.Data, Math.Abs(wn.AtDecade(8).Rho)).Direction), relative: .05);
        return judge.Outcome(
            fails: $"On Iris the error of weight normalization is {Quotient(8):F3} of that of gradient descent at t = 1e8, "
                + $"{Quotient(100):F3} at 1e100 and {Quotient(300):F3} at 1e300; for two weights {TwoQuotient(300):F3}: the same order, "
                + $"1/log t. With two or more support vectors of unequal dual weight v*(ρ) = v_svm + c/ρ, and error · ρ → ‖c‖ = {c:F5} "
                + $"(measured {Scaled(wn.AtDecade(300)):F4} at 1e300). What weight normalization does lose quickly is the memory of its "
                + $"start (like t^{{{memory:F1}}}). For one example the claim holds (b08).");
    }
}
