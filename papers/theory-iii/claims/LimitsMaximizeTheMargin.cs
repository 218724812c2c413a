using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim t4: the limits of (A) and (B) are KKT points of the maximum margin; of ReLU networks not always maxima.</summary>
internal static class LimitsMaximizeTheMargin
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t4-limits-maximize-the-margin",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 1.3, §4.4, eq. 16; Theoretical issues Theorem 3.2, second half, §B.4, eq. 13",
        Hypothesis = TheoremNumbers.Hypothesis + " Maxima are local ones: the paper expects several (Theoretical issues, §D).",
        Statement = "For ρ → ∞ in (A) and for t → ∞ in (B) the stationary points of V_k are maxima of the margin and minimum norm "
            + "minimizers.",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words + $", also those of (B). From each limit {TheoremRuns.Restarts} "
            + $"restarts: V moved by {Wording.Text(TheoremRuns.Radius)} in every layer, then (A) at the same ρ, along which γ̃ = −log L/ρ "
            + "never falls; a gain counts above log N/(ρη), by which γ̃ and the margin may differ. Deep linear networks: margin against "
            + "the hard-margin SVM, exactly",
        Expected = "No start whose limit gains margin nearby.",
        Figures = ["theory-iii/theorem-1"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        const string quantity = "limits from which the margin rises nearby";
        const string linear = "deep linear and diagonal networks";
        foreach (var dynamics in new[] { Dynamics.FixedRho, Dynamics.Lagrange })
        {
            var name = dynamics == Dynamics.FixedRho ? "(A)" : "(B)";
            var settled = TheoremNumbers.Settled(context, dynamics).ToList();
            judge.Measure($"{name}: limits that are KKT points to within log N/(ρη)", settled.Count);
            judge.Printed.In($"{name}, ReLU").AtMost(quantity,
                settled.Count(s => s.Setting.HasKinks && TheoremNumbers.Gains(s.Setting, s.Start, dynamics)), 0);
            judge.Printed.In($"{name}, {linear}").AtMost(quantity,
                settled.Count(s => !s.Setting.HasKinks && TheoremNumbers.Gains(s.Setting, s.Start, dynamics)), 0);
            judge.Amended(linear).In($"{name}, {linear}").AtMost(quantity,
                settled.Count(s => !s.Setting.HasKinks && TheoremNumbers.Gains(s.Setting, s.Start, dynamics)), 0);
        }
        foreach (var (setting, starts) in TheoremRuns.Of(context).Where(r => r.Setting.IsDeepLinear))
        {
            var best = HardMargin.Solve(setting.Data).Margin;
            judge.Printed.In(setting.Name).AtMost("(1 − η/η_SVM) over log N/(ρη), greatest over both dynamics", starts.Max(s => Math.Max(
                Short(setting, s.Limits[Dynamics.FixedRho], best), Short(setting, s.Limits[Dynamics.Lagrange], best))), 1);
        }
        var all = TheoremNumbers.Settled(context, Dynamics.FixedRho).ToList();
        var lagrange = TheoremNumbers.Settled(context, Dynamics.Lagrange);
        var counter = all.Where(s => s.Setting.HasKinks).MaxBy(s => s.Start.Rises[Dynamics.FixedRho]);
        var place = counter.Start.Limits[Dynamics.FixedRho];
        return judge.Outcome(
            care: "Deep linear networks reach the margin of the support vector machine, diagonal ones a local maximum. ReLU networks may "
                + $"not: under (A) {TheoremNumbers.Counts(all, (s, r) => TheoremNumbers.Gains(s, r, Dynamics.FixedRho))}, under (B) "
                + $"{TheoremNumbers.Counts(lagrange, (s, r) => TheoremNumbers.Gains(s, r, Dynamics.Lagrange))} end at KKT points next to "
                + $"which the margin is larger. {counter.Setting.Name}, seed {counter.Start.Seed}: margin "
                + $"{Wording.Text(TheoremTrace.Margin(counter.Setting, place.V), 4)}, KKT residual "
                + $"{Wording.Text(TheoremKkt.Residual(counter.Setting.Network, place.V, counter.Setting.Data))}, and after a step of "
                + $"{Wording.Text(TheoremRuns.Radius)} the flow finds {Wording.Text(100 * counter.Start.Rises[Dynamics.FixedRho], 2)} % "
                + "more: a hidden unit that has died out would be of use again. The first-order conditions, which §4.4 proves, cannot "
                + "tell.");
    }

    private static double Short(TheoremSetting setting, SweptDirections.Place place, double best) =>
        (1 - TheoremTrace.Margin(setting, place.V) / best) / setting.Bound(place.Rho, place.V);
}
