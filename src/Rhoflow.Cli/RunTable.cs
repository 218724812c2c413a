using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>Many runs, a line each: how they stand and their last observation.</summary>
internal static class RunTable
{
    private static readonly string[] Quantities =
        ["epoch", "log10_t", "log10_loss", "log10_rho", "margin_min", "smoothed_margin", "train_error", "test_error", "direction_error"];

    public static void Show(IReadOnlyList<RunFolder> folders, TextWriter output)
    {
        var summaries = folders.Select(f => f.Summary).ToArray();
        var chosen = Quantities.Where(q => summaries.Any(s => s?["last"]?[q] is not null)).ToArray();
        var table = Terminal.Table(["name", "started", "id", "status", .. chosen, "seconds"], leftAligned: 4);
        for (var i = 0; i < folders.Count; i++)
            table.Add([folders[i].Name, Started(folders[i]), folders[i].Id, Status(folders[i]),
                .. chosen.Select(q => Cell(summaries[i]?["last"]?[q])), Cell(summaries[i]?["seconds"])]);
        Terminal.On(output).Write(table);
    }

    public static void WriteCsv(IReadOnlyList<RunFolder> folders, TextWriter output)
    {
        var summaries = folders.Select(f => f.Summary).ToArray();
        var quantities = summaries.SelectMany(s => (s?["last"] as JsonObject)?.Select(p => p.Key) ?? []).Distinct(StringComparer.Ordinal)
            .ToArray();
        output.Write(string.Join(',', ["name", "id", "status", "folder", .. quantities, "seconds"]) + "\n");
        for (var i = 0; i < folders.Count; i++)
            output.Write(string.Join(',', [folders[i].Name, folders[i].Id, Status(folders[i]), Quote(folders[i].Path),
                .. quantities.Select(q => MetricsFile.Format((double?)summaries[i]?["last"]?[q] ?? double.NaN)),
                MetricsFile.Format((double?)summaries[i]?["seconds"] ?? double.NaN)]) + "\n");
    }

    private static string Status(RunFolder folder) => folder.Status.ToString().ToLowerInvariant();

    private static string Started(RunFolder folder) => Path.GetFileName(folder.Path)[..19].Replace('_', ' ');

    private static string Cell(JsonNode? node) =>
        node is null ? "" : ObservationTable.Number(double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture));

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(',', '"', '\n') >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
