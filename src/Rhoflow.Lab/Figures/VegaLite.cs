using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>Writes charts as Vega-Lite 6 specifications. The grammar does the drawing; here is only what is said in it.</summary>
internal static class VegaLite
{
    /// <summary>The version that specifications are written in.</summary>
    public const string Schema = "https://vega.github.io/schema/vega-lite/v6.json";

    /// <summary>All panels of a chart in one specification, with sizes.</summary>
    public static JsonObject Whole(Chart chart)
    {
        var styles = SeriesStyle.Of(chart);
        var panels = new JsonArray();
        foreach (var panel in chart.Panels)
        {
            var view = chart.Merged ? MergedView.Of(panel, styles, live: false) : View(panel, styles);
            view["width"] = Theme.PanelWidth;
            view["height"] = Theme.PanelHeight;
            panels.Add(view);
        }
        if (chart.Merged) OneLegend(chart, panels);
        if (chart.Panels.Count == 1 && chart.Title is null) return Framed(panels[0]!.DeepClone().AsObject());
        return Framed(new JsonObject
        {
            ["title"] = Heading(chart),
            ["columns"] = Math.Clamp(chart.Columns, 1, chart.Panels.Count),
            ["spacing"] = 48,
            ["concat"] = panels,
            ["resolve"] = Independent(chart.Merged),
        });
    }

    /// <summary>Each panel in a specification of its own, without a size.</summary>
    public static IReadOnlyList<JsonObject> Panels(Chart chart)
    {
        var styles = SeriesStyle.Of(chart);
        return [.. chart.Panels.Select(panel => Framed(chart.Merged ? MergedView.Of(panel, styles, live: false) : View(panel, styles)))];
    }

    // Panels that all show the same series need one legend, below the first of the last row.
    private static void OneLegend(Chart chart, JsonArray panels)
    {
        static string Names(Panel panel) => string.Join('\n', panel.Series.Select(static s => s.Name).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));
        if (chart.Panels.Select(Names).Distinct(StringComparer.Ordinal).Count() != 1) return;
        var columns = Math.Clamp(chart.Columns, 1, chart.Panels.Count);
        for (var i = 0; i < panels.Count; i++)
            if (i != (panels.Count - 1) / columns * columns) Drop(panels[i]);

