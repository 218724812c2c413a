using System.Text.Json;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Report;

/// <summary>What the pages have in common: frame, navigation, charts.</summary>
/// <param name="Content">What the report shows.</param>
/// <param name="Drawn">Ids of the charts that have an SVG file.</param>
/// <param name="Notes">What could not be done.</param>
internal sealed record PageParts(ReportContent Content, IReadOnlySet<string> Drawn, IReadOnlyList<string> Notes)
{
    /// <summary>A whole page.</summary>
    /// <param name="title">In the window's frame.</param>
    /// <param name="here">The page's file without its extension.</param>
    /// <param name="main">What stands on it.</param>
    public string Frame(string title, string here, string main) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="rhoflow-dark" content="{{Html.Escape(JsonSerializer.Serialize(Theme.Dark))}}">
        <title>{{Html.Escape(title)}}</title>
        <link rel="stylesheet" href="assets/report.css">
        </head>
        <body>
        <nav class="site" aria-label="Pages">{{Links(here)}}</nav>
        <main>
        {{main}}
        </main>
        <footer>
        {{NoteLines}}<p>Made by <code>./rhoflow reproduce{{(Content.Full ? " --full" : "")}}</code>. {{Promise}}</p>
        </footer>
        {{s_scripts}}<script src="assets/report.js"></script>
        </body>
        </html>

        """;

    private const string Promise = "Every number here was computed; every verdict follows from the checks beside it.";

    private string NoteLines => string.Concat(Notes.Select(n => $"<p class=\"note\">Note: {Html.Escape(n)}.</p>\n"));

    private static readonly string s_scripts =
        string.Concat(VegaBundle.Files.Select(static f => $"<script src=\"assets/{f}\"></script>\n"));

    private string Links(string here)
    {
        string Link(string file, string name) =>
            $"<a href=\"{file}.html\"{(file == here ? " aria-current=\"page\"" : "")}>{Html.Escape(name)}</a>";
        return Link("index", "Verdicts") + string.Concat(Content.PapersShown.Select(p => Link(p.Key, p.Name)))
            + (Content.Equations.Count > 0 ? Link(EquationsPage.File, "Equations") : "");
    }

    private static string FileLink(string id, string extension, string name) =>
        $"<a class=\"file\" href=\"figures/{id}{extension}\">{name}</a>";

    /// <summary>Where a chart's figure or claim is shown.</summary>
    public string? LinkTo(string chartId)
    {
        if (Content.Figures.FirstOrDefault(f => f.Figure.Id == chartId) is { } figure)
            return $"{figure.Figure.Paper.Key}.html#{Html.Anchor(chartId)}";
        return Content.Claims.FirstOrDefault(c => c.ChartId == chartId) is { } claim ? LinkTo(claim.Claim) : null;
    }

    /// <summary>Where a claim is shown.</summary>
    public static string LinkTo(Claim claim) => $"{claim.Paper.Key}.html#{claim.Id}";

    /// <summary>A claim's title with its verdict, linked where the report shows it.</summary>
    public string ClaimLink(string id)
    {
        if (Content.Claims.FirstOrDefault(c => string.Equals(c.Claim.Id, id, StringComparison.Ordinal)) is not { } found)
            return Html.Escape(id);
        var style = found.Result.Style;
        return $"<span class=\"{style.Name} symbol\" title=\"{style.Label}\">{style.Symbol}</span> "
            + $"<a href=\"{LinkTo(found.Claim)}\">{Html.Escape(id.Split('-')[0].ToUpperInvariant())} {Html.Text(found.Claim.Title)}</a>";
    }

    /// <summary>A chart: the SVG, which scripts replace by live panels once it is scrolled to.</summary>
    public string Chart(string id, StoredChart chart, string title, string caption)
    {
        var picture = Drawn.Contains(id)
            ? $"<img src=\"figures/{id}.svg\" alt=\"{Html.Plain(title)}\" loading=\"lazy\">"
            : "<noscript><p class=\"note\">No picture: it takes Node 20 (https://nodejs.org), or scripts in the browser. The numbers are "
            + "complete without it.</p></noscript>";
        var files = (Drawn.Contains(id) ? FileLink(id, ".svg", "SVG") + " " : "") + FileLink(id, ".vl.json", "Vega-Lite");
        return $"""
            <figure class="chart" data-panels="{chart.Panels.Count}">
            <div class="panels">{picture}</div>
            <script type="application/json">{ReportWriter.PanelsJson(chart)}</script>
            <figcaption>{Html.Text(caption)} {files}</figcaption>
            </figure>

            """;
    }

    /// <summary>Counts of verdicts as a bar with its legend.</summary>
    public static string Tally(IReadOnlyCollection<CheckedClaim> claims)
    {
        var counts = VerdictStyle.All.Select(s => (Style: s, Count: claims.Count(c => c.Result.Style == s)))
            .Where(x => x.Count > 0).ToList();
        var bar = string.Concat(counts.Select(x => $"<span class=\"{x.Style.Name}\" style=\"flex:{x.Count}\"></span>"));
        var words = string.Join(" ", counts.Select(x => $"<span class=\"count\"><b>{x.Count}</b> {Html.Badge(x.Style)}</span>"));
        return counts.Count == 0 ? "" : $"<div class=\"tally\"><div class=\"bar\" aria-hidden=\"true\">{bar}</div><p>{words}</p></div>";
    }
}
