using Rhoflow.Lab.Claims;
using Rhoflow.Papers.Catalog;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>
/// Claims b13 to b54 and others: every claim runs, gives the verdict that the first reading of the papers came to, and reports numbers.
/// </summary>
public class ClaimVerdictTests
{
    public static TheoryData<string, Verdict> Verdicts => new()
    {
        { "b13-fixed-rho-reaches-the-maximum-margin", Verdict.Holds },
        { "b14-margin-is-monotone", Verdict.Holds },
        { "b15-one-support-vector-at-the-limit", Verdict.Care },
        { "b17-minimum-norm-is-maximum-margin", Verdict.Care },
        { "b18-limit-independent-of-the-start", Verdict.Care },
        { "b19-stationary-points-are-hyperbolic", Verdict.Fails },
        { "b21-square-loss-hessian-has-n-eigenvalues", Verdict.Holds },
        { "b21-exponential-hessian-becomes-semidefinite", Verdict.Care },
        { "b22-takeuchi-zero-eigenvalue", Verdict.Holds },
        { "b23-one-layer-hessian-rank", Verdict.Holds },
        { "b24-no-separating-stationary-point", Verdict.Holds },
        { "b25-gradient-against-the-separator", Verdict.Fails },
        { "b26-misclassification-regularizes", Verdict.Holds },
        { "b27-condition-number-worst-at-square", Verdict.Undecided },
        { "b28-square-loss-keeps-the-null-space", Verdict.Holds },
        { "b29-normalization-washes-out-the-null-space", Verdict.Holds },
        { "b30-regularization-path-reaches-the-margin", Verdict.Holds },
        { "b32-equilibrium-norm", Verdict.Holds },
        { "b33-norm-grows-monotonically", Verdict.Fails },
        { "b34-critical-norm-at-least-one", Verdict.Care },
        { "b41-diagonal-network-equilibria", Verdict.Care },
        { "b52-batch-normalization-is-weight-normalization", Verdict.Care },
        { "b53-composition-avoids-the-curse", Verdict.Holds },
        { "b54-rademacher-scales-with-the-norm", Verdict.Holds },
        { "b60-trained-trees-need-fewer-parameters", Verdict.Care },
        { "b93-tangent-gradient-leaves-normalization", Verdict.Holds },
        { "b95-two-unequal-layers", Verdict.Holds },
        { "b96-many-layers-limit", Verdict.Care },
        { "b100-prediction-ratio-worst-at-square", Verdict.Care },
        { "b102-batch-normalization-rate", Verdict.Care },
        { "b138-equal-layers-stay-equal", Verdict.Holds },
        { "b139-classification-is-not-interpolation", Verdict.Holds },
        { "b140-multipliers-are-positive", Verdict.Fails },
        { "b141-bound-rises-with-the-norm", Verdict.Holds },
        { "b142-last-layer-interpolates", Verdict.Holds },
        { "b143-free-features-collapse", Verdict.Holds },
        { "b160-networks-on-the-graph-reach-the-rate", Verdict.Holds },
        { "b161-shallow-rate-is-best-possible", Verdict.Care },
        { "b162-parameters-grow-linearly-with-n", Verdict.Holds },
        { "b163-locality-not-weight-sharing", Verdict.Care },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Why.ShouldNotBeNullOrWhiteSpace();
        outcome.Checks.ShouldAllBe(c => c.Role != CheckRole.Premise || c.Passed == true);
        outcome.Checks.ShouldAllBe(c => c.Role != CheckRole.Amended
            || c.Passed == true, $"what is said to hold instead must hold: {outcome.Why}");
        outcome.Chart?.Specification().ToJsonString().ShouldNotContain("NaN");
    }

    [Fact]
    public void Ids_are_unique_and_begin_with_their_number()
    {
        var ids = PapersCatalog.Claims.Select(c => c.Id).ToArray();
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => System.Text.RegularExpressions.Regex.IsMatch(id, "^(b[0-9]{2,3}|t[0-9]{1,2})(-[a-z0-9]+)+$"));
    }
}
