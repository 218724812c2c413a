using System.Globalization;
using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>Numbers of a series as inline rows {s or p, i, x, y}: thinned, finite, seven digits.</summary>
internal static class PlotData
{
    /// <summary>The rows of a series.</summary>
    public static JsonArray Rows(Panel panel, Series series)
    {
        var rows = new JsonArray();
        foreach (var i in Thinning.Indices(series.Y))
        {
            var x = Drawable(series.X[i], panel.X);
            if (x is null) continue;
            rows.Add(new JsonObject
            {
                [NameField(series.Mark)] = series.Name,
                ["i"] = i,
                ["x"] = x,
                ["y"] = Drawable(series.Y[i], panel.Y),
            });
        }
        return rows;
    }

    /// <summary>The field with the series' name: <c>s</c> for lines, <c>p</c> for dots.</summary>
    public static string NameField(SeriesMark mark) => mark == SeriesMark.Points ? "p" : "s";

    /// <summary>
    /// The rows of a series that shares its layer: with the number k of its curve, the edges l and h of its band, the count n, and what d
    /// tells it from others of its name.
    /// </summary>
    public static IEnumerable<JsonNode> Rows(Panel panel, Series series, int k)
    {
        foreach (var i in Thinning.Indices(series.Y))
        {
            if (Drawable(series.X[i], panel.X) is not { } x) continue;
            var row = new JsonObject
            {
                [NameField(series.Mark)] = series.Name,
                ["k"] = k,
                ["i"] = i,
                ["x"] = x,
                ["y"] = Drawable(series.Y[i], panel.Y),
            };
            if (series.Low is not null) row["l"] = Drawable(series.Low[i], panel.Y);
            if (series.High is not null) row["h"] = Drawable(series.High[i], panel.Y);
            if (series.Counts is not null) row["n"] = series.Counts[i];
            if (series.Detail is not null) row["d"] = series.Detail;
            yield return row;
        }
    }

    /// <summary>The one row of a rule.</summary>
    public static JsonObject Point(Rule rule)
    {
        var point = new JsonObject();
        if (rule.X is { } x) point["x"] = Rounded(x);
        if (rule.Y is { } y) point["y"] = Rounded(y);
        return point;
    }

    // A null ordinate breaks the line; JSON has no NaN, and a logarithmic axis has no place for 0.
    private static JsonNode? Drawable(double value, Axis axis) =>
        double.IsFinite(value) && (axis.Scale != Scale.Log || value > 0) ? Rounded(value) : null;

    // Seven digits are a hundredth of a pixel on the widest panel; axes that zoom in further subtract in C#.
    private static JsonValue Rounded(double value) =>
        JsonValue.Create(double.Parse(value.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
}
