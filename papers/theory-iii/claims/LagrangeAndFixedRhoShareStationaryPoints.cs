using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim t2: (A) for ρ → ∞ and (B) for t → ∞ have the same stationary points, the KKT points of the maximum margin.</summary>
internal static class LagrangeAndFixedRhoShareStationaryPoints
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t2-lagrange-and-fixed-rho-share-stationary-points",
        Finding = "On deep networks the two dynamics of the main theorem end in one set of stationary points, those of a maximum margin; "
            + "not always at the same point of it.",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 1.2, §4.3, eq. 12–15; Theoretical issues Theorem 3.2, first half",
        Hypothesis = TheoremNumbers.Hypothesis,
        Statement = "The dynamics (B), L minimized under ‖V_k‖ = 1 with respect to V_k and ρ_k, has stationary points for t → ∞ that "
            + "coincide with the limit for ρ → ∞ in the dynamics (A).",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words + ". Tested is that the ends of both lie within the same set, the KKT "
            + "points of the margin; not that each limit of one is a limit of the other",
        Expected = "Both go to KKT points of the margin; at ρ no farther from one than log N/(ρη).",
        Figures = ["theory-iii/theorem-1", "theoretical-issues/theorem-3"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var all = TheoremNumbers.Starts(context).ToList();
        var followed = TheoremNumbers.Followed(context, Dynamics.Lagrange).ToList();
        judge.Measure("starts", all.Count);
        judge.Measure("starts at which kinks stop (B) before its end", all.Count - followed.Count);
        judge.Premise.AtLeast("share of starts at which (B) is followed to its end", (double)followed.Count / all.Count, .75);
        var swept = Spread.Of(all.Select(s => s.Start[Dynamics.FixedRho].Residuals[^1]));
        var lagrange = Spread.Of(followed.Select(s => s.Start[Dynamics.Lagrange].Residuals[^1]));
        judge.Measure("KKT residual of (B) at its end, median", lagrange.Median);
        judge.Measure("KKT residual of (A) at its end, median", swept.Median);
        judge.Printed.AtMost("KKT residual of (A) at its end over log N/(ρη), greatest of all starts",
            all.Max(s => Over(s, Dynamics.FixedRho)), 1);
        judge.Printed.AtMost("KKT residual of (B) at its end over log N/(ρη), greatest of all starts, stopped ones too",
            all.Max(s => Over(s, Dynamics.Lagrange)), 1);
        judge.Printed.AtMost("KKT residual of (B), greatest of the starts followed to the end", lagrange.Max, 1e-3);
        judge.Printed.AtMost("KKT residual of (A), greatest of all starts", swept.Max, 1e-3);
        var apart = TheoremNumbers.Different(followed, Dynamics.FixedRho, Dynamics.Lagrange);
        judge.Measure("of the starts followed to the end, those whose two limits are different networks", apart);
        return judge.Outcome(
            holds: $"In this sense, the same set of stationary points: the KKT residual is {Wording.Text(swept)} at the end of (A) and "
                + $"{Wording.Text(lagrange)} at that of (B), {followed.Count} of {all.Count} starts, and never above log N/(ρη) at any "
                + "end. (At a stationary point of (A) that bound is a theorem; (B) keeps to it because it follows those points as ρ "
                + $"grows.) Which point of the set it is may differ: at {apart} starts the two end at different networks "
                + $"(t3-one-limit-of-both-dynamics). Kinks of several ReLUs stop (B) for good at {all.Count - followed.Count} starts, "
                + "among them all of ReLU 16-2-1 on Digits at t = 1e300.");
    }

    private static double Over((TheoremSetting Setting, TheoremRuns.Start Start) s, Dynamics dynamics)
    {
        var trace = s.Start[dynamics];
        return trace.Residuals[^1] / s.Setting.Bound(Math.Exp(trace.LogRho[^1]), trace.V);
    }
}
