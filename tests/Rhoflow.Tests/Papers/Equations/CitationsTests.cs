using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers.Equations;

/// <summary>References are read out of comments, of the places of claims, and of what a person types.</summary>
public class CitationsTests
{
    [Theory]
    [InlineData("T3 eq. 22", "T3.22")]
    [InlineData("(T3b eq. 8, 17, 24 with 2λ for λ)", "T3b.8 T3b.17 T3b.24")]
    [InlineData("T3 eq. 8, 17, 51; PNAS eq. 3; T3b eq. 6", "T3.8 T3.17 T3.51 PNAS.3 T3b.6")]
    [InlineData("T3 eq. 60, Theorem 1; SQ App. G, eq. 46", "T3.60")]
    [InlineData("T3 eq. 65, 2.5 times as far", "T3.65")]
    [InlineData("XT3 eq. 8 and T3 Theorem 5", "")]
    [InlineData("T3 eq. 65a, 65b, 66; SQ eq. 7a", "T3.65a T3.65b T3.66 SQ.7a")]
    [InlineData("T3 eq. 8bis", "T3.8")]
    public void In_comments(string text, string ids) => Ids(Citations.In(text)).ShouldBe(ids);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var random = new Random();
        for (var trial = 0; trial < 200; trial++)
        {
            string[] papers = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => EquationTable.Papers[random.Next(4)].Short)];
            var cited = papers.Select(p =>
                (Paper: p, Numbers: Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(1, 100)).ToArray())).ToArray();
            string[] around = ["(", " and ", "; after ", ", ", ". "];
            var text = string.Concat(cited.Select(c => $"{around[random.Next(5)]}{c.Paper} eq. {string.Join(", ", c.Numbers)}"));
            var expected = string.Join(' ',
                cited.SelectMany(static c => c.Numbers.Select(n => string.Create(CultureInfo.InvariantCulture, $"{c.Paper}.{n}"))));
            Ids(Citations.In(text)).ShouldBe(expected, text);
        }
    }

    [Theory]
    [InlineData("eq. 63–65, §12.2; Theory IIIb eq. 55–57; Theoretical issues eq. 19", "T3.63 T3.64 T3.65 T3b.55 T3b.56 T3b.57 PNAS.19")]
    [InlineData("Figure 1, eq. 31; Square loss, eq. 10, 41–45", "T3.31 SQ.10 SQ.41 SQ.42 SQ.43 SQ.44 SQ.45")]
    [InlineData("Lemma 2, eq. 8, 29 and 36", "T3.8 T3.29 T3.36")]
    [InlineData("Theory III §13.1, eq. 10; Memo 112 §6.1, eq. 28", "T3.10 SQ.28")]
    [InlineData("§16 (summary after eq. 80), §5, Fig. 5", "T3.80")]
    [InlineData("Theorem 5 and its proof, §8", "")]
    [InlineData("eq. 64, 65a and 66a; Theory IIIb eq. 57", "T3.64 T3.65a T3.66a T3b.57")]
    public void In_places(string place, string ids) =>
        Ids(Citations.InPlace(EquationTable.Papers[0], place, EquationTable.Papers)).ShouldBe(ids);

    [Fact]
    public void A_page_without_equations_cites_none_of_its_own()
    {
        var page = new Paper("schedules", "Schedules", "no paper");
        Ids(Citations.InPlace(page, "eq. 1; Theory III eq. 10", EquationTable.Papers)).ShouldBe("T3.10");
    }

    [Theory]
    [InlineData("T3.22")]
    [InlineData("T3 eq. 22")]
    [InlineData("t3 22")]
    [InlineData(" t3 EQ 22 ")]
    [InlineData("T3 [22]")]
    [InlineData("T3 . 22")]
    public void As_typed(string text) => EquationTable.Require(text).Id.ShouldBe("T3.22");

    [Theory]
    [InlineData("T3")]
    [InlineData("T322")]
    [InlineData("T3.22.1")]
    [InlineData("T4.1")]
    [InlineData("T3.99999999999")]
    [InlineData("22")]
    public void What_is_no_reference(string text) => Should.Throw<Rhoflow.Lab.Config.ConfigException>(() => EquationTable.Require(text));

    private static string Ids(IEnumerable<Citation> citations) => string.Join(' ', citations.Select(static c => c.Id));
}
