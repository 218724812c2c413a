using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Claim t9: the limit of a deep network depends on its start, except where f is linear and its layers full.</summary>
internal static class DeepLimitIndependentOfTheStart
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t9-deep-limit-independent-of-the-start",
        Paper = SourcePapers.TheoryIIIb,
        Place = "Lemma 1.2, §5.1",
        Hypothesis = TheoremNumbers.Hypothesis,
        Statement = "The convergence (of each W_k to the minimum norm solution) is independent of initial conditions.",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words + ". Margins of the limits of gradient descent from all starts of "
            + $"a setting from which it has come to a KKT residual below {Wording.Text(TheoremNumbers.Small)}",
        Expected = "One margin for each setting.",
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
            judge.Printed.In(setting.Name).AtMost(quantity, margins.Max / margins.Min, 1 + TheoremNumbers.Same);
            if (setting.IsDeepLinear)
                judge.Amended("deep linear networks").In(setting.Name).AtMost(quantity, margins.Max / margins.Min, 1 + TheoremNumbers.Same);
        }
        var widest = spreads.MaxBy(s => s.Margins.Max / s.Margins.Min);
        return judge.Outcome(care: "Deep linear networks have one limit from all starts. Others do not: "
            + string.Join("; ", spreads.Where(s => s.Margins.Max / s.Margins.Min > 1 + TheoremNumbers.Same).Select(s =>
                $"{s.Setting.Name} {Wording.Text(s.Margins.Min)} to {Wording.Text(s.Margins.Max)}"))
            + $" (margins of KKT points, each local). The widest is {widest.Setting.Name}, where starts go to different coordinates.");
    }
}
