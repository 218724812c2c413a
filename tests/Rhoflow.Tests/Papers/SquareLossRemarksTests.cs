using Rhoflow.Lab.Claims;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Memo 112 §4, §5, §6.1 and appendix H on trained networks: the claims come to their verdicts.</summary>
public class SquareLossRemarksTests
{
    [Theory]
    [InlineData("b130-square-loss-overfits-late", Verdict.Care)]
    [InlineData("b131-early-stopping-helps-square-loss", Verdict.Undecided)]
    [InlineData("b132-square-loss-is-faster", Verdict.Undecided)]
    [InlineData("b133-schedules-reach-the-fit", Verdict.Undecided)]
    [InlineData("b134-smaller-norm-smaller-bound", Verdict.Holds)]
    [InlineData("b135-norm-controls-the-error", Verdict.Undecided)]
    [InlineData("b136-normalization-makes-orthogonal", Verdict.Care)]
    [InlineData("b137-units-become-active", Verdict.Fails)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(static c => (c.Role != CheckRole.Premise && c.Role != CheckRole.Amended) || c.Passed == true);
        outcome.Chart!.Specification().ToJsonString().ShouldNotContain("NaN");
    }
}
