using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The order in which lists show runs: by name, the newest last, and the runs of one sweep in the order in which its command line names
/// them: many are begun in one second, and which of them is first is chance.
/// </summary>
public static class SweepOrder
{
    /// <summary>The runs in that order.</summary>
    public static IReadOnlyList<RunRecord> Of(IReadOnlyList<RunRecord> runs)
    {
        var placed = runs.Select(static r => (Run: r, r.CommandLine)).ToArray();
        var begun = placed.GroupBy(static p => p.CommandLine, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Min(static p => p.Run.Order), StringComparer.Ordinal);
        var places = begun.Keys.ToDictionary(static c => c, static c => Places(c), StringComparer.Ordinal);
        return
        [
            .. placed.OrderBy(static p => p.Run.Folder.Name, StringComparer.Ordinal)
                .ThenBy(p => p.CommandLine.Length > 0 ? begun[p.CommandLine] : p.Run.Order)
                .ThenBy(p => places[p.CommandLine](p.Run.Keys)).ThenBy(static p => p.Run.Order).Select(static p => p.Run),
        ];
    }

    /// <summary>The words of a run's command line, one a line; empty where nobody knows, or where it was no sweep.</summary>
    internal static string CommandLine(string environment)
    {
        try
        {
            string[] words = [.. (JsonNode.Parse(environment)?["commandLine"] as JsonArray ?? []).Select(static w => (string?)w ?? "")];
            return words.Contains("-m") || words.Contains("--multirun")
                ? string.Join('\n', words.Where(static w => w.StartsWith('~')
                    || (w.Contains('=', StringComparison.Ordinal) && w[0] != '-')))
                : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    // Which of the combinations of a command line a run is; those that are none come last.
    private static Func<IReadOnlyDictionary<string, string>, int> Places(string commandLine)
    {
        if (commandLine.Length == 0) return static _ => 0;
        try
        {
            var all = Overrides.Expand(commandLine.Split('\n'), sweep: true);
            string[] keys = [.. all.SelectMany(static c => c).GroupBy(static a => a.Path, StringComparer.Ordinal)
                .Where(static g => g.Distinct().Count() > 1).Select(static g => g.Key)];
            var places = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var combination in all)
                places.TryAdd(string.Join('\n', keys.Select(k => Plain(combination.Last(a => a.Path == k).Value))), places.Count);
            return run => places.GetValueOrDefault(
                string.Join('\n', keys.Select(k => Plain(run.GetValueOrDefault(k, "null")))), int.MaxValue);
        }
        catch (ConfigException)
        {
            return static _ => 0;
        }
    }

    // 0.1 and 1e-1 are one value, and so are a word with quotes and without.
    private static string Plain(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? ConfigWriter.Number(number)
            : RunKeys.Text(value);
}
