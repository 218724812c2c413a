using Rhoflow.Lab.Claims;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Claims;

public class PaperSectionTests
{
    private static readonly Paper Example = new("example", "Example", "An example")
    {
        Sections = [new("1", "First"), new("12", "Twelfth"), new("B", "Part") { Label = "§3B" }, new("H", "Constraints")],
    };

    [Theory]
    [InlineData("eq. 63–65, §12.2; Other paper eq. 55", "12")]
    [InlineData("Theorem 5 and its proof, eq. 34–35, §1", "1")]
    [InlineData("Appendix H.3, eq. 55–56", "H")]
    [InlineData("eq. 2; §1 of another paper", null)]
    [InlineData("footnote 8; appendix H", null)]
    [InlineData("§7, App. H, eq. 39", "H")]
    [InlineData("§B.5, eq. 20", "B")]
    [InlineData("appendix of the memo", null)]
    public void The_section_is_the_first_that_the_place_cites(string place, string? number) =>
        (PaperSection.Of(Example, place)?.Number).ShouldBe(number);

    [Fact]
    public void Labels_say_what_it_is() =>
        Example.Sections.Select(static s => s.Label).ShouldBe(["§1", "§12", "§3B", "Appendix H"]);

    [Theory]
    [InlineData("b13-fixed-rho-reaches-the-maximum-margin", "Fixed ρ reaches the maximum margin")]
    [InlineData("b57-sgd-stops-at-interpolation", "SGD stops at interpolation")]
    [InlineData("b21-square-loss-hessian-has-n-eigenvalues", "Square loss Hessian has N eigenvalues")]
    [InlineData("b12-rho-schedules", "ρ schedules")]
    [InlineData("alone", "Alone")]
    public void A_title_is_made_of_the_words_of_the_id(string id, string title) => ClaimTitle.Of(id).ShouldBe(title);
}
