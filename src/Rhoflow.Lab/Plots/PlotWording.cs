using System.Globalization;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Plots;

/// <summary>Titles and names of files that say what a figure shows.</summary>
internal static class PlotWording
{
    private const int LongestFileName = 80;

    /// <summary>margin_min over t.</summary>
    public static string Title(PlotConfig config, string y, string x) => config.Title ?? config.Kind switch
    {
        PlotKind.Ridge => $"{y}, its distribution over {x}",
        PlotKind.Histogram => $"{y}, its distribution",
        PlotKind.Sorted => $"{y} in ascending order",
        PlotKind.Spectrum => $"{y} in descending order",
        PlotKind.Points => $"{y} against {x}",
        _ => $"{y} over {x}",
    };

    /// <summary>Whose runs, how many, what colours and bands mean.</summary>
    public static string Subtitle(PlotConfig config, PlotKeys? keys, IReadOnlyList<PlotRun> runs)
    {
        var parts = new List<string>
        {
            string.Join(", ", runs.Select(static r => r.Record.Folder.Name).Distinct(StringComparer.Ordinal).Take(4))
                + (runs.Count == 1 ? $", run {runs[0].Id}" : string.Create(CultureInfo.InvariantCulture, $": {runs.Count} runs")),
        };
        if (keys?.Color is { } color) parts.Add($"by {Bare(color.Name)}");
        if (keys?.Bands is { Count: > 0 } bands)
            parts.Add($"{Bands.Words(config.Spread)} over {string.Join(", ", bands.Select(static b => Bare(b.Name)))}"
            + Sizes(keys, runs));
        parts.AddRange(config.Where.Select(static w => $"where {w}"));
        return string.Join("; ", parts);
    }

    /// <summary>margin_min-over-t-by-init.scale.</summary>
    public static string FileName(PlotConfig config, string y, string x, IReadOnlyList<PlotRun> runs)
    {
        if (config.Name is { } name) return name;
        var kind = config.Kind is PlotKind.Line ? "" : $"-{config.Kind.ToString().ToLowerInvariant()}";
        var over = config.Kind is PlotKind.Line or PlotKind.Points or PlotKind.Heat ? $"-over-{x}" : "";
        var by = string.Concat(((IEnumerable<string>)[.. config.Color is { } c ? [c] : (string[])[], .. config.Facet])
            .Select(static k => $"-by-{k}"));
        var text = $"{runs[0].Record.Folder.Name}-{y}{kind}{over}{by}";
        var safe = new string([.. text.Select(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);
        return safe.Length <= LongestFileName ? safe : safe[..LongestFileName];
    }

    private static string Bare(string key) => key == "id" ? "run" : key;

    // How many runs a band has: one number, or from … to.
    private static string Sizes(PlotKeys keys, IReadOnlyList<PlotRun> runs)
    {
        int[] sizes = [.. PlotKeys.Groups(runs, [.. keys.Facets, .. keys.Color is { } c ? [c] : (Tables.RunColumn[])[], .. keys.Rest])
            .Select(static g => g.Count)];
        return string.Create(CultureInfo.InvariantCulture,
            $" ({(sizes.Min() == sizes.Max() ? $"{sizes.Max()}" : $"{sizes.Min()} to {sizes.Max()}")} runs each)");
    }
}
