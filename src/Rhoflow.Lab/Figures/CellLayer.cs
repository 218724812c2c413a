using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Figures;

/// <summary>The cells of a heat map.</summary>
internal static partial class CellLayer
{
    /// <summary>A rectangle a cell, coloured along <see cref="Theme.Ramp"/>.</summary>
    public static JsonObject Of(Panel panel, Cells cells)
    {
        var rows = new JsonArray();
        for (var j = 0; j < cells.Y.Count; j++)
            for (var i = 0; i < cells.X.Count; i++)
                if (double.IsFinite(cells.Values[j][i]))
                    rows.Add(new JsonObject
                    {
                        ["x"] = Written(cells.X[i]),
                        ["y"] = Written(cells.Y[j]),
                        ["v"] = double.Parse(cells.Values[j][i].ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
                    });
        var scale = new JsonObject { ["range"] = new JsonArray([.. Theme.Ramp.Select(static c => (JsonNode)c)]) };
        if (cells.Colour.Scale == Scale.Log) scale["type"] = "log";
        else scale["zero"] = false;
        var legend = new JsonObject
        {
            ["title"] = cells.Colour.Title,
            ["titleColor"] = Theme.Ink,
            ["titleFontWeight"] = 500,
            ["orient"] = "bottom",
            ["gradientLength"] = 300,
            ["titleLimit"] = 600,
            ["direction"] = "horizontal",
        };
        if (cells.Colour.Scale == Scale.Log) legend["labelExpr"] = AxisEncoding.PowerLabel;
        return new JsonObject
        {
            ["data"] = new JsonObject { ["values"] = rows },
            ["mark"] = new JsonObject { ["type"] = "rect" },
            ["encoding"] = new JsonObject
            {
                ["x"] = Place("x", panel.X, cells.X),
                ["y"] = Place("y", panel.Y, [.. cells.Y.Reverse()]),
                ["color"] = new JsonObject
                {
                    ["field"] = "v",
                    ["type"] = "quantitative",
                    ["scale"] = scale,
                    ["legend"] = legend,
                },
                ["tooltip"] = new JsonArray(VegaLite.Tip("x", panel.X.Title, null), VegaLite.Tip("y", panel.Y.Title, null),
                    VegaLite.Tip("v", cells.Colour.Title, ".6~g")),
            },
        };
    }

    // 9.5e-5 is 9.5·10⁻⁵ and 1e-4 is 10⁻⁴, as on other axes.
    private static string Written(string name) => PowerOfTen().Replace(name, static m =>
        (m.Groups["factor"].Value == "1" ? "" : m.Groups["factor"].Value + "·") + "10"
            + string.Concat(m.Groups["power"].Value.Select(static c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0'])));

    [GeneratedRegex(@"^(?<factor>-?[0-9.]+)e(?<power>-?[0-9]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PowerOfTen();

    private static JsonObject Place(string field, Axis axis, IReadOnlyList<string> names) => new()
    {
        ["field"] = field,
        ["type"] = "ordinal",
        ["sort"] = new JsonArray([.. names.Select(static n => (JsonNode)Written(n))]),
        ["axis"] = new JsonObject
        {
            ["title"] = axis.Title,
            ["labelAngle"] = 0,
            ["labelOverlap"] = "greedy",
            ["ticks"] = false,
            ["domain"] = false,
        },
    };
}
