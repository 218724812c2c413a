using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// What lists of runs show of the files of one: everything that reading them gives, but for who is at work. It can be kept in a
/// <see cref="RunIndex"/> as long as the files stay what they were (<see cref="RunStamp"/>).
/// </summary>
/// <param name="Summary">summary.json; null where there is none that can be read.</param>
/// <param name="Rows">Whole rows of metrics.csv; null where it is missing, or damaged.</param>
/// <param name="Config">config.yaml; null where it cannot be read.</param>
/// <param name="CommandLine">The overrides of the sweep that it was begun in, one a line; empty where it was none.</param>
/// <param name="Damage">What is damaged, in a sentence; null where nothing is.</param>
internal sealed record RunContent(string? Summary, int? Rows, string? Config, string CommandLine, string? Damage)
{
    /// <summary>Reads the files, each once.</summary>
    public static RunContent Read(RunFolder folder)
    {
        string? damage = null, summary = null;
        int? rows = null;
        try
        {
            summary = SummaryFile.Read(folder.File(SummaryFile.Name)).ToJsonString();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It says no more than that the run has not ended.
        }
        catch (Exception e) when (IsDamage(e))
        {
            damage = e.Message;
        }
        try
        {
            if (File.Exists(folder.File("metrics.csv"))) rows = MetricsFile.Count(folder.File("metrics.csv"));
        }
        catch (Exception e) when (IsDamage(e))
        {
            damage ??= e.Message;
        }
        return new RunContent(summary, rows, Text(folder.File("config.yaml")),
            Text(folder.File("environment.json")) is { } environment ? SweepOrder.CommandLine(environment) : "", damage);
    }

    /// <summary>The summary as an object.</summary>
    public JsonObject? ReadSummary() => Summary is null ? null : (JsonObject)JsonNode.Parse(Summary)!;

    private static bool IsDamage(Exception e) => e is IOException or UnauthorizedAccessException or InvalidDataException;

    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
