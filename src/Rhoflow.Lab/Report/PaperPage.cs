using System.Text;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>The page of one paper: its claims and figures in the order of the paper.</summary>
internal static class PaperPage
{
    /// <summary>The whole page of a paper.</summary>
    public static string Write(PageParts page, Paper paper)
    {
        var groups = PaperOrder.Of(page.Content, paper);
        var results = groups.SelectMany(static g => g.Results).ToList();
        var html = new StringBuilder();
        html.Append($"<header><h1>{Html.Escape(paper.Name)}</h1>\n<p class=\"lead\">{Html.Escape(paper.Title)}"
            + $"{(paper.Link is { } link ? $" <a href=\"{link}\">Read the paper</a>" : "")}</p>\n")
            .Append(PageParts.Tally([.. results.OfType<CheckedClaim>()])).Append("</header>\n");
        Contents(html, groups);
        foreach (var theorem in paper.Theorems) html.Append(TheoremTable.Html(page, theorem));
        foreach (var (section, inSection) in groups)
        {
            if (section is not null) html.Append($"<h2 id=\"{Anchor(section)}\">{Heading(section)}</h2>\n");
            foreach (var result in inSection)
            {
                if (result is CheckedClaim claim) ClaimArticle(html, page, claim);
                else if (result is DrawnFigure figure) FigureArticle(html, page, figure);
            }
        }
        return page.Frame($"{paper.Name} – Rhoflow", paper.Key, html.ToString());
    }

    private static string Heading(PaperSection section) => $"{section.Label} {Html.Text(section.Title)}";

    private static string Anchor(PaperSection section) => $"section-{section.Number.ToLowerInvariant()}";

    private static void Contents(StringBuilder html, IReadOnlyList<(PaperSection? Section, IReadOnlyList<IStudied> Results)> groups)
    {
        html.Append("<details class=\"contents\" open><summary>Contents</summary>\n");
        foreach (var (section, results) in groups)
        {
            if (section is not null) html.Append($"<h4><a href=\"#{Anchor(section)}\">{Heading(section)}</a></h4>\n");
            html.Append("<ul>\n");
            foreach (var result in results) ContentsLine(html, result);
            html.Append("</ul>\n");
        }
        html.Append("</details>\n");
    }

    private static void ContentsLine(StringBuilder html, IStudied result)
    {
        if (result is CheckedClaim claim)
        {
            var style = claim.Result.Style;
            html.Append($"<li><span class=\"{style.Name} symbol\" title=\"{style.Label}\">{style.Symbol}</span> <a "
                + $"href=\"#{claim.Claim.Id}\">{Html.Text(claim.Claim.Title)}</a></li>\n");
        }
        else if (result is DrawnFigure { Figure: var figure })
        {
            html.Append($"<li><a href=\"#{Html.Anchor(figure.Id)}\">Figure {Html.Escape(figure.Number)}: "
                + $"{Html.Text(figure.Title)}</a></li>\n");
        }
    }

    private static void ClaimArticle(StringBuilder html, PageParts page, CheckedClaim checkedClaim)
    {
        var (claim, result) = checkedClaim;
        html.Append($"<article class=\"claim\" id=\"{claim.Id}\">\n<h3><a href=\"#{claim.Id}\">{Html.Text(claim.Title)} "
            + $"<small>{Html.Escape(claim.Id.Split('-')[0].ToUpperInvariant())}</small></a> {Html.Badge(result.Style)}</h3>\n")
            .Append($"<blockquote><p>{Html.Text(claim.Statement)}</p><cite>{Html.Escape(claim.Paper.Name)}, "
            + $"{Html.Text(claim.Place)}</cite></blockquote>\n")
            .Append($"<p class=\"why\">{Html.Text(result.Why)}</p>\n")
            .Append("<dl>\n").Append($"<dt>The paper supposes</dt><dd>{Html.Text(claim.Hypothesis)}</dd>\n").Append(
            $"<dt>Set-up</dt><dd>{Html.Text(claim.SetUp)}</dd>\n<dt>Expected</dt><dd>{Html.Text(claim.Expected)}</dd>\n")
            .Append(string.Concat(claim.History.Select(h => $"<dt>Before</dt><dd>{Html.Text(h)}</dd>\n"))).Append("</dl>\n");
        Checks(html, result);
        Measured(html, result);
        if (result.Chart is { } chart) html.Append(page.Chart(checkedClaim.ChartId, chart, claim.Statement, result.Caption));
        var figures = claim.Figures.Select(id => (Id: id, Link: page.LinkTo(id))).Where(f => f.Link is not null).ToList();
        if (figures.Count > 0)
        {
            html.Append("<p class=\"see\">Shown in ")
                .AppendJoin(", ", figures.Select(f => $"<a href=\"{f.Link}\">{Html.Escape(NameOf(page, f.Id))}</a>")).Append("</p>\n");
        }
        var equations = page.Content.Equations.Where(e => e.Claims.Contains(claim.Id, StringComparer.Ordinal)).ToList();
        if (equations.Count > 0)
        {
            html.Append("<p class=\"see\">Rests on ").AppendJoin(", ", equations.Select(static e =>
                $"<a href=\"{EquationsPage.LinkTo(e)}\" title=\"{Html.Plain(e.Says)}\">{Html.Escape(e.Citation)}</a>")).Append("</p>\n");
        }
        Command(html, claim.Id, page, result.Seconds);
        html.Append("</article>\n");
    }

    private static void FigureArticle(StringBuilder html, PageParts page, DrawnFigure drawn)
    {
        var (figure, result) = drawn;
        html.Append($"<article class=\"figure\" id=\"{Html.Anchor(figure.Id)}\">\n<h3><a href=\"#{Html.Anchor(figure.Id)}\">Figure "
            + $"{Html.Escape(figure.Number)}</a> <span>{Html.Text(figure.Title)}</span></h3>\n");
        if (result.Chart is { } chart) html.Append(page.Chart(figure.Id, chart, figure.Title,
            chart.Findings is { } findings ? $"{figure.Caption} {findings}" : figure.Caption));
        else html.Append($"<p class=\"note\">Not drawn: {Html.Escape(result.Error ?? "no result")}</p>\n");
        var shows = page.Content.Claims.Where(c => c.Claim.Figures.Contains(figure.Id, StringComparer.Ordinal)).ToList();
        if (shows.Count > 0)
        {
            html.Append("<p class=\"see\">Shows ").AppendJoin(", ",
                shows.Select(c => $"<a href=\"{PageParts.LinkTo(c.Claim)}\">{Html.Text(c.Claim.Title)}</a>")).Append("</p>\n");
        }
        Command(html, figure.Id, page, result.Seconds, $" · config <code>{Html.Escape(figure.Config)}</code>");
        Runs(html, figure);
        html.Append("</article>\n");
    }

    // What a person types to get what is drawn.
    private static void Runs(StringBuilder html, PaperFigure figure)
    {
        if (figure.Runs?.Invoke() is not { Count: > 0 } runs) return;
        html.Append($"<details class=\"runs\"><summary>Its {(runs.Count == 1 ? "run" : $"{runs.Count} runs")}</summary><pre><code>")
            .AppendJoin('\n', runs.Select(r => Html.Escape(r.Command))).Append("</code></pre></details>\n");
    }

    private static void Checks(StringBuilder html, ClaimResult result)
    {
        if (result.Checks.Count == 0) return;
        html.Append("<div class=\"scroll\"><table class=\"checks\"><thead><tr><th></th><th>Check</th><th "
            + "class=\"number\">Measured</th><th>Expected</th></tr></thead>\n");
        foreach (var (heading, checks) in CheckHeading.Groups(result))
        {
            html.Append("<tbody><tr class=\"role\"><th "
                + $"colspan=\"4\">{Html.Text(heading)}</th></tr>\n");
            foreach (var check in checks)
            {
                var (mark, word) = check.Passed switch
                {
                    true => ("✓", "yes"),
                    false => ("✗", "no"),
                    _ => ("?", check.Measured is null ? "not measured" : "open"),
                };
                html.Append($"<tr class=\"{word.Replace(' ', '-')}\"><td class=\"symbol\" "
                    + $"title=\"{word}\">{mark}</td><td>{Html.Text(check.Name)}</td>")
                    .Append($"<td class=\"number\">{Number(check.Measured)}</td><td>{Html.Text(check.Expectation)}</td></tr>\n");
            }
            html.Append("</tbody>\n");
        }
        html.Append("</table></div>\n");
    }

    private static string Number(double? measured) => measured is { } m ? Html.Value(JsonValue.Create(m)) : "";

    private static void Measured(StringBuilder html, ClaimResult result)
    {
        // What a check shows already is not shown twice.
        var rest = result.Measured.Where(m => result.Checks.All(c => !string.Equals(c.Name, m.Name, StringComparison.Ordinal))).ToList();
        if (rest.Count == 0) return;
        html.Append("<details class=\"measured\"><summary>All measured numbers</summary><div class=\"scroll\"><table>\n");
        foreach (var m in rest) html.Append($"<tr><th scope=\"row\">{Html.Text(m.Name)}</th><td>{Html.Value(m.Value)}</td></tr>\n");
        html.Append("</table></div></details>\n");
    }

    private static void Command(StringBuilder html, string id, PageParts page, double seconds, string more = "") =>
        html.Append($"<p class=\"command\"><code>./rhoflow reproduce {Html.Escape(id)}{(page.Content.Full ? " --full" : "")}</code> "
            + $"{Html.Seconds(seconds)}{more}</p>\n");

    private static string NameOf(PageParts page, string figureId)
    {
        var figure = page.Content.Figures.First(f => f.Figure.Id == figureId).Figure;
        return $"{figure.Paper.Name}, figure {figure.Number}";
    }
}
