using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim t10: the limits of (A) at fixed ρ have flat directions wherever hidden units can turn into each other.</summary>
internal static class FixedRhoMinimaAreHyperbolic
{
    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t10-fixed-rho-minima-are-hyperbolic",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "Theorem 3.1, §D, §B.2",
        Hypothesis = TheoremNumbers.Hypothesis + " ρ fixed.",
        Statement = "The dynamics (A) converges for any fixed ρ to stationary points of the V_k flow that are hyperbolic minima.",
        SetUp = TheoremSetting.Words
            + ". (A) to rest at ρ doubled from ρ(T0) on; eigenvalues of the Riemannian Hessian of L on the product of "
            + $"spheres at the first ρ with log N/(ρη) ≤ {Wording.Text(TheoremHessian.Bound)}, zero up to "
            + $"{Wording.Text(TheoremHessian.Zero)} of the "
            + "largest, where no unit is on its kink (there L has no second derivative). Linear and ReLU networks of full matrices are "
            + "judged; diagonal ones, of which the paper does not speak, are measured beside them",
        Expected = "No eigenvalue that is zero or negative.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        const string quantity = "zero eigenvalues at a limit, most of the starts", negative = "limits with a negative eigenvalue";
        var texts = new List<string>();
        foreach (var (setting, starts) in TheoremRuns.Of(context))
        {
            var signs = starts.Select(s => TheoremHessian.At(setting, s)).Where(s => s is not null).Select(s => s!.Value).ToList();
            judge.Measure($"{setting.Name}: limits without a unit on its kink", signs.Count);
            if (signs.Count == 0) continue;
            int most = signs.Max(s => s.Zero), bad = signs.Count(s => s.Negative > 0);
            texts.Add($"{setting.Name} {most}");
            if (setting.IsDiagonal)
            {
                judge.Measure($"{setting.Name}: {quantity}", most);
                judge.Measure($"{setting.Name}: {negative}", bad);
                continue;
            }
            judge.Printed.In(setting.Name).AtMost(quantity, most, 0);
            judge.Printed.In(setting.Name).AtMost(negative, bad, 0);
        }
        return judge.Outcome(
            fails: $"Zero eigenvalues at the limits: {string.Join(", ", texts)}. "
                + "Hidden units of full layers can be rotated or split into one another without a change of f, so that limits of linear "
                + "and ReLU networks lie in flat sets. (Diagonal networks have no such directions.) b19-stationary-points-are-hyperbolic "
                + "finds the same on the three examples. Nothing can be said of the ReLU networks all of whose limits have units on "
                + "kinks.");
    }
}
