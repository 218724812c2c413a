using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Plots;

/// <summary>
/// Pages with live figures in one file: scripts, styles and data stand in it, so that it works from the file system and without a network.
/// </summary>
internal static class PlotPage
{
    private const int LargestCsv = 4 << 20;

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>A page of one figure.</summary>
    /// <param name="picture">The figure.</param>
    /// <param name="made">The command that made it.</param>
    public static string Of(PlotPicture picture, string made) => Frame(picture.Title,
        $"<h1>{Escape(picture.Title)}</h1>\n{Figure(picture)}<p class=\"hint\">Made by <code>{Escape(made)}</code></p>\n");

    /// <summary>A figure without its title, as a part of a page.</summary>
    public static string Figure(PlotPicture picture)
    {
        var csv = PlotCsv.Write(picture);
        var legend = new JsonArray([.. picture.Chart.Panels.Any(static p => p.Cells is not null) ? [] : picture.Chart.Legend()
            .Select(static s =>
            (JsonNode)new JsonObject
            {
                ["name"] = s.Name,
                ["colour"] = s.Colour,
                ["dashed"] = s.Mark == SeriesMark.Predicted,
                ["dots"] = s.Mark == SeriesMark.Points,
            })]);
        var data = new JsonObject
        {
            ["name"] = picture.FileName,
            ["legend"] = legend,
            ["panels"] = new JsonArray([.. picture.Chart.LivePanels()]),
        };
        var many = picture.Chart.Panels.Count > 1 ? " data-many" : "";
        var subtitle = picture.Chart.Subtitle is { } s ? $"<p class=\"sub\">{Escape(s)}</p>\n" : "";
        var download = csv.Length > LargestCsv ? ""
            : $" <a download=\"{Escape(picture.FileName)}.csv\" "
                + $"href=\"data:text/csv;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(csv))}\">The numbers (csv)</a>.";
        const string Moving = "Drag in the picture to move it, scroll with Ctrl to zoom, double-click to go back.";
        var switches = legend.Count > 1 ? "Click a name to switch it off, with Shift to see it alone. " + Moving : Moving;
        return $"""
            <section class="plot"{many}>
            {subtitle}<div class="legend" role="group" aria-label="Series"></div>
            <div class="panels"></div>
            <script type="application/json">{data.ToJsonString(s_json)}</script>
            <p class="hint">{switches}{download}</p>
            {Notes(picture.Notes)}</section>

            """;
    }

    /// <summary>A whole page.</summary>
    public static string Frame(string title, string main) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="rhoflow-dark" content="{Escape(JsonSerializer.Serialize(Theme.Dark))}">
        <title>{Escape(title)}</title>
        <style>
        {Asset("plot.css")}</style>
        </head>
        <body>
        <main>
        {main}</main>
        <script>{VegaBundle.Scripts}</script>
        <script>
        {Asset("plot.js")}</script>
        </body>
        </html>

        """;

    /// <summary>Escaped for text and attributes.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Notes(IReadOnlyList<string> notes) => notes.Count == 0 ? ""
        : $"<ul class=\"notes\">{string.Concat(notes.Select(static n => $"<li>{Escape(n)}</li>"))}</ul>\n";

    private static string Asset(string name)
    {
        using var stream = typeof(PlotPage).Assembly.GetManifestResourceStream($"Rhoflow.Lab.Plots.Assets.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
