using System.Text;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Plots;

/// <summary>The numbers of a figure: all that is drawn, unthinned, a point a line; and the same as a document.</summary>
internal static class PlotCsv
{
    /// <summary>
    /// Keys that tell curves apart, the run (empty for several), what it is (measured or a law), x, y, and of bands the edges and n.
    /// </summary>
    public static string Write(PlotPicture picture)
    {
        Curve[] curves = [.. picture.Panels.SelectMany(static p => p.Curves)];
        string[] keys = [.. curves.SelectMany(static c => c.Keys).Select(static k => k.Key).Distinct(StringComparer.Ordinal)];
        var (bands, laws) = (curves.Any(static c => c.Low is not null), curves.Any(static c => c.IsLaw));
        var text = new StringBuilder();
        string[] heads = [.. keys, "run", .. laws ? ["law"] : (string[])[], picture.Columns.X, picture.Columns.Y,
            .. bands ? [picture.Columns.Low, picture.Columns.High, "n"] : (string[])[]];
        Line(text, heads);
        foreach (var curve in curves)
            for (var i = 0; i < curve.X.Length; i++)
                Line(text,
                [
                    .. keys.Select(k => curve.Keys.FirstOrDefault(p => p.Key == k).Value ?? ""), curve.Run ?? "",
                    .. laws ? [curve.IsLaw ? curve.Name : ""] : (string[])[],
                    MetricsFile.Format(curve.X[i]), MetricsFile.Format(curve.Y[i]),
                    .. bands ? [MetricsFile.Format(curve.Low?[i] ?? double.NaN), MetricsFile.Format(curve.High?[i] ?? double.NaN),
                        curve.IsLaw ? "" : $"{curve.Counts?[i] ?? 1}"] : (string[])[],
                ]);
        return text.ToString();
    }

    /// <summary>
    /// {"title", "x", "y", "panels": [{"title", "series": [{"name", "run", "law", "x", "y", "low", "high", "n"}]}], "notes"}.
    /// </summary>
    public static JsonObject Document(PlotPicture picture) => new()
    {
        ["title"] = picture.Title,
        ["subtitle"] = picture.Chart.Subtitle,
        ["x"] = picture.Columns.X,
        ["y"] = picture.Columns.Y,
        ["panels"] = new JsonArray([.. picture.Panels.Select(static p => (JsonNode)new JsonObject
        {
            ["title"] = p.Title,
            ["series"] = new JsonArray([.. p.Curves.Select(static c => (JsonNode)Series(c))]),
        })]),
        ["notes"] = new JsonArray([.. picture.Notes.Select(static n => (JsonNode)n)]),
    };

    private static JsonObject Series(Curve curve) => new()
    {
        ["name"] = curve.Name,
        ["keys"] = new JsonObject(curve.Keys.Select(static k => KeyValuePair.Create(k.Key, RunKeys.ToJson(k.Value)))),
        ["run"] = curve.Run,
        ["law"] = curve.IsLaw,
        ["x"] = Numbers(curve.X),
        ["y"] = Numbers(curve.Y),
        ["low"] = curve.Low is null ? null : Numbers(curve.Low),
        ["high"] = curve.High is null ? null : Numbers(curve.High),
        ["n"] = curve.Counts is null ? null : new JsonArray([.. curve.Counts.Select(static n => (JsonNode)n)]),
    };

    private static JsonArray Numbers(double[] values) => new([.. values.Select(static v => (JsonNode?)RunDocument.Number(v))]);

    private static void Line(StringBuilder text, IReadOnlyList<string> cells) => text.AppendJoin(',', cells.Select(Quoted)).Append('\n');

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
