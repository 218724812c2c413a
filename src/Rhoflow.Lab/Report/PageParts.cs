using System.Text.Json;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Report;

/// <summary>What the pages have in common: frame, navigation, charts.</summary>
/// <param name="Content">What the report shows.</param>
/// <param name="Drawn">Ids of the charts that have an SVG file.</param>
/// <param name="HasVega">The scripts for live charts lie beside the pages.</param>
/// <param name="Notes">What could not be done.</param>
internal sealed record PageParts(ReportContent Content, IReadOnlySet<string> Drawn, bool HasVega, IReadOnlyList<string> Notes)
{
    /// <summary>A whole page.</summary>
    public string Frame(string title, Paper? here, string main) => $$"""
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
        {{Scripts}}<script src="assets/report.js"></script>
        </body>
        </html>

        """;

    private const string Promise = "Every number here was computed; every verdict follows from the checks beside it.";

    private string NoteLines => string.Concat(Notes.Select(n => $"<p class=\"note\">Note: {Html.Escape(n)}.</p>\n"));

    private string Scripts => HasVega
        ? string.Concat(((string[])["vega", "vega-lite", "vega-embed"]).Select(s => $"<script src=\"assets/{s}.min.js\"></script>\n"))
        : "";

    private string Links(Paper? here)
    {
        static string Link(string file, string name, bool current) =>
            $"<a href=\"{file}.html\"{(current ? " aria-current=\"page\"" : "")}>{Html.Escape(name)}</a>";
        return Link("index", "Verdicts", here is null) + string.Concat(Content.PapersShown.Select(p => Link(p.Key, p.Name, p == here)));
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

    /// <summary>A chart: the SVG, which scripts replace by live panels once it is scrolled to; or what to do to get it.</summary>
    public string Chart(string id, StoredChart chart, string title, string caption)
    {
        var picture = Drawn.Contains(id)
            ? $"<img src=\"figures/{id}.svg\" alt=\"{Html.Escape(title)}\" loading=\"lazy\">"
            : HasVega ? "" : "<p class=\"note\">No picture: it takes Node 20 (https://nodejs.org); then run the command again. The "
            + "numbers are complete without it.</p>";
        var data = HasVega ? $"<script type=\"application/json\">{ReportWriter.PanelsJson(chart)}</script>" : "";
        return $"""
            <figure class="chart" data-panels="{chart.Panels.Count}">
            <div class="panels">{picture}</div>{data}
            <figcaption>{Html.Text(caption)} {FileLink(id, ".svg", "SVG")} {FileLink(id, ".vl.json", "Vega-Lite")}</figcaption>
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
