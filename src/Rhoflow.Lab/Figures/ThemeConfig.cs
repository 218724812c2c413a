using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>The shared look as a Vega-Lite config.</summary>
internal static class ThemeConfig
{
    private const string Json = $$"""
        {
          "font": "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif",
          "view": { "stroke": null },
          "title": { "color": "{{Theme.Ink}}", "fontSize": 15, "fontWeight": 600, "anchor": "start", "frame": "group", "offset": 10 },
          "axis": {
            "labelColor": "{{Theme.Ink}}", "labelFontSize": 13, "labelOverlap": "greedy", "labelSeparation": 6,
            "titleColor": "{{Theme.Ink}}", "titleFontSize": 13.5, "titleFontWeight": 500, "titlePadding": 8,
            "domainColor": "{{Theme.Line}}", "tickColor": "{{Theme.Line}}", "gridColor": "{{Theme.Grid}}"
          },
          "legend": {
            "orient": "bottom", "labelColor": "{{Theme.Ink}}", "labelFontSize": 13, "labelLimit": 900, "symbolStrokeWidth": 2.4,
            "columnPadding": 18, "rowPadding": 4,
            "layout": { "bottom": { "anchor": "start", "direction": "vertical", "margin": 6 } }
          },
          "line": { "strokeWidth": 2.2, "strokeJoin": "round" }
        }
        """;

    /// <summary>A copy of the config.</summary>
    public static JsonNode Node() => JsonNode.Parse(Json)!;
}
