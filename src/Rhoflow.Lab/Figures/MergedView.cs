using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>
/// A panel of many curves: all of a kind in one layer, told apart by the number of the curve. Below the lines lie their bands; above them,
/// on a live page, what is near the pointer.
/// </summary>
internal static class MergedView
{
    private const string Break = "break-paths-show-domains";

    /// <summary>The name again, for areas: Vega-Lite joins the legends of channels that show one field, and theirs is none.</summary>
    private const string Tinted = "tint";

    // Names that are switched off are left out of the data, so that axes follow what is shown.
    private static JsonObject Shown(string field) => new() { ["filter"] = $"indexof(off, datum.{field}) < 0" };

    /// <summary>Each panel in a specification of its own, without a size or a legend.</summary>
    public static IReadOnlyList<JsonObject> Live(Chart chart)
    {
        var styles = SeriesStyle.Of(chart);
        return [.. chart.Panels.Select(panel => VegaLite.Framed(Of(panel, styles, live: true)))];
    }

    /// <summary>A panel as a view.</summary>
    public static JsonObject Of(Panel panel, IReadOnlyDictionary<string, SeriesStyle> styles, bool live)
    {
        var layers = panel.Cells is { } cells ? [CellLayer.Of(panel, cells)] : Layers(panel, styles, live);
        if (live && panel.Cells is null && layers.Count > 0) layers[0]!["params"] = new JsonArray(Zoom());
        var view = new JsonObject { ["title"] = VegaLite.Lines(panel.Title), ["layer"] = layers };
        if (live) view["params"] = new JsonArray(new JsonObject { ["name"] = "off", ["value"] = new JsonArray() });
        return view;
    }

    // With Ctrl only, so that a wheel over a picture scrolls the page.
    private static JsonObject Zoom() => new()
    {
        ["name"] = "zoom",
        ["select"] = new JsonObject { ["type"] = "interval", ["zoom"] = "wheel![event.ctrlKey || event.metaKey]" },
        ["bind"] = "scales",
    };

    private static JsonArray Layers(Panel panel, IReadOnlyDictionary<string, SeriesStyle> styles, bool live)
    {
        var own = panel.Series.Select(s => styles[s.Name]).DistinctBy(static s => s.Name, StringComparer.Ordinal).ToList();
        var layers = new JsonArray();
        foreach (var mark in (SeriesMark[])[SeriesMark.Ridge, SeriesMark.Steps])
            if (Rows(panel, s => s.Mark == mark) is { Count: > 0 } rows) layers.Add(Filled(panel, mark, rows, own, live));
        if (Rows(panel, static s => s is { Mark: SeriesMark.Line, High: not null }) is { Count: > 0 } bands)
            layers.Add(Band(panel, bands, own, live));
        if (Rows(panel, static s => s.Mark is SeriesMark.Line or SeriesMark.Predicted) is { Count: > 0 } lines)
        {
            layers.Add(Line(panel, lines, own, live));
            if (live) layers.Add(NearPointer(panel, lines));
        }
        if (Rows(panel, static s => s.Mark == SeriesMark.Points) is { Count: > 0 } points) layers.Add(Dots(panel, points, own, live));
        foreach (var rule in panel.Rules)
        {
            layers.Add(VegaLite.RuleLayer(panel, rule));
            layers.Add(VegaLite.RuleLabel(panel, rule));
        }
        return layers;
    }

    private static JsonArray Rows(Panel panel, Func<Series, bool> which) =>
        new([.. panel.Series.SelectMany((s, k) => which(s) ? PlotData.Rows(panel, s, k) : [])]);

    private static JsonObject Layer(JsonArray rows, JsonObject mark, JsonObject encoding, string field, bool live)
    {
        var layer = new JsonObject { ["data"] = new JsonObject { ["values"] = rows } };
        var transform = new JsonArray();
        if (live) transform.Add(Shown(field));
        if (encoding.ContainsKey("color")) transform.Add(new JsonObject { ["calculate"] = "datum.s", ["as"] = Tinted });
        if (transform.Count > 0) layer["transform"] = transform;
        layer["mark"] = mark;
        layer["encoding"] = encoding;
        return layer;
    }

    private static JsonObject Line(Panel panel, JsonArray rows, IReadOnlyList<SeriesStyle> own, bool live)
    {
        var many = rows.DistinctBy(static r => (int)r!["k"]!).Count() > 24;
        return Layer(rows, new JsonObject
        {
            ["type"] = "line",
            ["invalid"] = Break,
            ["clip"] = true,
            ["strokeWidth"] = many ? 1.2 : 2.2,
            ["opacity"] = many ? 0.7 : 1,
        }, Placed(panel, new JsonObject
        {
            ["stroke"] = Look(own, points: false, static s => s.Colour, live),
            ["strokeDash"] = Look(own, points: false, static s => s.Dash, live),
        }), "s", live);
    }

    private static JsonObject Band(Panel panel, JsonArray rows, IReadOnlyList<SeriesStyle> own, bool live)
    {
        var low = Y(panel);
        low["field"] = "l";
        var encoding = Placed(panel, new JsonObject
        {
            ["color"] = Plain(own),
            ["y2"] = new JsonObject { ["field"] = "h" },
        }, area: true);
        encoding["y"] = low;
        return Layer(rows, new JsonObject
        {
            ["type"] = "area",
            ["opacity"] = 0.2,
            ["clip"] = true,
            ["invalid"] = Break,
        }, encoding, "s", live);
    }

