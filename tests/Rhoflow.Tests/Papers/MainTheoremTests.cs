using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Report;
using Rhoflow.Papers.Catalog;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>The main theorems' items and the claims that carry them.</summary>
public class MainTheoremTests
{
    [Fact]
    public void Every_item_names_claims_that_exist_or_says_why_there_are_none()
    {
        var known = PapersCatalog.Claims.Select(static c => c.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (paper, theorem) in Theorems())
            foreach (var item in theorem.Items)
            {
                var where = $"{paper.Name}, {theorem.Name}, item {item.Number}";
                item.Claims.ShouldBeUnique(where);
                item.Claims.Where(id => !known.Contains(id)).ShouldBeEmpty($"{where} names claims that are in no catalogue");
                if (item.Claims.Count == 0) item.Note.ShouldNotBeNullOrWhiteSpace($"{where} has no claim and does not say why");
                item.Says.ShouldNotBeNullOrWhiteSpace(where);
            }
    }

    [Fact]
    public void All_items_of_the_three_papers_are_there()
    {
        Theorems().Select(static t => (t.Paper.Short, t.Theorem.Name, t.Theorem.Items.Count(static i => i.Number.Length > 0))).ShouldBe(
            [("T3", "Theorem 1", 7), ("T3b", "Lemma 1", 2), ("T3b", "Theorem 3", 2), ("PNAS", "Lemma 3", 0), ("PNAS", "Lemma 6", 0),
                ("PNAS", "Theorem 3", 6)]);
        foreach (var (_, theorem) in Theorems())
            theorem.Items.Select(static i => i.Number).Where(static n => n.Length > 0)
                .ShouldBe(Enumerable.Range(1, theorem.Items.Count(static i => i.Number.Length > 0)).Select(static n => $"{n}"));
    }

    [Fact]
    public void A_table_shows_verdicts_beside_items_and_names_what_has_no_result()
    {
        var claim = PapersCatalog.Claims[0];
        var result = new ClaimResult(Verdict.Care, [], [], "", null, "", 0);
        var content = new ReportContent(PapersCatalog.Papers, [new CheckedClaim(claim, result)]);
        var theorem = new Theorem("Theorem 0", "§0", "W_k > 0.", [new("1", "a|b", claim.Id, "b99-none"), new("2", "c") { Note = "<no>" }]);
        var html = TheoremTable.Html(new PageParts(content, new HashSet<string>(), []), theorem);
        html.ShouldContain($"<span class=\"care symbol\" title=\"with care\">≈</span> <a href=\"{claim.Paper.Key}.html#{claim.Id}\">");
        html.ShouldContain("<li>b99-none</li>");
        html.ShouldContain("<tex>W_{k}\\gt 0</tex>\u2060.");
        html.ShouldContain("<small>&lt;no&gt;</small>");
        TheoremTable.Markdown(content, theorem, static s => s.Replace("|", "\\|", StringComparison.Ordinal))
            .ShouldContain($"| 1 | a\\|b | ≈ {claim.Id}, b99-none |\n| 2 | c | <no> |\n");
    }

    private static IEnumerable<(Paper Paper, Theorem Theorem)> Theorems() =>
        PapersCatalog.Papers.SelectMany(static p => p.Theorems.Select(t => (p, t)));
}
