using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The order in which lists show runs: the newest last, and the runs of one sweep together, in the order in which its command line names
/// them: many are begun in one second, and which of them is first is chance. The same command given again (after its config was changed, or
/// for runs that failed) is a sweep of its own.
/// </summary>
public static class SweepOrder
{
    /// <summary>The runs in that order.</summary>
    public static IReadOnlyList<RunRecord> Of(IReadOnlyList<RunRecord> runs)
    {
        var places = runs.Select(static r => r.CommandLine).Distinct(StringComparer.Ordinal)
            .ToDictionary(static c => c, static c => Places(c), StringComparer.Ordinal);
        var placed = new List<(RunRecord Run, object Sweep, int Place)>();
        var times = new Dictionary<(string Name, string CommandLine, int Place), int>();
        foreach (var run in runs.OrderBy(static r => r.Order))
        {
            var key = (run.Folder.Name, run.CommandLine, places[run.CommandLine](run.Keys));
            var time = times[key] = times.GetValueOrDefault(key) + 1;
            // What no sweep has begun stands for itself.
            placed.Add((run, run.CommandLine.Length == 0 ? run : (key.Name, key.CommandLine, time), key.Item3));
        }
        var begun = placed.GroupBy(static p => p.Sweep).ToDictionary(static g => g.Key, static g => g.Min(static p => p.Run.Order));
        return
        [
            .. placed.OrderBy(p => begun[p.Sweep]).ThenBy(static p => p.Run.Folder.Name, StringComparer.Ordinal).ThenBy(static p => p.Place)
                .ThenBy(static p => p.Run.Order).Select(static p => p.Run),
        ];
    }

    /// <summary>The words of a run's command line, one a line; empty where nobody knows, or where it was no sweep.</summary>
    internal static string CommandLine(string environment)
    {
        try
        {
            string[] words = [.. (JsonFile.Parse(environment)?["commandLine"] as JsonArray ?? []).Select(static w => (string?)w ?? "")];
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
