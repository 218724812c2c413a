using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>A line of a table of runs.</summary>
/// <param name="Name">Of the experiment.</param>
/// <param name="Record">The run; null for one that was refused before it began.</param>
/// <param name="Keys">The values of the keys in which the runs differ.</param>
/// <param name="Refusal">Why it was refused; null otherwise.</param>
internal sealed record RunRow(string Name, RunRecord? Record, IReadOnlyDictionary<string, string> Keys, string? Refusal = null)
{
    /// <summary>How it stands, in a word.</summary>
    public string Status => Record is not { } r ? "refused"
        : r is { Status: RunStatus.Finished, Reached: false } ? "not reached"
        : r.Status.ToString().ToLowerInvariant();
}

/// <summary>Many runs, a line each: the keys in which they differ, how they stand and their last observation.</summary>
internal static class RunTable
{
    private const int LongestText = 24;

    private static readonly string[] s_quantities =
        ["epoch", "log10_t", "log10_loss", "log10_rho", "margin_min", "smoothed_margin", "train_error", "test_error", "direction_error"];

    /// <summary>Which of the quantities matter most, where there is no room for all.</summary>
    private static readonly string[] s_ranks =
        ["log10_loss", "train_error", "test_error", "margin_min", "epoch", "log10_t", "log10_rho", "direction_error", "smoothed_margin"];

    /// <summary>The table, and below it what is not in it.</summary>
    /// <param name="rows">In the order in which they are shown.</param>
    /// <param name="keys">The keys that have a column.</param>
    /// <param name="output">Where to.</param>
    public static void Show(IReadOnlyList<RunRow> rows, IReadOnlyList<string> keys, TextWriter output)
    {
        var table = new FittedTable();
        if (rows.Select(static r => r.Name).Distinct().Count() > 1) table.Add("name", 2, rows.Select(static r => r.Name), isLeft: true);
        else output.WriteLine(rows[0].Name);
        table.Add("started", 30, rows.Select(static r => r.Record?.Started ?? ""), isLeft: true);
        table.Add("id", 0, rows.Select(static r => r.Record?.Folder.Id ?? ""), isLeft: true);
        for (var i = 0; i < keys.Count; i++)
        {
            string[] cells = [.. rows.Select(r => Cut(RunKeys.Text(r.Keys.GetValueOrDefault(keys[i], ""))))];
            // What a run gave matters more than a third key.
            table.Add(keys[i], i < 3 ? 3 : 15, cells, isLeft: !cells.All(static c => c.Length == 0 || char.IsAsciiDigit(c[^1])));
        }
        table.Add("status", rows.All(static r => r.Status == "finished") ? 14 : 4, rows.Select(static r => r.Status), isLeft: true);
        foreach (var q in s_quantities.Where(q => rows.Any(r => !double.IsNaN(r.Record?.Last(q) ?? double.NaN))))
            table.Add(q, (q == s_ranks[0] ? 5 : 10) + Array.IndexOf(s_ranks, q),
                rows.Select(r => ObservationTable.Number(r.Record?.Last(q) ?? double.NaN)));
        table.Add("seconds", 31, rows.Select(static r => ObservationTable.Number(r.Record?.Seconds ?? double.NaN)));
        End(rows, table.Show(output), output);
    }

    /// <summary>A table of columns that were asked for.</summary>
    /// <param name="rows">In the order in which they are shown.</param>
    /// <param name="columns">Any that <see cref="RunColumns"/> knows.</param>
    /// <param name="output">Where to.</param>
    public static void Show(IReadOnlyList<RunRow> rows, IReadOnlyList<RunColumn> columns, TextWriter output)
    {
        var table = new FittedTable();
        for (var i = 0; i < columns.Count; i++)
        {
            string[] cells = [.. rows.Select(r => Cut(columns[i].Text(r)))];
            table.Add(columns[i].Name, i, cells, isLeft: !cells.All(static c => c.Length == 0 || char.IsAsciiDigit(c[^1])));
        }
        End(rows, table.Show(output), output);
    }

    /// <summary>Every quantity, and the keys, comma-separated.</summary>
    public static void WriteCsv(IReadOnlyList<RunColumn> columns, IReadOnlyList<RunRow> rows, TextWriter output)
    {
        output.Write(string.Join(',', columns.Select(static c => Quote(c.Name))) + "\n");
        foreach (var row in rows) output.Write(string.Join(',', columns.Select(c => Quote(c.Csv(row)))) + "\n");
    }

    /// <summary>A run as a document, with the keys under their dotted names and the whole config.</summary>
    public static JsonObject Document(RunRow row, IReadOnlyList<string> keys, bool observations)
    {
        var document = row.Record is { } record ? RunDocument.Read(record.Folder, observations)
            : new JsonObject { ["name"] = row.Name, ["id"] = null, ["status"] = "refused", ["folder"] = null, ["error"] = row.Refusal };
        foreach (var key in keys) document[key] = RunKeys.ToJson(row.Keys.GetValueOrDefault(key));
        if (row.Record is not null) document["config"] = RunDocument.Config(row.Record.Folder);
        return document;
    }

    private static void End(IReadOnlyList<RunRow> rows, IReadOnlyList<string> leftOut, TextWriter output)
    {
        if (leftOut.Count > 0)
            output.WriteLine($"no room for {string.Join(", ", leftOut)}; show has --columns, --csv and --json");
        foreach (var refused in rows.Where(static r => r.Refusal is not null))
            output.WriteLine($"refused: {string.Join(' ', refused.Keys.Select(static k => $"{k.Key}={k.Value}"))}: {refused.Refusal}");
        if (rows.Count(static r => r.Record is { Status: RunStatus.Finished, Reached: false }) is > 0 and var short_)
            output.WriteLine($"{short_} of {rows.Count} runs ended before their until");
    }

    private static string Cut(string text) =>
        text.Length <= LongestText || char.IsAsciiDigit(text[^1]) ? text : text[..(LongestText - 1)] + "…";

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
