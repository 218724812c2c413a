using System.Text;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>The front page: what the papers claim and what came out, in one table.</summary>
internal static class FrontPage
{
    /// <summary>The whole page.</summary>
    public static string Write(PageParts page)
    {
        var content = page.Content;
        var html = new StringBuilder();
        html.Append("<header><h1>What the papers claim, and what we measure</h1>\n<p class=\"lead\">Each claim about norm ρ and direction "
            + "V under gradient descent is ")
            .Append("computed anew inside the paper's own hypothesis. It <em>holds</em> as printed, holds <em>with care</em> (the same "
            + "statement under a narrower assumption or with another constant), <em>fails</em> (with the counter-example), or is "
            + "<em>undecided</em>. What is true by algebra is labelled an <em>identity</em>.</p>\n")
            .Append(PageParts.Tally(content.Claims));
        if (content.NotComputed > 0)
        {
            html.Append($"<p class=\"note\">{content.NotComputed} claims and figures are not computed yet; <code>./rhoflow "
                + "reproduce</code> does the rest.</p>\n");
        }
        html.Append("</header>\n");
        Findings(html, page);
        html.Append(Filters(content));
        html.Append("<div class=\"scroll\"><table class=\"verdicts\">\n<thead><tr><th>Claim</th><th>Paper and place</th><th>What it "
            + "says</th><th>Verdict</th><th class=\"number\">Time</th></tr></thead>\n<tbody>\n");
        foreach (var claim in content.Claims.OrderBy(c => c.Claim.Id, StringComparer.Ordinal)) Row(html, claim);
        html.Append("</tbody>\n</table></div>\n<p class=\"none\" hidden>No claim fits this filter.</p>\n");
        Figures(html, page);
        return page.Frame("Rhoflow: what the papers claim, and what we measure", "index", html.ToString());
    }

    // What a reader who knows nothing yet should see first.
    private static void Findings(StringBuilder html, PageParts page)
    {
        var findings = page.Content.Claims.Where(static c => c.Claim.Finding is not null).ToList();
        if (findings.Count == 0) return;
        html.Append("<section class=\"findings\" aria-label=\"Findings\">\n");
        foreach (var found in findings)
        {
            var picture = page.Content.ChartOf(found) is { } id && page.Drawn.Contains(id)
                ? $"<img src=\"figures/{id}.svg\" alt=\"\" loading=\"lazy\">" : "";
            html.Append($"<a href=\"{PageParts.LinkTo(found.Claim)}\">{picture}<span><b>{Html.Text(found.Claim.Title)}</b> "
                + $"{Html.Badge(found.Result.Style)}<br>{Html.Text(found.Claim.Finding!)}</span></a>\n");
        }
        html.Append("</section>\n");
    }

    private static string Filters(ReportContent content)
    {
        var papers = string.Concat(content.PapersShown.Where(p => content.Claims.Any(c => c.Claim.Paper == p))
            .Select(p => $"<button type=\"button\" data-filter=\"paper\" data-value=\"{p.Key}\" "
            + $"aria-pressed=\"false\">{Html.Escape(p.Name)}</button>"));
        var verdicts = string.Concat(VerdictStyle.All.Where(s => content.Claims.Any(c => c.Result.Style == s))
            .Select(v => $"<button type=\"button\" class=\"{v.Name}\" data-filter=\"verdict\" data-value=\"{v.Name}\" "
            + $"aria-pressed=\"false\">{v.Symbol} {v.Label}</button>"));
        return $"<div class=\"filters\" hidden role=\"group\" aria-label=\"Show only\"><span>{papers}</span><span>{verdicts}</span><input "
            + "type=\"search\" placeholder=\"Search\" aria-label=\"Search the claims\"></div>\n";
    }

    private static void Row(StringBuilder html, CheckedClaim checkedClaim)
    {
        var (claim, result) = checkedClaim;
        var hidden = string.Join(' ',
            [claim.Title, claim.Statement, claim.Hypothesis, claim.SetUp, .. claim.Keywords, .. claim.Equations, claim.Id]);
        html.Append($"<tr data-paper=\"{claim.Paper.Key}\" data-verdict=\"{result.Style.Name}\" "
            + $"data-words=\"{Html.Escape(hidden)}\">")
            .Append($"<td class=\"id\"><a href=\"{PageParts.LinkTo(claim)}\" "
            + $"title=\"{Html.Escape(claim.Id)}\"><b>{Html.Escape(claim.Id.Split('-')[0].ToUpperInvariant())}</b> "
            + $"{Html.Text(claim.Title)}</a></td>")
            .Append($"<td class=\"place\">{Html.Escape(claim.Paper.Name)} <br><small>{Html.Text(claim.Place)}</small></td>")
            .Append($"<td class=\"says\">{Html.Text(claim.Statement)}</td><td>{Html.Badge(result.Style)}</td>")
            .Append($"<td class=\"number\">{Html.Seconds(result.Seconds)}</td></tr>\n");
    }

    private static void Figures(StringBuilder html, PageParts page)
    {
        if (page.Content.Figures.Count == 0) return;
        html.Append("<h2>Figures</h2>\n<div class=\"gallery\">\n");
        foreach (var (figure, _) in page.Content.Figures)
        {
            var picture = page.Drawn.Contains(figure.Id) ? $"<img src=\"figures/{figure.Id}.svg\" alt=\"\" loading=\"lazy\">" : "";
            html.Append($"<a href=\"{page.LinkTo(figure.Id)}\">{picture}<span><small>{Html.Escape(figure.Paper.Name)}, figure "
                + $"{Html.Escape(figure.Number)}</small><br>{Html.Text(figure.Title)}</span></a>\n");
        }
        html.Append("</div>\n");
    }
}
