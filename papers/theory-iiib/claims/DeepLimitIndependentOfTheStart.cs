using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim t9: whether the limit around one minimum depends on the start; among several minima it does.</summary>
internal static class DeepLimitIndependentOfTheStart
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t9-deep-limit-independent-of-the-start",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Lemma 1.2, §5.1",
        Hypothesis = TheoremNumbers.Hypothesis + " The dynamics linearized around one equilibrium W⁰ (Lemma 1); \"there are several "
            + "maximum margin solutions, one for each of the global minima\" (after figure 4).",
        Statement = "The convergence (of each W_k to the minimum norm solution) is independent of initial conditions.",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words + ". Margins of the limits of gradient descent from all starts of "
            + $"a setting from which it has come to a KKT residual below {Wording.Text(TheoremNumbers.Small)}. This is the nonlinear "
            + "dynamics from starts that lead to several minima, and is no test of the lemma, which is of one minimum: starts around one "
            + "were not followed",
        Expected = "One margin for each minimum.",
        Figures = ["theory-iiib/theorem-3"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        const string quantity = "largest over smallest margin of the limits of gradient descent";
        var spreads = TheoremNumbers.Arrived(context).GroupBy(s => s.Setting).Select(g => (Setting: g.Key,
            Margins: Spread.Of(g.Select(s => TheoremTrace.Margin(s.Setting, s.Start.Limits[Dynamics.GradientDescent].V))))).ToList();
        foreach (var (setting, margins) in spreads)
        {
            var apart = margins.Max / margins.Min;
            if (setting.IsDeepLinear)
            {
                judge.Amended("deep linear networks have one maximum margin, and all starts go to it").In(setting.Name)
                    .AtMost(quantity, apart, 1 + TheoremNumbers.Same);
            }
            else judge.Measure($"{setting.Name}: {quantity}", apart);
        }
        var widest = spreads.MaxBy(s => s.Margins.Max / s.Margins.Min);
        return judge.Outcome(open: "Deep linear networks have one limit from all starts. Others, of several minima, do not: "
            + string.Join("; ", spreads.Where(s => s.Margins.Max / s.Margins.Min > 1 + TheoremNumbers.Same).Select(s =>
                $"{s.Setting.Name} {Wording.Text(s.Margins.Min)} to {Wording.Text(s.Margins.Max)}"))
            + $" (margins of KKT points, each local). The widest is {widest.Setting.Name}, where starts go to different coordinates.");
    }
}
