using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow compare A B</c>: configs, last observations and curves of two runs.</summary>
internal static class CompareCommand
{
    private const string Help = """
        Two runs beside each other: the keys in which their configs differ, their last observations with relative differences, and
        where their curves part.

        Examples:
          rhoflow compare 3f2a 77c0                          by ids, or their beginnings
          rhoflow compare runs/a/… runs/b/… --json
          rhoflow compare 3f2a 77c0 --out compare.html       and the curves of all columns in common, overlaid
        """;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var (a, b) = (new Argument<string>("A") { Description = "A run: its folder, or its id." },
            new Argument<string>("B") { Description = "Another." });
        var root = ShowCommand.RootOption();
        var to = new Option<string?>("--out")
        {
            Description =
            "The overlaid curves: FILE.html, .svg, .png or .csv; or a folder, for all of them.",
            HelpName = "FILE|DIR"
        };
        var command = new Command("compare", Help) { a, b, to, root };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            string[] words = [parsed.GetValue(a)!, parsed.GetValue(b)!];
            StandardOptions.RequireWords(command, words);
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(standard.Quiet));
            RunRecord[] runs = [.. words.Select(w => One(w, parsed.GetValue(root)!, progress))];
            if (runs[0].Folder.Path == runs[1].Folder.Path) progress.Say($"note: A and B are the same run, {runs[0].Folder.Id}");
            var comparison = RunComparison.Of(runs[0], runs[1]);
            var (files, notes) = parsed.GetValue(to) is { } target ? Draw(comparison, target, cancellation) : ([], []);
            foreach (var note in notes) progress.Say(note);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(standard.Json))
            {
                var document = comparison.ToJson();
                document["files"] = new JsonArray([.. files.Select(static f => (JsonNode)f)]);
                output.WriteLine(document.ToJsonString(Json.Options));
            }
            else
            {
                ComparisonTable.Show(comparison, output);
                foreach (var file in files) output.WriteLine(Places.Show(file));
            }
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static (IReadOnlyList<string> Files, IReadOnlyList<string> Notes) Draw(RunComparison comparison, string target,
        CancellationToken cancellation)
    {
        var picture = comparison.Picture();
        var targets = PlotFiles.Targets(target, picture.FileName);
        var files = Places.Writing(target, () => PlotFiles.Write(picture, targets, CommandLine.Words(), cancellation));
        cancellation.ThrowIfCancellationRequested();
        return (files.Written, [.. picture.Notes, .. files.Notes]);
    }

    private static RunRecord One(string word, string root, ProgressLine progress)
    {
        var found = RunSelection.Find([word], root, progress.Say);
        if (found.Count != 1)
            throw new ConfigException($"'{word}' holds {found.Count} runs; compare takes two single runs"
                + (found.Count == 0 ? ""
                    : $": {string.Join(", ", found.Take(6).Select(static f => f.Id))}{(found.Count > 6 ? ", …" : "")}"));
        var run = RunRecord.Read(found[0]);
        if (run.Damage is { } damage) throw new RunFolderException(damage);
        if (run.Lost is { } lost) progress.Complain(lost);
        return run;
    }
}
