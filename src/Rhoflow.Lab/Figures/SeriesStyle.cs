using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>Colour and dash of a series: the same for one name in all panels of a chart.</summary>
internal sealed record SeriesStyle(string Name, string Colour, SeriesMark Mark)
{
    /// <summary>Solid for what was measured, dashed for what is predicted.</summary>
    public JsonNode Dash => Mark == SeriesMark.Predicted ? new JsonArray(6, 4) : new JsonArray(1, 0);

    /// <summary>The styles of a chart by the names of its series.</summary>
    /// <exception cref="ArgumentException">One name stands for a line and for dots.</exception>
    public static IReadOnlyDictionary<string, SeriesStyle> Of(Chart chart)
    {
        var styles = new Dictionary<string, SeriesStyle>(StringComparer.Ordinal);
        foreach (var series in chart.Panels.SelectMany(p => p.Series))
        {
            if (styles.TryGetValue(series.Name, out var known))
            {
                if (known.Mark != series.Mark)
                    throw new ArgumentException(
                        $"Series '{series.Name}' is drawn as {known.Mark} and as {series.Mark}; give them two names.");
                continue;
            }
            var index = series.Colour ?? styles.Count;
            var colour = series.Tone is { } tone ? Theme.Tone(tone) : Theme.Palette[index % Theme.Palette.Count];
            styles.Add(series.Name, new SeriesStyle(series.Name, colour, series.Mark));
        }
        return styles;
    }
}
