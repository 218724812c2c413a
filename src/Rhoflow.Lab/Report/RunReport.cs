using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Report;

/// <summary>
/// The page of a run, of a sweep, or of any runs: what came out over seeds, the figures that their configs ask for, the usual curves with
/// bands over seeds, every run, what the configs have in common, and the machines. One file.
/// </summary>
public static class RunReport
{
    private static readonly string[] s_curves =
        ["loss", "train_error", "test_error", "margin_min", "smoothed_margin", "rho", "direction_error"];

    /// <summary>Values of a key that curves are coloured by, at most.</summary>
    private const int MostColours = 16;

    /// <summary>Panels of one figure, at most.</summary>
    private const int MostPanels = 6;

    /// <summary>Writes the page.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="made">The command that made it.</param>
    /// <param name="progress">Told which figure is drawn.</param>
    /// <param name="cancellation">Looked at before each figure; no page is written then.</param>
    /// <returns>What could not be drawn, in sentences.</returns>
    /// <exception cref="ConfigException">There are no runs.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<string> Write(string file, IReadOnlyList<RunRecord> runs, string made, Action<string>? progress = null,
        CancellationToken cancellation = default)
    {
        if (runs.Count == 0) throw new ConfigException("there are no runs to report on");
        var columns = new RunColumns(runs);
        var notes = new List<string>();
        string[] names = [.. runs.Select(static r => r.Folder.Name).Distinct(StringComparer.Ordinal)];
        var title = runs.Count == 1 ? $"{names[0]}, run {runs[0].Folder.Id}" : string.Join(", ", names);
        var html = new StringBuilder($"<h1>{Html.Escape(title)}</h1>\n<p class=\"sub\">{Html.Escape(Lead(runs, columns))}</p>\n");
        string[] swept = [.. columns.Differing.Where(static k => !IsSeed(k))];
        if (runs.Count == 1) Facts(html, runs[0]);
        else if (swept.Length < columns.Differing.Count && swept.Length > 0) RunReportTables.Groups(html, runs, swept);
        PlotConfig[] figures = [.. FiguresOf(runs), .. Usual(runs, columns)];
        foreach (var (i, figure) in figures.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke($"a page of {runs.Count} runs, figure {i + 1} of {figures.Length}");
            try
            {
                var picture = Plot.Of(figure, runs);
                html.Append($"<h2>{Html.Escape(picture.Title)}</h2>\n").Append(PlotPage.Figure(picture));
            }
            catch (ConfigException e)
            {
                notes.Add($"the figure {figure.Name ?? string.Join(", ", figure.Y)} is left out: {e.Message}");
            }
        }
        if (runs.Count > 1) RunReportTables.Runs(html, runs, [.. Swept(columns)]);
        Configs(html, runs, columns);
        Machines(html, runs);
        foreach (var note in notes) html.Append($"<p class=\"hint\">{Html.Escape(note)}</p>\n");
        html.Append($"<p class=\"hint\">Made by <code>{Html.Escape(made)}</code></p>\n");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        AtomicFile.Write(file, PlotPage.Frame(title, html.ToString()));
        return notes;
    }

    /// <summary>The figures that the configs of runs ask for, each once. A config that cannot be read asks for none.</summary>
    public static IReadOnlyList<PlotConfig> FiguresOf(IReadOnlyList<RunRecord> runs)
    {
        var figures = new Dictionary<string, PlotConfig>(StringComparer.Ordinal);
        foreach (var text in runs.Select(static r => r.Keys.GetValueOrDefault("figures")).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            try
            {
                foreach (var figure in PlotConfig.ReadAll(ConfigSource.Parse($"figures: {text}").Node.At("figures")))
                    figures.TryAdd(figure.ToYaml(), figure);
            }
            catch (ConfigException)
            {
                // Written by another version; its runs are shown all the same.
            }
        }
        return [.. figures.Values];
    }

    private static string Lead(IReadOnlyList<RunRecord> runs, RunColumns columns)
    {
        var parts = new List<string>();
        if (runs.Count > 1)
            parts.Add($"{runs.Count} runs" + (columns.Differing.Count == 0 ? "" : " over " + string.Join(" × ", Swept(columns).Select(k =>
                $"{k} ({runs.Select(r => r.Keys.GetValueOrDefault(k)).Distinct(StringComparer.Ordinal).Count()})"))));
        var states = runs.GroupBy(static r => r.StatusWord, StringComparer.Ordinal).ToArray();
        parts.Add(states.Length == 1 ? $"{(runs.Count > 1 ? "all " : "")}{states[0].Key}"
            : string.Join(", ", states.Select(static g => $"{g.Count()} {g.Key}")));
        var seconds = runs.Select(static r => r.Seconds).Where(double.IsFinite).ToArray();
        if (seconds.Length > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds.Sum():0.#} s of computing"));
        var (first, last) = (runs.Min(static r => r.Started)!, runs.Max(static r => r.Started)!);
        parts.Add(first == last ? $"begun {first}" : $"begun {first} to {last}");
        return string.Join("; ", parts);
    }

    // The keys in which the runs differ, seeds last.
    private static IEnumerable<string> Swept(RunColumns columns) => columns.Differing.OrderBy(IsSeed);

    private static bool IsSeed(string key) => key == "seed" || key.EndsWith(".seed", StringComparison.Ordinal);

    private static void Facts(StringBuilder html, RunRecord run)
    {
        html.Append("<div class=\"scroll\"><table class=\"runs\"><thead><tr><th class=\"text\">last "
            + "observation</th><th></th></tr></thead><tbody>\n");
        foreach (var q in run.Quantities.Where(q => double.IsFinite(run.Last(q))))
        {
            var value = run.Last(q).ToString("G6", CultureInfo.InvariantCulture);
            html.Append($"<tr><td class=\"text\">{Html.Escape(q)}</td><td>{Html.Escape(value)}</td></tr>\n");
        }
        html.Append("</tbody></table></div>\n");
    }

    // Curves coloured by the swept number with the most values, with a band over the seeds, panels for the other keys; the last
    // observations over that number.
    private static IEnumerable<PlotConfig> Usual(IReadOnlyList<RunRecord> runs, RunColumns columns)
    {
        string[] drawn = [.. s_curves.Where(q => runs.Any(r => double.IsFinite(r.Last(q)) || double.IsFinite(r.Last("log10_" + q))))];
        if (drawn.Length == 0) yield break;
        string[] seeds = [.. columns.Differing.Where(IsSeed)];
        int Values(string key) => runs.Select(r => r.Keys.GetValueOrDefault(key)).Distinct(StringComparer.Ordinal).Count();
        bool IsNumber(string key) => runs.All(r => RunColumn.Key(key).Value(r).Number is not null);
        string[] swept = [.. columns.Differing.Except(seeds)];
        var colour = swept.Where(k => Values(k) <= MostColours).OrderByDescending(k => IsNumber(k) ? Values(k) : 0).FirstOrDefault();
        string[] others = [.. swept.Where(k => k != colour)];
        var along = new PlotConfig { Y = drawn, Color = colour, Band = seeds, Title = "Along the runs", Name = "along" };
        if (others.Length == 0 || others.Aggregate(1, (product, k) => product * Values(k)) > MostPanels) yield return along;
        else
        {
            // A figure for each quantity, so that its panels can be compared.
            foreach (var quantity in drawn)
            {
                var title = $"{quantity} along the runs";
                yield return along with { Y = [quantity], Facet = others, Title = title, Name = $"along-{quantity}" };
            }
        }
        if (swept.FirstOrDefault(k => Values(k) > 2 && IsNumber(k)) is not { } over) yield break;
        yield return new PlotConfig
        {
            X = over,
            Y = drawn,
            Color = swept.FirstOrDefault(k => k != over && Values(k) <= MostColours),
            Band = seeds,
            Title = $"The last observations over {over}",
            Name = "last",
        };
    }

    private static void Configs(StringBuilder html, IReadOnlyList<RunRecord> runs, RunColumns columns)
    {
        html.Append("<h2>Configs</h2>\n");
        if (columns.Differing.Count > 0)
        {
            var differing = string.Join(", ", columns.Differing);
            html.Append($"<p class=\"sub\">{Html.Escape($"The first run's; the runs differ in {differing}.")}</p>\n");
        }
        if (runs[0].Config is { } config) html.Append("<details><summary>config.yaml of "
            + $"{runs[0].Folder.Id}</summary><pre>{Html.Escape(config)}</pre></details>\n");
        foreach (var run in runs.Skip(1).Where(r => r.Config is not null && columns.Differing.Count == 0 && r.Config != runs[0].Config)
            .Take(3))
            html.Append($"<details><summary>config.yaml of {run.Folder.Id}</summary><pre>{Html.Escape(run.Config!)}</pre></details>\n");
    }

    // The machines and versions that the runs were made with, each once.
    private static void Machines(StringBuilder html, IReadOnlyList<RunRecord> runs)
    {
        var machines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            try
            {
                if (JsonFile.Parse(File.ReadAllText(run.Folder.File("environment.json"))) is not JsonObject environment) continue;
                var words = string.Join(", ", environment.Where(static p => p.Key != "commandLine" && p.Value is JsonValue)
                    .Select(static p => $"{p.Key} {p.Value}"));
                machines[words] = machines.GetValueOrDefault(words) + 1;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                // A run without it is shown without it.
            }
        }
        if (machines.Count == 0) return;
        html.Append("<details><summary>Machines and versions</summary><ul>\n");
        foreach (var (words, count) in machines) html.Append($"<li>{Html.Escape(words)} ({count} {(count == 1 ? "run" : "runs")})</li>\n");
        html.Append("</ul></details>\n");
    }
}
