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
        var csv = new Option<bool>("--csv") { Description = "Comma-separated, every quantity." };
        var command = new Command("show", "A table of runs; of a single run folder, its observations.") { folders, csv };
        var standard = StandardOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(folders) is { Length: > 0 } some ? some : ["runs"];
            StandardOptions.RequireWords(command, given);
            Show(given, parsed.GetValue(csv), parsed.GetValue(standard.Json), parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error);
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Show(string[] given, bool csv, bool json, TextWriter output, TextWriter error)
    {
        if (csv && json) throw new ConfigException("--csv and --json ask for two forms at once; choose one");
        foreach (var folder in given.Where(f => !Directory.Exists(f)))
            throw new ConfigException(
                $"there is no folder '{folder}'; `rhoflow run CONFIG` writes runs into runs/NAME, or give another folder");
        var runs = given.SelectMany(RunFolder.Under).DistinctBy(f => f.Path, StringComparer.Ordinal).ToArray();
        // A damaged run does not hide the others.
        var damaged = runs.Select(static r => (Run: r, r.Damage)).Where(static r => r.Damage is not null).ToArray();
        if (damaged.Length == 1 && runs.Length == 1) throw new RunFolderException(damaged[0].Damage!);
        foreach (var (_, why) in damaged) error.WriteLine($"rhoflow: left out: {why}");
        runs = [.. runs.Except(damaged.Select(static d => d.Run))];
        var single = given.Length == 1 && RunFolder.At(given[0]) is not null;
        if (json)
            output.WriteLine(new JsonObject
            {
                ["runs"] =
                new JsonArray([.. runs.Select(f => (JsonNode)RunDocument.Read(f, observations: single))])
            }.ToJsonString(Json.Options));
        else if (csv && single && File.Exists(runs[0].File("metrics.csv"))) output.Write(File.ReadAllText(runs[0].File("metrics.csv")));
        else if (csv) RunTable.WriteCsv(runs, output);
        else if (single && File.Exists(runs[0].File("metrics.csv"))) ObservationTable.Show(runs[0], output);
        else if (runs.Length == 0) output.WriteLine($"no runs in {string.Join(", ", given)}");
        else RunTable.Show(runs, output);
    }
}