        static void Drop(JsonNode? node)
        {
            if (node is JsonArray array) foreach (var item in array) Drop(item);
            if (node is not JsonObject view) return;
            if (view.ContainsKey("legend")) view["legend"] = null;
            foreach (var (_, item) in view) if (item is not null) Drop(item);
        }
    }

    private static JsonObject? Heading(Chart chart) => chart.Title is null ? null : new JsonObject
    {
        ["text"] = chart.Title,
        ["subtitle"] = chart.Subtitle is null ? null : new JsonArray([.. Folded(chart.Subtitle, 110).Select(static l => (JsonNode)l)]),
        ["subtitleColor"] = Theme.Ink,
        ["subtitleFontSize"] = 13,
        ["subtitlePadding"] = 6,
        ["offset"] = 16,
        ["frame"] = "bounds",
    };

    // Lines of at most so many letters, broken at spaces.
    private static List<string> Folded(string text, int longest)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > longest) lines.Add(word);
            else lines[^1] += (lines[^1].Length > 0 ? " " : "") + word;
        }
        return lines;
    }

    /// <summary>A view as a whole specification.</summary>
    public static JsonObject Framed(JsonObject view)
    {
        var spec = new JsonObject { ["$schema"] = Schema };
        foreach (var (key, value) in view.ToList())
        {
            view.Remove(key);
            spec[key] = value;
        }
        spec["background"] = Theme.Ground;
        spec["padding"] = 12;
        spec["config"] = ThemeConfig.Node();
        return spec;
    }

    private static JsonObject Independent(bool merged)
    {
        string[] scales = merged ? ["x", "y", "stroke", "strokeDash", "fill", "color"] : ["x", "y", "stroke", "strokeDash", "fill"];
        string[] legends = merged ? ["stroke", "strokeDash", "fill", "color"] : ["stroke", "strokeDash", "fill"];
        return new JsonObject
        {
            ["scale"] = new JsonObject(scales.Select(s => KeyValuePair.Create(s, (JsonNode?)"independent"))),
            ["legend"] = new JsonObject(legends.Select(s => KeyValuePair.Create(s, (JsonNode?)"independent"))),
        };
    }

    private static JsonObject View(Panel panel, IReadOnlyDictionary<string, SeriesStyle> styles)
    {
        var own = panel.Series.Select(s => styles[s.Name]).DistinctBy(s => s.Name, StringComparer.Ordinal).ToList();
        var layers = new JsonArray();
        foreach (var series in panel.Series) layers.Add(Layer(panel, series, own));
        foreach (var rule in panel.Rules)
        {
            layers.Add(RuleLayer(panel, rule));
            layers.Add(RuleLabel(panel, rule));
        }
        if (panel.Labels.Count > 0) layers.Add(LabelLayer(panel));
        var view = new JsonObject { ["title"] = Lines(panel.Title), ["layer"] = layers };
        if (panel.IsDrawing) view["view"] = new JsonObject { ["stroke"] = null };
        return view;
    }

    private static JsonObject Layer(Panel panel, Series series, IReadOnlyList<SeriesStyle> own)
    {
        var points = series.Mark == SeriesMark.Points;
        var encoding = new JsonObject
        {
            ["x"] = X(panel),
            ["y"] = Y(panel),
            ["tooltip"] = new JsonArray([Tip(PlotData.NameField(series.Mark), "series", null),
                .. panel.IsDrawing ? [] : (JsonNode[])[Tip("x", panel.X), Tip("y", panel.Y)]]),
        };
        if (points)
        {
            encoding["fill"] = Appearance(own, points, s => s.Colour);
        }
        else
        {
            encoding["stroke"] = Appearance(own, points, s => s.Colour);
            encoding["strokeDash"] = Appearance(own, points, s => s.Dash);
            encoding["order"] = new JsonObject { ["field"] = "i", ["type"] = "quantitative" };
        }
        // The lines of a drawing are what it shows; they need no name, and are thin, since there are many.
        if (panel.IsDrawing && !points) foreach (var channel in new[] { "stroke", "strokeDash" }) encoding[channel]!["legend"] = null;
        return new JsonObject
        {
            ["data"] = new JsonObject { ["values"] = PlotData.Rows(panel, series) },
            ["mark"] = panel.IsDrawing && !points
                ? new JsonObject { ["type"] = "line", ["invalid"] = "break-paths-show-domains", ["strokeWidth"] = 1, ["opacity"] = 0.7 }
                : points
                ? new JsonObject { ["type"] = "point", ["filled"] = true, ["size"] = 46, ["opacity"] = 0.9 }
                : new JsonObject { ["type"] = "line", ["invalid"] = "break-paths-show-domains", ["clip"] = true },
            ["encoding"] = encoding,
        };
    }

    private static JsonObject LabelLayer(Panel panel)
    {
        var rows = panel.Labels.Select(static l => (JsonNode)new JsonObject { ["x"] = l.X, ["y"] = l.Y, ["text"] = l.Text });
        return new JsonObject
        {
            ["data"] = new JsonObject { ["values"] = new JsonArray([.. rows]) },
            ["mark"] = new JsonObject { ["type"] = "text", ["color"] = Theme.Ink, ["fontSize"] = 13 },
            ["encoding"] = new JsonObject
            {
                ["x"] = X(panel),
                ["y"] = Y(panel),
                ["text"] = new JsonObject { ["field"] = "text", ["type"] = "nominal" },
            },
        };
    }

    // Lines are told apart by stroke and dash, dots by fill, on fields of their own, so that each gets a legend with its true symbol.
    // Vega-Lite joins the legends of channels that show the same field: stroke with dash, as is wanted.
    internal static JsonObject Appearance(IReadOnlyList<SeriesStyle> all, bool points, Func<SeriesStyle, JsonNode> look)
    {
        var own = all.Where(s => points == (s.Mark == SeriesMark.Points)).ToList();
        return new JsonObject
        {
            ["field"] = PlotData.NameField(points ? SeriesMark.Points : SeriesMark.Line),
            ["type"] = "nominal",
            ["title"] = null,
            ["scale"] = new JsonObject
            {
                ["domain"] = new JsonArray([.. own.Select(s => (JsonNode)s.Name)]),
                ["range"] = new JsonArray([.. own.Select(look)]),
            },
            ["legend"] = new JsonObject
            {
                ["symbolType"] = points ? "circle" : "stroke",
                ["symbolSize"] = points ? 70 : 260,
                ["columns"] = own.Max(s => s.Name.Length) > 30 ? 1 : 2,
            },
        };
    }

    internal static JsonObject RuleLayer(Panel panel, Rule rule) => new()
    {
        ["data"] = new JsonObject { ["values"] = new JsonArray(PlotData.Point(rule)) },
        ["mark"] = new JsonObject { ["type"] = "rule", ["color"] = Theme.Line, ["strokeDash"] = new JsonArray(2, 3) },
        ["encoding"] = rule.X is null
            ? new JsonObject { ["y"] = Y(panel) }
            : new JsonObject { ["x"] = X(panel) },
    };

    internal static JsonObject RuleLabel(Panel panel, Rule rule)
    {
        var level = rule.X is null;
        var mark = new JsonObject
        {
            ["type"] = "text",
            ["text"] = rule.Label,
            ["color"] = Theme.Ink,
            ["opacity"] = 0.8,
            ["fontSize"] = 12,
            ["align"] = level ? "right" : "left",
            ["baseline"] = level ? "bottom" : "top",
            ["dx"] = level ? -4 : 4,
            ["dy"] = level ? -3 : 4,
        };
        // The label hangs at the far end of its line, inside the panel.
        var encoding = level
            ? new JsonObject { ["y"] = Y(panel), ["x"] = new JsonObject { ["value"] = "width" } }
            : new JsonObject { ["x"] = X(panel), ["y"] = new JsonObject { ["value"] = 0 } };
        return new JsonObject
        {
            ["data"] = new JsonObject { ["values"] = new JsonArray(PlotData.Point(rule)) },
            ["mark"] = mark,
            ["encoding"] = encoding
        };
    }

    internal static JsonObject X(Panel panel) =>
        AxisEncoding.Of("x", panel.X, panel.Series.SelectMany(s => s.X).Concat(panel.Rules.Select(r => r.X ?? double.NaN)));

    internal static JsonObject Y(Panel panel) =>
        AxisEncoding.Of("y", panel.Y, panel.Series.SelectMany(s => s.Y).Concat(panel.Rules.Select(r => r.Y ?? double.NaN)));

    // A title longer than a narrow panel takes two lines, broken at the space nearest to its middle, or as many as it needs.
    internal static JsonNode? Lines(string title)
    {
        const int Longest = 42;
        if (title.Length == 0) return null;
        var spaces = Enumerable.Range(0, title.Length).Where(i => title[i] == ' ').ToArray();
        if (title.Length <= Longest || spaces.Length == 0) return title;
        if (title.Length > 2 * Longest) return new JsonArray([.. Folded(title, Longest).Select(static l => (JsonNode)l)]);
        var at = spaces.MinBy(i => Math.Abs(2 * i - title.Length));
        return new JsonArray(title[..at], title[(at + 1)..]);
    }

    internal static JsonObject Tip(string field, Axis axis) =>
        Tip(field, axis.Scale == Scale.Exponent ? $"log₁₀ {axis.Title}" : axis.Title, ".6~g");

    internal static JsonObject Tip(string field, string title, string? format)
    {
        var tip = new JsonObject { ["field"] = field, ["title"] = title, ["type"] = format is null ? "nominal" : "quantitative" };
        if (format is not null) tip["format"] = format;
        return tip;
    }
}
