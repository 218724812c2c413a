using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>A row of the table and the file that it was measured from.</summary>
/// <param name="File">As it was when it was read.</param>
/// <param name="Step">The value of the column step.</param>
internal sealed record MeasuredCheckpoint(CheckpointFile File, long Step);

/// <summary>A file that is not measured.</summary>
/// <param name="File">As it was when it was refused; another length or time makes it worth another look.</param>
/// <param name="Why">In a sentence.</param>
internal sealed record RefusedCheckpoint(CheckpointFile File, string Why);

/// <summary>
/// checkpoints.json of a run: which file each row of metrics.csv is of, in the order of the rows, and which files were refused. Only rows
/// that stand here count: it is written after them.
/// </summary>
/// <param name="Order">step or time, once it is decided.</param>
/// <param name="Measured">The rows.</param>
/// <param name="Refused">Not measured.</param>
/// <param name="Seconds">That measuring took.</param>
internal sealed record WatchState(CheckpointOrder Order, IReadOnlyList<MeasuredCheckpoint> Measured,
    IReadOnlyList<RefusedCheckpoint> Refused, double Seconds)
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "checkpoints.json";

    /// <summary>What the folder has; nothing where it has nothing.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="order">As the config says.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static WatchState Read(RunFolder folder, CheckpointOrder order)
    {
        var path = folder.File(Name);
        if (!File.Exists(path)) return new WatchState(order, [], [], 0);
        var json = JsonFile.Read(path);
        try
        {
            return new WatchState(Enum.Parse<CheckpointOrder>((string)json["order"]!, ignoreCase: true),
                [.. json["checkpoints"]!.AsArray().Select(static c => new MeasuredCheckpoint(FileOf(c!), (long)c!["step"]!))],
                [.. json["refused"]!.AsArray().Select(static c => new RefusedCheckpoint(FileOf(c!), (string)c!["why"]!))],
                (double)json["seconds"]!);
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is damaged: it is not what `rhoflow watch` writes", e);
        }
    }

    /// <summary>The text of the file.</summary>
    public string ToJson() => new JsonObject
    {
        ["order"] = Order.ToString().ToLowerInvariant(),
        ["checkpoints"] = new JsonArray([.. Measured.Select(static m => (JsonNode)ToJson(m.File, "step", m.Step))]),
        ["refused"] = new JsonArray([.. Refused.Select(static r => (JsonNode)ToJson(r.File, "why", r.Why))]),
        ["seconds"] = Math.Round(Seconds, 3),
    }.ToJsonString(RunFolder.Indented) + "\n";

    /// <summary>Replaces the file of a run.</summary>
    public void Write(RunFolder folder)
    {
        folder.RequireOurs();
        AtomicFile.Write(folder.File(Name), ToJson());
    }

    private static JsonObject ToJson(CheckpointFile file, string key, JsonNode value) => new()
    {
        ["file"] = file.Name,
        [key] = value,
        ["bytes"] = file.Bytes,
        ["written"] = file.Written.ToString("O", CultureInfo.InvariantCulture),
    };

    private static CheckpointFile FileOf(JsonNode node) => new((string)node["file"]!, (long)node["bytes"]!,
        DateTime.ParseExact((string)node["written"]!, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));
}
