using System.Text.Json;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// summary.json, read so that nobody after it meets a value of another type than it writes: numbers are numbers, notes are sentences.
/// </summary>
internal static class SummaryFile
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "summary.json";

    /// <summary>The summary.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message names the file, the key and what was expected.</exception>
    /// <exception cref="IOException">There is none.</exception>
    public static JsonObject Read(string path)
    {
        var summary = JsonFile.Read(path);
        void Expect(bool holds, string key, string what)
        {
            if (!holds) throw new InvalidDataException($"{path}: '{key}' is {Short(summary[key])}; {what} was expected");
        }
        Expect(Text(summary["status"]) is { } status && Enum.TryParse<RunStatus>(status, ignoreCase: true, out _)
            && !char.IsAsciiDigit(status[0]), "status", "finished, failed or interrupted");
        foreach (var key in new[] { "name", "id", "error", "kind", "method", "network", "ended_by" })
            Expect(summary[key] is null || Text(summary[key]) is not null, key, "a text");
        foreach (var key in new[] { "observations", "steps", "evaluations", "kinks", "epochs", "parameters" })
            Expect(summary[key] is null || Number(summary[key]) is >= 0 and < 9e18 and var count && double.IsInteger(count), key,
                "a whole number");
        foreach (var key in new[] { "seconds", "seconds_observing" })
            Expect(summary[key] is null || Number(summary[key]) is >= 0, key, "a number of seconds");
        Expect(summary["last"] is null || summary["last"] is JsonObject last
            && last.All(static p => p.Value is null || Number(p.Value) is not
            null), "last", "an object of numbers");
        foreach (var key in new[] { "notes", "data_notes" })
            Expect(summary[key] is null || summary[key] is JsonArray notes && notes.All(static n => Text(n) is not null), key,
                "a list of sentences");
        Expect(summary["layers"] is null || summary["layers"] is JsonArray layers && layers.All(IsLayer), "layers", "a list of layers");
        return summary;
    }

    private static bool IsLayer(JsonNode? node) => node is JsonObject layer && Text(layer["kind"]) is not null
        && new[] { "rows", "columns", "offset" }.All(key => Number(layer[key]) is >= 0 and <= int.MaxValue and var n
        && double.IsInteger(n));

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? (string?)node : null;

    private static double? Number(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue<double>(out var value) && double.IsFinite(value)
            ? value : null;

    private static string Short(JsonNode? node) =>
        node is null ? "missing" : node.ToJsonString() is var text && text.Length <= 40 ? text : text[..40] + " …";
}
