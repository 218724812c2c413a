using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Theory III §6, §8, §10, §13 and §14: claims b84 to b91, and what they found in the flows.</summary>
public class LandscapeClaimTests
{
    [Theory]
    [InlineData("b84-two-layers-at-fixed-rho", Verdict.Holds)]
    [InlineData("b85-margin-rises-at-fixed-rho", Verdict.Care)]
    [InlineData("b86-degenerate-stationary-points", Verdict.Care)]
    [InlineData("b87-sgd-and-degenerate-minima", Verdict.Undecided)]
    [InlineData("b88-errors-pin-more-than-their-span", Verdict.Care)]
    [InlineData("b89-tangent-gradient-keeps-the-norm", Verdict.Holds)]
    [InlineData("b90-unit-norm-techniques-agree", Verdict.Holds)]
    [InlineData("b91-norms-choose-the-margin", Verdict.Holds)]
    public void A_claim_comes_to_its_verdict_and_all_that_is_said_instead_is_true(string id, Verdict verdict)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(verdict, outcome.Why);
        outcome.Checks.Where(static c => c.Role != CheckRole.Printed).ShouldAllBe(static c => c.Passed == true);
        outcome.Chart!.Specification().ToJsonString().ShouldNotContain("NaN");
    }

    // The explicit steps of this start go so far that the norm overflows; they have to be refused and made again.
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void The_tangent_flow_comes_back_from_a_step_that_went_too_far(double p)
    {
        var iris = Iris.Load().Binary("setosa");
        var risk = new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, iris, Reduction.Sum);
        var rest = new TangentFlow(risk, p, 3).From(ExampleSets.Normal(4, 4, stream: 35), new IntegrationOptions())
            .At([Instant.FromLog10T(12)], TestContext.Current.CancellationToken).Single();
        NormsAndDirections.PNorm(rest.V, p).ShouldBe(1, 1e-9);
        rest.Margin.ShouldBeGreaterThan(.6);
    }
}
