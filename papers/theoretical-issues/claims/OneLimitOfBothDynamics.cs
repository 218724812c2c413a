using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim t3: from one start (A) swept upward and (B) need not go to one limit.</summary>
internal static class OneLimitOfBothDynamics
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t3-one-limit-of-both-dynamics",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "Lemma 3, §B.3; Theory III §4.3 after eq. 15",
        Hypothesis = TheoremNumbers.Hypothesis + " On what the limit of (A) depends is not said; here (A) is continued from each ρ to "
            + "the next. (Theory III's Theorem 1.2 is read for the set of stationary points, t2, and §4.3 and Lemma 3 for the limit from "
            + "one start.)",
        Statement = "The full dynamical system (B) in the limit t → ∞ converges to the same limit to which the dynamics (A) converges for "
            + "ρ → ∞ (if it exists).",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words + ". Two limits are one network if no normalized output differs by more "
            + $"than {Wording.Text(TheoremNumbers.Same)} of the margin; only starts at which (B) was followed to its end",
        Expected = "No start at which they differ.",
        Figures = ["theoretical-issues/theorem-3"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        var followed = TheoremNumbers.Followed(context, Dynamics.Lagrange).ToList();
        const string quantity = "starts at which the limits of (A) and (B) are different networks";
        foreach (var setting in followed.GroupBy(s => s.Setting))
        {
            var different = TheoremNumbers.Different(setting, Dynamics.FixedRho, Dynamics.Lagrange);
            judge.Printed.In(setting.Key.Name).AtMost(quantity, different, 0);
            judge.Measure($"{setting.Key.Name}: starts at which their V differ",
                TheoremNumbers.DifferentV(setting, Dynamics.FixedRho, Dynamics.Lagrange));
            if (setting.Key.IsDeepLinear)
            {
                judge.Amended("deep linear networks, where the normalized network of largest margin is unique").In(setting.Key.Name)
                    .AtMost(quantity, different, 0);
            }
        }
        var all = TheoremNumbers.Different(followed, Dynamics.FixedRho, Dynamics.Lagrange);
        var worst = followed.MaxBy(s => Math.Abs(Margin(s, Dynamics.FixedRho) / Margin(s, Dynamics.Lagrange) - 1));
        var counts = TheoremNumbers.Counts(followed, (s, r) =>
            TheoremNumbers.Apart(s, r.Limits[Dynamics.FixedRho].V, r.Limits[Dynamics.Lagrange].V) > TheoremNumbers.Same);
        var panel = new Panel("Margins of the two limits, every start", new Axis("margin of (A) over the largest of the setting"),
            new Axis("margin of (B) over the largest of the setting"));
        foreach (var kind in followed.GroupBy(s => s.Setting.HasKinks ? "ReLU" : s.Setting.IsDiagonal ? "diagonal" : "linear"))
        {
            panel = panel.Points(kind.Key, [.. kind.Select(s => Margin(s, Dynamics.FixedRho) / Largest(followed, s.Setting))],
                [.. kind.Select(s => Margin(s, Dynamics.Lagrange) / Largest(followed, s.Setting))]);
        }
        return judge.Outcome(
            care: $"Of {followed.Count} starts {all} end at different networks: {counts}. Furthest apart is {worst.Setting.Name}, seed "
                + $"{worst.Start.Seed}: margins {Wording.Text(Margin(worst, Dynamics.FixedRho), 4)} under (A) and "
                + $"{Wording.Text(Margin(worst, Dynamics.Lagrange), 4)} under (B), both KKT points to "
                + $"{Wording.Text(Math.Max(worst.Start[Dynamics.FixedRho].Residuals[^1], worst.Start[Dynamics.Lagrange].Residuals[^1]))}. "
                + "While ρ grows (B) does not wait for V to come to rest as (A) does, so that they leave a start on different sides of a "
                + "saddle. Deep linear networks have one limit (their layers may still be rotated against each other).",
            chart: new Chart(panel.Predicted("one limit", [0, 1], x => x)),
            caption: "Points off the line: starts from which the two dynamics go to KKT points of different margin.");
    }

    private static double Margin((TheoremSetting Setting, TheoremRuns.Start Start) s, Dynamics dynamics) =>
        TheoremTrace.Margin(s.Setting, s.Start.Limits[dynamics].V);

    private static double Largest(IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> starts, TheoremSetting setting) =>
        starts.Where(s => s.Setting == setting).Max(s => Math.Max(Margin(s, Dynamics.FixedRho), Margin(s, Dynamics.Lagrange)));
}
