using Rhoflow.Lab.Claims;
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
            + "realizable are likely to be convex minima for large but finite ρ.",
        SetUp = TheoremSetting.Words + ". (A) to rest at ρ = ρ(T0), 2ρ(T0), 4ρ(T0) … until log N/(ρη) ≤ "
            + $"{Wording.Text(TheoremRuns.LastBound)}. Whether the limit at the largest ρ is a local minimum: "
            + $"L after {TheoremRuns.Restarts} restarts from V moved by "
            + $"{Wording.Text(TheoremRuns.Radius)} per layer. Eigenvalues of the Riemannian Hessian, at the first ρ with "
            + $"log N/(ρη) ≤ {Wording.Text(TheoremHessian.Bound)}, where no unit is on its kink. Judged for ReLU networks, of which the "
            + "theorem speaks, and for networks without ReLUs apart; of \"likely\" the paper gives no share, and ours are nine in ten for "
            + "yes, less than half for no",
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
        List<(TheoremSetting Setting, TheoremRuns.Start Start)> relu = [.. all.Where(s => s.Setting.HasKinks)],
            linear = [.. all.Where(s => !s.Setting.HasKinks)];
        const string quantity = "share of the limits that are local minima";
        judge.Printed.In("ReLU networks").AtLeast(quantity, Share(relu), lenient: .5, strict: .9);
        judge.Printed.In("deep linear and diagonal networks").AtLeast(quantity, Share(linear), lenient: .5, strict: .9);
        var signs = all.Select(s => TheoremHessian.At(s.Setting, s.Start)).Where(s => s is not null).ToList();
        var negative = signs.Count(s => s!.Value.Negative > 0);
        judge.Measure("limits without a unit on its kink", signs.Count);
        judge.Measure("of these with a negative eigenvalue", negative);
        var text = $"At all {all.Count} starts (A) comes to rest (stationarity {Wording.Text(rest)}). Of the limits of ReLU networks "
            + $"{relu.Count(s => !Gains(s))} of {relu.Count} are local minima of L, of deep linear and diagonal ones "
            + $"{linear.Count(s => !Gains(s))} of {linear.Count}. The others have a lower loss within {Wording.Text(TheoremRuns.Radius)}: "
            + $"{TheoremNumbers.Counts(all, (s, r) => Gains((s, r)))}. Of {signs.Count} limits without a unit on its kink {negative} have "
            + "a negative eigenvalue (at smaller ρ, on teacher data).";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }

    private static double Share(List<(TheoremSetting Setting, TheoremRuns.Start Start)> starts) =>
        (double)starts.Count(s => !Gains(s)) / starts.Count;

    private static bool Gains((TheoremSetting Setting, TheoremRuns.Start Start) s) =>
        TheoremNumbers.Gains(s.Setting, s.Start, Dynamics.FixedRho);

    private static double Stationarity((TheoremSetting Setting, TheoremRuns.Start Start) s) => TheoremKkt.Stationarity(s.Setting.Network,
        s.Start.Limits[Dynamics.FixedRho].V, s.Setting.Data, s.Start.Limits[Dynamics.FixedRho].Rho);
}
