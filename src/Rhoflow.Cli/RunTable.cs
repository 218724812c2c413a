using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Cli;

/// <summary>A line of a table of runs.</summary>
/// <param name="Name">Of the experiment.</param>
/// <param name="Record">The run; null for one that was refused before it began.</param>
/// <param name="Keys">The values of the keys in which the runs differ.</param>
/// <param name="Refusal">Why it was refused; null otherwise.</param>
/// <param name="Reused">Whether it had finished before it was asked for again; null where none was asked for.</param>
internal sealed record RunRow(string Name, RunRecord? Record, IReadOnlyDictionary<string, string> Keys, string? Refusal = null,
    bool? Reused = null)
{
    /// <summary>How it stands, in a word.</summary>
    public string Status => Record?.StatusWord ?? "refused";
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

    /// <summary>The quantities that a table shows of some runs unless others are asked for, the most important first.</summary>
    public static IEnumerable<RunColumn> Quantities(RunColumns columns, IReadOnlyList<RunRecord> runs) =>
        s_ranks.Where(columns.Quantities.Contains).Select(RunColumn.Quantity).Where(q => runs.Any(r => !q.Value(r).IsNothing));

    /// <summary>The table, and below it what is not in it.</summary>
    /// <param name="rows">In the order in which they are shown.</param>
    /// <param name="keys">The keys that have a column.</param>
    /// <param name="output">Where to.</param>
    public static void Show(IReadOnlyList<RunRow> rows, IReadOnlyList<string> keys, TextWriter output)
    {
        var (table, common) = (new FittedTable(), new List<string>());
        if (rows.Select(static r => r.Name).Distinct().Count() > 1) table.Add("name", 2, rows.Select(static r => r.Name), isLeft: true);
        else output.WriteLine(rows[0].Name);
        table.Add("started", 30, rows.Select(static r => r.Record?.Started ?? ""), isLeft: true);
        table.Add("id", 0, rows.Select(static r => r.Record?.Folder.Id ?? ""), isLeft: true);
        for (var i = 0; i < keys.Count; i++)
        {
            var cells = Words(keys[i], [.. rows.Select(r => RunKeys.Text(r.Keys.GetValueOrDefault(keys[i], "")))], common);
            // What a run gave matters more than a third key.
            table.Add(keys[i], i < 3 ? 3 : 15, cells, isLeft: !cells.All(static c => c.Length == 0 || char.IsAsciiDigit(c[^1])));
        }
        table.Add("status", rows.All(static r => r.Status == "finished") ? 14 : 4, rows.Select(static r => r.Status), isLeft: true);
        foreach (var q in s_quantities.Where(q => rows.Any(r => !double.IsNaN(r.Record?.Last(q) ?? double.NaN))))
            table.Add(q, (q == s_ranks[0] ? 5 : 10) + Array.IndexOf(s_ranks, q),
                rows.Select(r => ObservationTable.Number(r.Record?.Last(q) ?? double.NaN)));
        table.Add("seconds", 31, rows.Select(static r => ObservationTable.Number(r.Record?.Seconds ?? double.NaN)));
        var leftOut = table.Show(output);
        foreach (var line in common) output.WriteLine(line);
        End(rows, leftOut, output);
    }

    /// <summary>A table of columns that were asked for.</summary>
    /// <param name="rows">In the order in which they are shown.</param>
    /// <param name="columns">Any that <see cref="RunColumns"/> knows.</param>
    /// <param name="output">Where to.</param>
    public static void Show(IReadOnlyList<RunRow> rows, IReadOnlyList<RunColumn> columns, TextWriter output)
    {
        var cells = rows.Select(r => columns.Select(c => c.Value(r.Record!)).ToArray());
        var leftOut = Grid(columns.Select(static c => c.Name), [.. cells], output);
        End(rows, leftOut, output);
    }

    /// <summary>Groups of runs.</summary>
    public static void Show(GroupTable groups, TextWriter output)
    {
        var heads = groups.Columns.Select((c, i) => i <= groups.KeyCount ? c : Two(c));
        if (Grid(heads, groups.Rows, output, digits: 4) is { Count: > 0 } leftOut)
        {
            // train_error mean, train_error sd … as one.
            var quantities = leftOut.Select(static c => c.Split(' ')[0]).Distinct(StringComparer.Ordinal);
            output.WriteLine($"no room for all of {string.Join(", ", quantities)}; show has --columns, --agg, --csv and --json");
        }
    }

    /// <summary>Runs, comma-separated with all digits.</summary>
    public static void WriteCsv(IReadOnlyList<RunColumn> columns, IReadOnlyList<RunRow> rows, TextWriter output)
    {
        output.Write(string.Join(',', columns.Select(static c => Quote(c.Name))) + "\n");
        foreach (var row in rows) output.Write(string.Join(',', columns.Select(c => Quote(c.Csv(row.Record!)))) + "\n");
    }

    /// <summary>Groups, comma-separated with all digits.</summary>
    public static void WriteCsv(GroupTable groups, TextWriter output)
    {
        output.Write(string.Join(',', groups.Columns.Select(Quote)) + "\n");
        foreach (var row in groups.Rows)
            output.Write(string.Join(',', row.Select((c, i) => Quote(c.IsNothing && i > groups.KeyCount ? "nan" : c.ToString()))) + "\n");
    }

    /// <summary>A group as a document: its columns, and the ids of its runs.</summary>
    public static JsonObject Document(GroupTable groups, int row)
    {
        var document = new JsonObject(groups.Columns.Select((c, i) => KeyValuePair.Create(c, Node(groups.Rows[row][i]))));
        document["runs"] = new JsonArray([.. groups.Members[row].Select(static r => (JsonNode)r.Folder.Id)]);
        return document;
    }

    /// <summary>A run as a document, with the keys under their dotted names and the whole config.</summary>
    public static JsonObject Document(RunRow row, IReadOnlyList<string> keys, bool observations)
    {
        var document = row.Record is { } record ? observations ? RunDocument.Read(record.Folder) : RunDocument.Of(record)
            : new JsonObject { ["name"] = row.Name, ["id"] = null, ["status"] = "refused", ["folder"] = null, ["error"] = row.Refusal };
        if (row.Reused is { } reused) document["reused"] = reused;
        foreach (var key in keys) document[key] = RunKeys.ToJson(row.Keys.GetValueOrDefault(key));
        if (row.Record is not null) document["config"] = RunDocument.Config(row.Record);
        return document;
    }

    private static void End(IReadOnlyList<RunRow> rows, IReadOnlyList<string> leftOut, TextWriter output)
    {
        if (leftOut.Count > 0)
            output.WriteLine($"no room for {string.Join(", ", leftOut)}; show has --columns, --csv and --json");
        foreach (var refused in rows.Where(static r => r.Refusal is not null))
            output.WriteLine($"refused: {string.Join(' ', refused.Keys.Select(static k => $"{k.Key}={k.Value}"))}: {refused.Refusal}");
        if (rows.Count(static r => r.Reused is true) is > 0 and var before)
            output.WriteLine($"{before} of {rows.Count} runs had finished before");
        if (rows.Count(static r => r.Record is { Status: RunStatus.Finished, Reached: false }) is > 0 and var short_)
            output.WriteLine($"{short_} of {rows.Count} runs ended before their until");
    }

    // test_error_mean over two lines.
    private static string Two(string name) => $"{name[..name.LastIndexOf('_')]}\n{name[(name.LastIndexOf('_') + 1)..]}";

    private static IReadOnlyList<string> Grid(IEnumerable<string> heads, IReadOnlyList<Cell[]> rows, TextWriter output, int digits = 6)
    {
        var (table, common) = (new FittedTable(), new List<string>());
        foreach (var (i, head) in heads.Index())
        {
            // A key as its config has it; what was computed with a few digits.
            var cells = Words(head, [.. rows.Select(r => r[i] is { Text: { } text } ? text
                : ObservationTable.Number(r[i].Number ?? double.NaN, digits))], common);
            table.Add(head, i, cells, isLeft: rows.Any(r => r[i] is { IsNothing: false, Number: null }));
        }
        var leftOut = table.Show(output);
        foreach (var line in common) output.WriteLine(line);
        return leftOut;
    }

    /// <summary>A cell as JSON: a number, true, false, a text; null where there is nothing, or more than a double holds.</summary>
    public static JsonNode? Node(Cell cell) => cell switch
    {
        { Number: { } n } => double.IsFinite(n) ? JsonValue.Create(n) : null,
        { Text: "true" or "false" } => cell.Text == "true",
        { Text: { } text } => text,
        _ => null,
    };

    // Long lists by what they have beside each other, so that lines that differ look different; what all have is told below the table.
    private static string[] Words(string head, string[] texts, List<string> common)
    {
        if (texts.All(static t => t.Length <= LongestText)) return texts;
        var words = new ListWords(texts);
        if (words.Common is { } all) common.Add($"{head}: … is {all}");
        return [.. texts.Select(t => Cut(words.Difference(t)))];
    }

    private static string Cut(string text) =>
        text.Length <= LongestText || char.IsAsciiDigit(text[^1]) ? text : text[..(LongestText - 1)] + "…";

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
