using Rhoflow.Lab.Claims;
using Rhoflow.Measures.Curvature;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim t1: the limits of (A) at fixed ρ are stationary points and, most likely, minima.</summary>
internal static class FixedRhoFlowEndsInMinima
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t1-fixed-rho-flow-ends-in-minima",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 1.1, §4.2, eq. 10, 11",
        Hypothesis = TheoremNumbers.Hypothesis + " ρ fixed and large.",
        Statement = "The dynamics (A), L minimized at fixed ρ under ‖V_k‖ = 1, approaches stationary points of the V_k flow that if "
            + "realizable "
            + "are likely to be convex minima for large but finite ρ.",
        SetUp = TheoremSetting.Words + ". (A) to rest at ρ = ρ(T0), 2ρ(T0), 4ρ(T0) … until log N/(ρη) ≤ "
            + $"{Wording.Text(TheoremRuns.LastBound)}. Whether the limit at the largest ρ is a local minimum: "
            + $"L after {TheoremRuns.Restarts} restarts from V moved by "
            + $"{Wording.Text(TheoremRuns.Radius)} per layer. Eigenvalues of the Riemannian Hessian, at the first ρ with "
            + $"log N/(ρη) ≤ {Wording.Text(TheoremHessian.Bound)}, where no unit is on its kink",
        Expected = "Stationarity 0; no lower loss nearby; no negative eigenvalue.",
        Figures = ["theory-iii/theorem-1"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var all = TheoremNumbers.Starts(context).ToList();
        var rest = Spread.Of(all.Select(Stationarity));
        judge.Measure("stationarity at the largest ρ, median", rest.Median);
        judge.Printed.AtMost("stationarity ‖Σ p_n y_n ∂f̃_n/∂V − λV‖/‖λV‖ at the largest ρ, greatest of all starts", rest.Max, 1e-3);
        var minima = all.Count(s => !Gains(s));
        judge.Printed.AtLeast("share of the limits that are local minima", (double)minima / all.Count, lenient: .5, strict: .9);
        var linear = all.Where(s => s.Setting.Network.IsLinear).ToList();
        judge.Amended("deep linear and diagonal networks: all are minima").AtLeast("share of the limits of linear networks",
            (double)linear.Count(s => !Gains(s)) / linear.Count, 1);
        var signs = all.Select(s => TheoremHessian.At(s.Setting, s.Start)).Where(s => s is not null).ToList();
        var negative = signs.Count(s => s!.Value.Negative > 0);
        judge.Measure("limits without a unit on its kink", signs.Count);
        judge.Measure("of these with a negative eigenvalue", negative);
        return judge.Outcome(
            holds: $"At all {all.Count} starts (A) comes to rest (stationarity {Wording.Text(rest)}), and {minima} of the limits are local "
                + $"minima of L. {all.Count - minima} are not: {TheoremNumbers.Counts(all, (s, r) => Gains((s, r)))} have a lower loss "
                + "within "
                + $"{Wording.Text(TheoremRuns.Radius)}. Of {signs.Count} limits without a unit on its kink {negative} have a negative "
                + "eigenvalue (at smaller ρ, on teacher data). The paper says \"likely\"; we take that for at least nine in ten.");
    }

    private static bool Gains((TheoremSetting Setting, TheoremRuns.Start Start) s) =>
        TheoremNumbers.Gains(s.Setting, s.Start, Dynamics.FixedRho);

    private static double Stationarity((TheoremSetting Setting, TheoremRuns.Start Start) s) => TheoremKkt.Stationarity(s.Setting.Network,
        s.Start.Limits[Dynamics.FixedRho].V, s.Setting.Data, s.Start.Limits[Dynamics.FixedRho].Rho);
}
