using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>The shared look as a Vega-Lite config.</summary>
internal static class ThemeConfig
{
    private const string Font = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif";

    public static JsonObject Node() => new()
    {
        ["font"] = Font,
        ["view"] = new JsonObject { ["stroke"] = null },
        ["title"] = new JsonObject { ["color"] = Theme.Ink, ["fontSize"] = 15, ["fontWeight"] = 600, ["anchor"] = "start", ["offset"] = 10 },
        ["axis"] = new JsonObject
        {
            ["labelColor"] = Theme.Ink, ["titleColor"] = Theme.Ink, ["domainColor"] = Theme.Line, ["tickColor"] = Theme.Line,
            ["gridColor"] = Theme.Grid, ["labelFontSize"] = 13, ["titleFontSize"] = 13.5, ["titleFontWeight"] = 500, ["titlePadding"] = 8,
            ["labelOverlap"] = "greedy", ["labelSeparation"] = 6,
        },
        ["legend"] = new JsonObject
        {
            ["orient"] = "bottom", ["labelColor"] = Theme.Ink, ["labelFontSize"] = 13, ["labelLimit"] = 420, ["symbolSize"] = 260,
            ["symbolStrokeWidth"] = 2.4, ["columnPadding"] = 18, ["rowPadding"] = 4,
        },
        ["line"] = new JsonObject { ["strokeWidth"] = 2.2, ["strokeJoin"] = "round" },
    };
}
