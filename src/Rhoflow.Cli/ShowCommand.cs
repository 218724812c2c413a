using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow show [DIR…]</c>: a table of runs; of one run, its observations.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("DIR")
        {
            Description = "Run folders, or folders of them (runs, runs/NAME).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var where = new Option<string[]>("--where")
        {
            Description = "Only runs with KEY=VALUE (or !=, <, <=, >, >=); several conditions must all hold.",
            HelpName = "KEY=VALUE",
        };
        var sort = new Option<string?>("--sort")
        {
            Description = "In the order of a key or quantity; -KEY: the largest first.",
            HelpName = "[-]KEY"
        };
        var columns = new Option<string?>("--columns")
        {
            Description = "Exactly these columns: keys of configs (descent.learning-rate), quantities (log10_loss), name, id, status, "
                + "started, seconds, folder.",
            HelpName = "KEY,KEY,…",
        };
        var csv = new Option<bool>("--csv") { Description = "Comma-separated, every quantity." };
        var command = new Command("show", "A table of runs, with the keys in which they differ; of a single run folder, its observations.")
        {
            folders, where, sort, columns, csv,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(folders) is { Length: > 0 } some ? some : ["runs"];
            StandardOptions.RequireWords(command, given);
            Show(new Request(given, parsed.GetValue(where) ?? [], parsed.GetValue(sort), parsed.GetValue(columns), parsed.GetValue(csv),
                parsed.GetValue(standard.Json)), parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error);
            return ExitStatus.Done;
        });
        return command;
    }

    private sealed record Request(string[] Folders, string[] Where, string? Sort, string? Columns, bool Csv, bool Json)
    {
        public bool Chooses => Where.Length > 0 || Sort is not null || Columns is not null;
    }

    private static void Show(Request request, TextWriter output, TextWriter error)
    {
        if (request is { Csv: true, Json: true }) throw new ConfigException("--csv and --json ask for two forms at once; choose one");
        foreach (var folder in request.Folders.Where(static f => !Directory.Exists(f)))
            throw new ConfigException(
                $"there is no folder '{folder}'; `rhoflow run CONFIG` writes runs into runs/NAME, or give another folder");
        var runs = request.Folders.SelectMany(RunFolder.Under).DistinctBy(static f => f.Path, StringComparer.Ordinal).ToArray();
        var all = RunRecord.Read(runs);
        // A damaged run does not hide the others.
        var damaged = all.Where(static r => r.Damage is not null).ToArray();
        if (damaged.Length == 1 && all.Count == 1) throw new RunFolderException(damaged[0].Damage!);
        foreach (var run in damaged) error.WriteLine($"rhoflow: left out: {run.Damage}");
        RunRecord[] sound = [.. all.Where(static r => r.Damage is null)];
        if (request.Folders.Length == 1 && RunFolder.At(request.Folders[0]) is not null && !request.Chooses) One(sound[0], request, output);
        else Many(sound, request, output);
    }

    private static void One(RunRecord record, Request request, TextWriter output)
    {
        var run = record.Folder;
        var row = new RunRow(run.Name, record, RunKeys.None);
        if (request.Json)
            output.WriteLine(new JsonObject { ["runs"] = new JsonArray(RunTable.Document(row, [], observations: true)) }
                .ToJsonString(Json.Options));
        else if (!File.Exists(run.File("metrics.csv"))) Many([record], request, output);
        else if (request.Csv) output.Write(File.ReadAllText(run.File("metrics.csv")));
        else ObservationTable.Show(run, output);
    }

    private static void Many(IReadOnlyList<RunRecord> runs, Request request, TextWriter output)
    {
        RunRow[] rows = [.. SweepOrder.Of(runs).Select(static r => new RunRow(r.Folder.Name, r, r.Keys))];
        var columns = new RunColumns(rows);
        foreach (var condition in request.Where.Select(columns.Where)) rows = [.. rows.Where(condition)];
        var keys = RunKeys.Differing([.. rows.Select(static r => r.Keys)]);
        if (request.Sort is { Length: > 0 } by) rows = [.. columns.Sort(by, rows)];
        RunColumn[]? chosen = request.Columns is null ? null
            : [.. request.Columns.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(name => columns.Find(name, "--columns"))];
        if (request.Json)
            output.WriteLine(new JsonObject
            {
                ["runs"] = new JsonArray([.. rows.Select(r => (JsonNode)RunTable.Document(r, keys, observations: false))]),
            }.ToJsonString(Json.Options));
        else if (request.Csv) RunTable.WriteCsv(chosen ?? columns.Csv(keys), rows, output);
        else if (rows.Length == 0)
            output.WriteLine($"no runs in {string.Join(", ", request.Folders)}{(request.Where.Length > 0 ? " with --where" : "")}");
        else if (chosen is not null) RunTable.Show(rows, chosen, output);
        else RunTable.Show(rows, keys, output);
    }
}
