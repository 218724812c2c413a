using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Clusters;

/// <summary>What a worker says of a group: a note, where it stands, or how it ended. A line of JSON.</summary>
internal static class WorkReport
{
    public static string Begun() => Line(new JsonObject { ["begun"] = true });

    public static string Said(string note) => Line(new JsonObject { ["said"] = note });

    public static string At(string progress) => Line(new JsonObject { ["at"] = progress });

    public static string Ended(IReadOnlyList<RunOutcome> outcomes) =>
        Line(new JsonObject { ["ended"] = new JsonArray([.. outcomes.Select(static o => (JsonNode)Write(o))]) });

    public static string Refused(Exception why) => Line(new JsonObject { ["refused"] = Write(why) });

    /// <summary>The outcomes in a line, if it says them; what else it says is told.</summary>
    /// <exception cref="ConfigException">The worker could not begin the group, for this or another reason.</exception>
    public static IReadOnlyList<RunOutcome>? Read(string line, Action<string>? said, Action<string>? at)
    {
        var report = JsonNode.Parse(line)!.AsObject();
        if (report["said"] is { } note) said?.Invoke((string)note!);
        if (report["at"] is { } progress) at?.Invoke((string)progress!);
        if (report["refused"] is { } why) throw ReadException(why)!;
        return report["ended"] is JsonArray ended ? [.. ended.Select(static o => ReadOutcome(o!))] : null;
    }

    private static string Line(JsonObject report) => report.ToJsonString(JsonLines.Options);

    private static JsonObject Write(RunOutcome outcome) => new()
    {
        ["folder"] = outcome.Folder.Path,
        ["status"] = outcome.Status.ToString(),
        ["error"] = outcome.Error,
        ["reused"] = outcome.Reused,
        ["recovery"] = new JsonArray([.. outcome.Recovery.Select(static r => (JsonNode)r)]),
        ["cause"] = outcome.Cause is { } cause ? Write(cause) : null,
        ["at_work"] = outcome.AtWork?.ToJson(),
    };

    private static RunOutcome ReadOutcome(JsonNode o) => new(
        RunFolder.At((string)o["folder"]!) ?? throw new RunFolderException($"the run folder '{o["folder"]}' is no longer there"),
        Enum.Parse<RunStatus>((string)o["status"]!), (string?)o["error"], (bool)o["reused"]!)
    {
        Recovery = [.. o["recovery"]!.AsArray().Select(static r => (string)r!)],
        Cause = o["cause"] is { } cause ? ReadException(cause) : null,
        AtWork = RunOwner.From(o["at_work"]),
    };

    private static JsonObject Write(Exception why) => new()
    {
        ["kind"] = why switch
        {
            ConfigException => "config",
            DataException or InvalidDataException => "data",
            RunFolderException or IOException or UnauthorizedAccessException => "folder",
            OutOfMemoryException => "memory",
            _ => "other",
        },
        ["message"] = why is ConfigException or DataException or InvalidDataException or RunFolderException or IOException
            or UnauthorizedAccessException ? why.Message : $"{why.GetType().Name}: {why.Message}",
    };

    private static Exception ReadException(JsonNode why) => ((string?)why["kind"], (string)why["message"]!) switch
    {
        ("config", var message) => new ConfigException(message),
        ("data", var message) => new DataException(message),
        ("folder", var message) => new RunFolderException(message),
        ("memory", _) => new OutOfMemoryException(),
        (_, var message) => new InvalidOperationException(message),
    };
}