    // A ridge stands on its base l; a histogram on 0, with even steps from each abscissa to the next.
    private static JsonObject Filled(Panel panel, SeriesMark mark, JsonArray rows, IReadOnlyList<SeriesStyle> own, bool live)
    {
        var ridge = mark == SeriesMark.Ridge;
        return Layer(rows, new JsonObject
        {
            ["type"] = "area",
            ["clip"] = true,
            ["fillOpacity"] = ridge ? 0.55 : 0.22,
            ["strokeWidth"] = 1.4,
            ["line"] = true,
            ["interpolate"] = ridge ? "monotone" : "step-after",
        }, Placed(panel, new JsonObject
        {
            ["color"] = Plain(own),
            // Ridges have their names along the axis.
            ["stroke"] = Look(own, points: false, static s => s.Colour, live || ridge),
            ["y2"] = ridge ? new JsonObject { ["field"] = "l" } : new JsonObject { ["datum"] = 0 },
            ["tooltip"] = Tips(panel, "s", rows),
        }, area: true), "s", live);
    }

    private static JsonObject Dots(Panel panel, JsonArray rows, IReadOnlyList<SeriesStyle> own, bool live) =>
        Layer(rows, new JsonObject
        {
            ["type"] = "point",
            ["filled"] = true,
            ["size"] = rows.Count > 400 ? 18 : 46,
            ["opacity"] = 0.8,
            ["clip"] = true
        },
            Placed(panel, new JsonObject
            {
                ["fill"] = Look(own, points: true, static s => s.Colour, live),
                ["tooltip"] = Tips(panel, "p", rows),
            }), "p", live);

    // Dots that nobody sees, large enough for a pointer or a finger.
    private static JsonObject NearPointer(Panel panel, JsonArray rows) =>
        Layer((JsonArray)rows.DeepClone(),
            new JsonObject { ["type"] = "point", ["filled"] = true, ["size"] = 160, ["opacity"] = 0, ["clip"] = true },
            Placed(panel, new JsonObject { ["tooltip"] = Tips(panel, "s", rows) }), "s", live: true);

    // Lines are drawn in the order of their points; an area follows x, and an order would tear it apart.
    private static JsonObject Placed(Panel panel, JsonObject more, bool area = false)
    {
        var encoding = new JsonObject
        {
            ["x"] = X(panel),
            ["y"] = Y(panel),
            ["detail"] = new JsonObject { ["field"] = "k", ["type"] = "nominal" },
        };
        if (!area) encoding["order"] = new JsonObject { ["field"] = "i", ["type"] = "quantitative" };
        foreach (var (key, value) in more.ToList())
        {
            more.Remove(key);
            encoding[key] = value;
        }
        return encoding;
    }

    private static JsonArray Tips(Panel panel, string name, JsonArray rows)
    {
        var tips = new JsonArray(VegaLite.Tip(name, "series", null));
        bool Any(string field) => rows.Any(r => r!.AsObject().ContainsKey(field));
        if (Any("d")) tips.Add(VegaLite.Tip("d", "run", null));
        tips.Add(VegaLite.Tip("x", panel.X with { Title = Short(panel.X.Title) }));
        tips.Add(VegaLite.Tip("y", panel.Y with { Title = Short(panel.Y.Title) }));
        if (Any("h"))
        {
            tips.Add(VegaLite.Tip("l", "from", ".6~g"));
            tips.Add(VegaLite.Tip("h", "to", ".6~g"));
        }
        if (Any("n")) tips.Add(VegaLite.Tip("n", "runs", ".6~g"));
        return tips;
    }

    // Without the unit.
    private static string Short(string title) => title.IndexOf(", ", StringComparison.Ordinal) is > 0 and var comma ? title[..comma]
        : title;

    private static JsonObject Look(IReadOnlyList<SeriesStyle> own, bool points, Func<SeriesStyle, JsonNode> look, bool bare)
    {
        var appearance = VegaLite.Appearance(own, points, look);
        if (bare) appearance["legend"] = null;
        return appearance;
    }

    private static JsonObject Plain(IReadOnlyList<SeriesStyle> own)
    {
        var appearance = VegaLite.Appearance(own, points: false, static s => s.Colour);
        appearance["field"] = Tinted;
        appearance["legend"] = null;
        return appearance;
    }

    private static JsonObject X(Panel panel) => Folded(VegaLite.X(panel));

    private static JsonObject Y(Panel panel) => Folded(VegaLite.Y(panel));

    // A long title has its unit on a second line.
    private static JsonObject Folded(JsonObject encoding)
    {
        const int Longest = 36;
        if ((string?)encoding["axis"]!["title"] is { Length: > Longest } title
            && title.IndexOf(", ", StringComparison.Ordinal) is > 0 and var comma)
            encoding["axis"]!["title"] = new JsonArray(title[..comma], title[(comma + 2)..]);
        return encoding;
    }
}
