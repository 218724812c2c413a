using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim t5: gradient descent goes to KKT points of the maximum margin, slowly, and to others than (A) and (B) from one start.
/// </summary>
internal static class GradientDescentSharesTheStationaryPoints
{
    private const double Lenient = .8, Strict = .95;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t5-gradient-descent-shares-the-stationary-points",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 1.4, §4.5, eq. 20, 21; Theoretical issues Theorem 3.3, Lemma 6",
        Equations = ["T3.16e", "PNAS.16c", "PNAS.18b"],
        Hypothesis = TheoremNumbers.Hypothesis,
        Statement = "The usual, unconstrained dynamics converges to the same stationary points of the flow of V_k as (A) and (B). (The "
            + "same set: \"even with the same initial conditions the two dynamics\" need not \"converge to the same minima\", says "
            + "Theoretical issues after Lemma 6.)",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words + $". Judged for each kind of network apart; the bounds "
            + $"({Wording.Text(Strict)} "
            + $"of the starts for yes, less than {Wording.Text(Lenient)} for no) are ours, and starts at which kinks stop gradient descent "
            + "are open: where they could decide, the share counts as not known",
        Expected = "The KKT residual falls to 0 at every start.",
        Figures = ["theory-iii/theorem-1", "theoretical-issues/theorem-3"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var all = TheoremNumbers.Starts(context).ToList();
        var followed = TheoremNumbers.Followed(context, Dynamics.GradientDescent).ToList();
        judge.Measure("starts", all.Count);
        judge.Premise.AtLeast("share of starts at which gradient descent is followed to its end", (double)followed.Count / all.Count, .75);
        var residuals = Spread.Of(followed.Select(s => s.Start[Dynamics.GradientDescent].Residuals[^1]));
        judge.Measure("KKT residual at the end, median", residuals.Median);
        foreach (var kind in all.GroupBy(s => s.Setting.HasKinks ? "ReLU" : s.Setting.IsDiagonal ? "diagonal" : "deep linear"))
        {
            judge.Measure($"{kind.Key}: starts, and those at which kinks stop gradient descent", kind.Count(), kind.Count(IsOpen));
            judge.Printed.In(kind.Key).AtLeast("share of the starts that are nearer to a KKT point at the end than at t = 1e10",
                Share([.. kind], s => At(s, s.Start[Dynamics.GradientDescent].At[^1]) < At(s, 10)), Lenient, Strict);
            judge.Printed.In(kind.Key).AtLeast("share of the starts with a KKT residual below 0.05 at the end",
                Share([.. kind], s => s.Start[Dynamics.GradientDescent].Residuals[^1] <= TheoremNumbers.Small), Lenient, Strict);
        }
        judge.Printed.AtMost("KKT residual at the end, median over that at t = 1e10",
            residuals.Median / Spread.Of(followed.Select(s => At(s, 10))).Median,
            strict: .25, lenient: .9);
        foreach (var setting in followed.Where(s => s.Setting.IsDeepLinear).GroupBy(s => s.Setting))
        {
            judge.Amended("deep linear networks: the residual falls like (log t)^{−1/K}, as ρ_k grows").In(setting.Key.Name).Near(
                "slope of log residual over log log t, from t = 1e10000 on", Spread.Of(setting.Select(Slope)).Median,
                -1.0 / setting.Key.Network.Depth, relative: .15);
        }
        var arrived = TheoremNumbers.Arrived(context).Where(s => !s.Start[Dynamics.Lagrange].Stopped).ToList();
        judge.Measure("starts at which the points are compared (gradient descent near a KKT point, (B) followed to its end)",
            arrived.Count);
        var networks = TheoremNumbers.Different(arrived, Dynamics.GradientDescent, Dynamics.Lagrange);
        var swept = TheoremNumbers.Different(arrived, Dynamics.GradientDescent, Dynamics.FixedRho);
        judge.Measure("starts whose limit is another network than that of (B)", networks);
        judge.Measure("starts whose limit is another network than that of (A)", swept);
        var certain = arrived.Count(s => s.Start[Dynamics.GradientDescent].Margins[^1]
            > TheoremTrace.Margin(s.Setting, s.Start.Limits[Dynamics.Lagrange].V) * (1 + TheoremNumbers.Same));
        judge.Measure("starts at which gradient descent's margin has passed that of (B)'s limit", certain);
        var text = $"As a set: the KKT residual of gradient descent falls at nearly all of the {followed.Count} of {all.Count} starts at "
            + $"which it is followed to t = {Wording.Decade(TheoremRuns.LastOfDescent)}, to {Wording.Text(residuals)}. It is slow: without "
            + "ReLUs like 1/ρ_k = (log t)^(−1/K), since W keeps its start while ρ_k grows, with them slower. Starts with a residual above "
            + $"{Wording.Text(TheoremNumbers.Small)}: "
            + $"{TheoremNumbers.Counts(followed, (_, r) => r[Dynamics.GradientDescent].Residuals[^1] > TheoremNumbers.Small)}, on "
            + $"their way past a saddle; not followed: {TheoremNumbers.Counts(all, (s, r) => IsOpen((s, r)))}. Of {arrived.Count} starts "
            + $"the point is another one than that of (B) at {networks} and than that of (A) at {swept} "
            + $"({TheoremNumbers.Counts(arrived, OtherThanSwept)}); at {certain} its margin, which cannot fall for good, has passed that "
            + "of (B)'s limit.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }

    private static bool IsOpen((TheoremSetting Setting, TheoremRuns.Start Start) s) => s.Start[Dynamics.GradientDescent].Stopped;

    private static bool OtherThanSwept(TheoremSetting setting, TheoremRuns.Start start) => TheoremNumbers.Apart(
        setting, start.Limits[Dynamics.GradientDescent].V, start.Limits[Dynamics.FixedRho].V) > TheoremNumbers.Same;

    // Starts that were not followed may go either way: where they could decide, the share is not known.
    private static double Share(List<(TheoremSetting Setting, TheoremRuns.Start Start)> starts,
        Func<(TheoremSetting Setting, TheoremRuns.Start Start), bool> which)
    {
        var open = starts.Count(IsOpen);
        double least = (double)starts.Count(s => !IsOpen(s) && which(s)) / starts.Count, most = least + (double)open / starts.Count;
        return open == 0 || least >= Strict ? least : most < Lenient ? most : double.NaN;
    }

    private static double At((TheoremSetting Setting, TheoremRuns.Start Start) s, double log10T)
    {
        var trace = s.Start[Dynamics.GradientDescent];
        return trace.Residuals[Enumerable.Range(0, trace.At.Count).First(i => trace.At[i] >= log10T)];
    }

    private static double Slope((TheoremSetting Setting, TheoremRuns.Start Start) s)
    {
        var trace = s.Start[Dynamics.GradientDescent];
        return Math.Log(trace.Residuals[^1] / At(s, 1e4)) / Math.Log(trace.At[^1] / 1e4);
    }
}
