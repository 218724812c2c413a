using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Cli;

/// <summary>One call of <c>rhoflow show</c>: which runs, and how they are shown.</summary>
/// <param name="words">What was named; nothing: all runs.</param>
/// <param name="output">For the table.</param>
/// <param name="error">For notes.</param>
internal sealed class ShowRequest(IReadOnlyList<string> words, TextWriter output, TextWriter error)
{
    private const string DefaultAggregates = "mean,sd";

    /// <summary>Where ids are looked up.</summary>
    public required string Root { get; init; }

    /// <summary>Conditions; all must hold.</summary>
    public required IReadOnlyList<string> Where { get; init; }

    /// <summary>The keys in which the runs of a group agree.</summary>
    public string? Group { get; init; }

    /// <summary>What is said of a group.</summary>
    public string? Aggregates { get; init; }

    /// <summary>The column by which the rows are ordered.</summary>
    public string? Sort { get; init; }

    /// <summary>Exactly these columns.</summary>
    public string? Columns { get; init; }

    /// <summary>Comma-separated.</summary>
    public bool Csv { get; init; }

    /// <summary>One JSON document.</summary>
    public bool Json { get; init; }

    /// <summary>No notes.</summary>
    public bool Quiet { get; init; }

    private bool Groups => Group is not null || Aggregates is not null;

    private bool Chooses => Where.Count > 0 || Sort is not null || Columns is not null || Groups;

    /// <summary>Shows them.</summary>
    /// <exception cref="ConfigException">Something that was named is not there, or a condition is none.</exception>
    /// <exception cref="RunFolderException">The only run is damaged.</exception>
    public void Show()
    {
        if (Csv && Json) throw new ConfigException("--csv and --json ask for two forms at once; choose one");
        var folders = RunSelection.Find(words.Count > 0 ? words : [Root], Root, Note);
        // What is missing is said, quiet or not.
        var runs = ShowCommand.Sound(folders, text => error.WriteLine($"rhoflow: {text}"));
        if (words is [var word] && runs.Count == 1 && RunSelection.IsOne(word, Root) && !Chooses) One(runs[0]);
        else Many(SweepOrder.Of(runs));
    }

    private void One(RunRecord record)
    {
        var run = record.Folder;
        if (Json)
            Write(new JsonObject
            {
                ["runs"] = new JsonArray(RunTable.Document(new RunRow(run.Name, record, RunKeys.None), [], observations: true)),
            });
        else if (!File.Exists(run.File("metrics.csv"))) Many([record]);
        else if (Csv) output.Write(File.ReadAllText(run.File("metrics.csv")));
        else ObservationTable.Show(run, output);
    }

    private void Many(IReadOnlyList<RunRecord> runs)
    {
        var columns = new RunColumns(runs);
        var chosen = ShowCommand.Chosen(runs, Where, Note);
        if (Groups)
        {
            Grouped(columns, chosen);
            return;
        }
        if (Sort is { Length: > 0 } by)
        {
            var column = columns.Find(by.TrimStart('-', '+'), "--sort");
            if (chosen.Count > 0 && chosen.All(r => column.Value(r).IsNothing))
                Note($"note: none of these runs has {column.Name}, so --sort leaves them in their order");
            chosen = columns.Sort(by, chosen);
        }
        var asked = Columns is null ? null : columns.FindAll(Columns, "--columns");
        var keys = RunKeys.Differing([.. chosen.Select(static r => r.Keys)]);
        RunRow[] rows = [.. chosen.Select(static r => new RunRow(r.Folder.Name, r, r.Keys))];
        if (Json)
        {
            var documents = rows.AsParallel().AsOrdered().Select(r => (JsonNode)Document(r, keys, asked));
            Write(new JsonObject { ["runs"] = new JsonArray([.. documents]) });
        }
        else if (Csv) RunTable.WriteCsv(asked ?? Everything(columns, keys), rows, output);
        else if (rows.Length == 0) output.WriteLine(None());
        else if (asked is not null) RunTable.Show(rows, asked, output);
        else RunTable.Show(rows, keys, output);
    }

    private void Grouped(RunColumns columns, IReadOnlyList<RunRecord> runs)
    {
        var by = string.IsNullOrEmpty(Group) ? [] : columns.FindAll(Group, "--group");
        var quantities = Columns is null
            ? [.. RunTable.Quantities(columns, runs).Where(q => by.All(c => c.Name != q.Name))] : columns.FindAll(Columns, "--columns");
        foreach (var q in quantities.Where(q => runs.Count > 0 && runs.All(r => q.Value(r).Number is null)))
            throw new ConfigException($"--columns: {q.Name} is a number in none of these runs, so there is nothing to aggregate");
        var groups = GroupTable.Of(runs, by, quantities, Aggregate.Parse(Aggregates ?? DefaultAggregates));
        if (Sort is { Length: > 0 } sort) groups = groups.Sorted(sort);
        foreach (var note in groups.Notes) Note($"note: {note}");
        if (Json)
            Write(new JsonObject
            {
                ["groups"] = new JsonArray([.. Enumerable.Range(0, groups.Rows.Count).Select(i => (JsonNode)RunTable.Document(groups, i))]),
            });
        else if (Csv) RunTable.WriteCsv(groups, output);
        else if (runs.Count == 0) output.WriteLine(None());
        else RunTable.Show(groups, output);
    }

    // Columns that were asked for stand beside the rest.
    private static JsonObject Document(RunRow row, IReadOnlyList<string> keys, IReadOnlyList<RunColumn>? asked)
    {
        var document = RunTable.Document(row, keys, observations: false);
        foreach (var column in asked ?? [])
            if (!document.ContainsKey(column.Name)) document[column.Name] = RunTable.Node(column.Value(row.Record!));
        return document;
    }

    // Which run it is, every quantity, and the keys in which the runs differ.
    private static IReadOnlyList<RunColumn> Everything(RunColumns columns, IReadOnlyList<string> keys) =>
        [.. new[] { "name", "id", "status", "folder" }.Concat(columns.Quantities).Append("seconds").Select(c => columns.Find(c, "--csv")),
            .. keys.Select(RunColumn.Key)];

    private string None() => $"no runs in {string.Join(", ", words.Count > 0 ? words : [Root])}"
        + (Where.Count > 0 ? $" with {string.Join(" and ", Where)}" : "");

    private void Write(JsonObject document) => output.WriteLine(document.ToJsonString(Rhoflow.Cli.Json.Options));

    private void Note(string text)
    {
        if (!Quiet) error.WriteLine($"rhoflow: {text}");
    }
}
