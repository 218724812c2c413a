using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Report;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow report RUN…|SWEEP</c>: a page for any runs.</summary>
internal static class ReportCommand
{
    private const string Help = """
        A page for runs or a sweep, in one file: a table, the figures that their configs ask for, curves with bands over seeds, configs,
        machines.

        Examples:
          rhoflow report runs/digits                       writes runs/digits/report.html
          rhoflow report 3f2a 77c0 --out two.html
          rhoflow report runs/digits --where "status=finished"
        """;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var words = new Argument<string[]>("RUN")
        {
            Description = "Run folders, folders of them (runs, runs/NAME), names of experiments, ids or their beginnings.",
            Arity = ArgumentArity.OneOrMore,
        };
        CompletionCommand.OfRuns(words);
        var where = ShowCommand.WhereOption();
        var root = ShowCommand.RootOption();
        var to = new Option<string?>("--out")
        {
            Description =
            "FILE.html, or a folder; unless given, the folder that the runs have in common.",
            HelpName = "FILE|DIR"
        };
        var command = new Command("report", Help) { words, where, to, root };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var given = parsed.GetValue(words) ?? [];
            StandardOptions.RequireWords(command, given);
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(standard.Quiet));
            progress.Report(static () => "reading the runs");
            var all = ShowCommand.Sound(RunSelection.Find(given, parsed.GetValue(root)!, progress.Say), progress.Complain);
            var runs = ShowCommand.Chosen(SweepOrder.Of(all), parsed.GetValue(where) ?? [], progress.Say);
            var filtered = parsed.GetValue(where) is { Length: > 0 } ? " with --where" : "";
            if (runs.Count == 0) throw new ConfigException($"no runs in {string.Join(", ", given)}{filtered}");
            var file = Path.GetFullPath(Target(parsed.GetValue(to), runs));
            var notes = Places.Writing(file, () => RunReport.Write(file, runs, CommandLine.Words(), at => progress.Report(() => at),
                cancellation));
            progress.Dispose();
            foreach (var note in notes) progress.Say(note);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(parsed.GetValue(standard.Json)
                ? new JsonObject
                {
                    ["report"] = file,
                    ["runs"] = runs.Count,
                    ["notes"] =
                    new JsonArray([.. notes.Select(static n => (JsonNode)n)])
                }.ToJsonString(Json.Options)
                : Places.Show(file));
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    // One run's page lies in its folder, a sweep's in runs/NAME, that of others here.
    private static string Target(string? given, IReadOnlyList<RunRecord> runs)
    {
        if (given is not null)
            return Path.GetExtension(given) is ".html" or ".htm" ? given
                : Directory.Exists(given) || Path.GetExtension(given).Length == 0 ? Path.Combine(given, "report.html")
                : throw new ConfigException($"--out {given}: a report is an .html file; or give a folder");
        if (runs.Count == 1) return runs[0].Folder.File("report.html");
        var parents = runs.Select(static r => Path.GetDirectoryName(r.Folder.Path)!).Distinct(StringComparer.Ordinal).ToArray();
        return Path.Combine(parents.Length == 1 ? parents[0] : Directory.GetCurrentDirectory(), "report.html");
    }
}
