using System.Text;
using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>A theorem's items with the verdicts of the claims that carry them, for the page of its paper and for CLAIMS.md.</summary>
internal static class TheoremTable
{
    /// <summary>A section of a paper's page.</summary>
    public static string Html(PageParts page, Theorem theorem)
    {
        var html = new StringBuilder();
        html.Append($"<section class=\"theorem\">\n<h2>{Report.Html.Escape(Heading(theorem))}</h2>\n")
            .Append($"<p class=\"why\">{Report.Html.Text(theorem.Supposes)} ({Report.Html.Text(theorem.Place)})</p>\n")
            .Append("<div class=\"scroll\"><table>\n<thead><tr><th></th><th>What it says</th><th>Claims that carry it</th></tr></thead>\n")
            .Append("<tbody>\n");
        foreach (var item in theorem.Items)
        {
            html.Append($"<tr><td>{Report.Html.Escape(item.Number)}</td><td class=\"says\">{Report.Html.Text(item.Says)}</td><td>");
            if (item.Claims.Count > 0)
                html.Append("<ul>").AppendJoin("", item.Claims.Select(id => $"<li>{page.ClaimLink(id)}</li>")).Append("</ul>");
            if (item.Note.Length > 0) html.Append($"<small>{Report.Html.Text(item.Note)}</small>");
            html.Append("</td></tr>\n");
        }
        return html.Append("</tbody>\n</table></div>\n</section>\n").ToString();
    }

    /// <summary>The same as a Markdown table.</summary>
    /// <param name="content">What the report shows.</param>
    /// <param name="theorem">The theorem.</param>
    /// <param name="plain">Escapes what Markdown would take for marks.</param>
    public static string Markdown(ReportContent content, Theorem theorem, Func<string, string> plain)
    {
        var text = new StringBuilder();
        text.Append($"\n### {plain(Heading(theorem))}\n\n{plain(theorem.Supposes)} ({plain(theorem.Place)})\n\n")
            .Append("| | What it says | Claims that carry it |\n|---|---|---|\n");
        foreach (var item in theorem.Items)
        {
            var carriers = string.Join(", ",
                item.Claims.Select(id => Find(content, id) is { } claim ? $"{claim.Result.Style.Symbol} {id}" : id));
            var note = item.Note.Length == 0 ? "" : carriers.Length == 0 ? plain(item.Note) : $". {plain(item.Note)}";
            text.Append($"| {plain(item.Number)} | {plain(item.Says)} | {carriers}{note} |\n");
        }
        return text.ToString();
    }

    private static string Heading(Theorem theorem) => theorem.Items.Count > 1 ? $"{theorem.Name}, item by item" : theorem.Name;

    private static CheckedClaim? Find(ReportContent content, string id) =>
        content.Claims.FirstOrDefault(c => string.Equals(c.Claim.Id, id, StringComparison.Ordinal));
}
