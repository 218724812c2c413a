using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow plot RUN…</c>: a figure of runs, as HTML, SVG, PNG and csv.</summary>
internal static class PlotCommand
{
    private const string Help = """
        A figure of runs: curves, bands over seeds, scatters, distributions, spectra, heat maps.

        Examples:
          rhoflow plot runs/digits --x epoch --y test_error --color init.scale --band seed
          rhoflow plot 3f2a 77c0 --x t --y direction_error --law "c/log(t)"          two runs by their ids; c is fitted
          rhoflow plot runs/digits --y loss,margin_min --facet init.scale --log y    several quantities, a panel for each value
          rhoflow plot runs/digits --x init.scale --y test_error --band seed         the last observations over a swept key
          rhoflow plot runs/digits --kind points --x log10_rho --y margin_min --color epoch
          rhoflow plot 3f2a --kind ridge                                             all margins, an observation above another
          rhoflow plot runs/digits --kind sorted --color init.scale --band seed      margins in ascending order
          rhoflow plot runs/digits --kind heat --x epoch --y init.scale --color test_error
          rhoflow plot runs/digits --y test_error --out error.svg                    one file; else a folder with all four kinds

        A name x that is no column beside a column log10_x is drawn by its exponent: --y loss, or --x t up to 1e1000.
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
        Option<string?> One(string name, string help, string value) => new(name) { Description = help, HelpName = value };
        Option<string[]> Many(string name, string help, string value) =>
            new(name) { Description = help, HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var kind = One("--kind", $"{string.Join(", ", PlotWords.Kinds)}; line unless given.", "KIND");
        var x = One("--x", "A column (t, epoch, log10_rho) or a key (init.scale: the last observation of each run); the runs' clock "
            + "unless given.", "KEY");
        var y = Many("--y",
            "Columns or keys, separated by commas; for ridge, histogram, sorted and spectrum an array (margins, singular_values).",
            "KEY,…");
        var color = One("--color", "A key with a colour for each of its values; the quantity of a heat map.", "KEY");
        var band = Many("--band", "Keys whose values are taken together, as a line within a band (seed).", "KEY,…");
        var spread = One("--spread", "What bands show: quartiles (median, 25–75 %), deciles (10–90 %), range, sd (mean ± s.d.).", "WORD");
        var facet = Many("--facet", "Keys with a panel for each of their values.", "KEY,…");
        var law = Many("--law", "A dashed curve: an expression in x, columns and keys (`with-hyphen`); a factor c is fitted.", "EXPR");
        var log = One("--log", "Logarithmic axes: x, y, xy or none; unless given, those of values over decades.", "AXES");
        var rows = One("--rows", "all observations, or the last of each run.", "all|last");
        var title = One("--title", "The heading.", "TEXT");
        var where = ShowCommand.WhereOption();
        var root = ShowCommand.RootOption();
        var to = One("--out", "FILE.html, .svg, .png or .csv; or a folder, for all of them. Unless given, the folder plots.", "FILE|DIR");
        var command = new Command("plot", Help) { words, x, y, color, band, spread, facet, law, kind, log, rows, where, title, to, root };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var given = parsed.GetValue(words) ?? [];
            StandardOptions.RequireWords(command, given);
            string[] Listed(Option<string[]> option) =>
                [.. (parsed.GetValue(option) ?? [])
                    .SelectMany(static v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            var config = new PlotConfig
            {
                Kind = Enum.Parse<PlotKind>(Word(parsed.GetValue(kind), "--kind", PlotWords.Kinds) ?? "line", ignoreCase: true),
                X = parsed.GetValue(x),
                Y = Listed(y),
                Color = parsed.GetValue(color),
                Band = Listed(band),
                Spread = Enum.Parse<BandSpread>(Word(parsed.GetValue(spread), "--spread", PlotWords.Spreads) ?? "quartiles",
                    ignoreCase: true),
                Facet = Listed(facet),
                Laws = [.. (parsed.GetValue(law) ?? []).Select(static l => Law.Parse(l).Text)],
                Log = Word(parsed.GetValue(log), "--log", PlotWords.Logs),
                LastOnly = Word(parsed.GetValue(rows), "--rows", PlotWords.Rows) is { } r ? r == "last" : null,
                Title = parsed.GetValue(title),
                Where = parsed.GetValue(where) ?? [],
            };
            return Task.FromResult(Draw(config, new(given, parsed.GetValue(root)!, parsed.GetValue(to), parsed.GetValue(standard.Json),
                parsed.GetValue(standard.Quiet)), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error,
                    cancellation));
        });
        return command;
    }

    private sealed record Request(string[] Words, string Root, string? Out, bool Json, bool Quiet);

    private static int Draw(PlotConfig config, Request request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(error, request.Quiet);
        progress.Report(static () => "looking for the runs");
        var runs = ShowCommand.Sound(RunSelection.Find(request.Words, request.Root, progress.Say), progress.Complain);
        progress.Report(() => $"reading {runs.Count} runs");
        var picture = Unstoppable.Run(() => Plot.Of(config, runs), cancellation);
        var target = request.Out ?? "plots";
        var targets = PlotFiles.Targets(target, picture.FileName);
        cancellation.ThrowIfCancellationRequested();
        progress.Report(() => "drawing");
        var files = Places.Writing(target, () => PlotFiles.Write(picture, targets, CommandLine.Words(), cancellation));
        cancellation.ThrowIfCancellationRequested();
        progress.Dispose();
        foreach (var note in picture.Notes.Concat(files.Notes)) progress.Say(note);
        if (request.Json)
        {
            var document = PlotCsv.Document(picture);
            document["files"] = new JsonArray([.. files.Written.Select(static f => (JsonNode)f)]);
            output.WriteLine(document.ToJsonString(Json.Options));
        }
        else foreach (var file in files.Written) output.WriteLine(Places.Show(file));
        // A picture that was asked for by its name and is not there is a failure; beside the others it is a note.
        return targets.Count == 1 && files.Written.Count == 0 ? ExitStatus.Failed : ExitStatus.Done;
    }

    /// <summary>One of the allowed words.</summary>
    /// <exception cref="ConfigException">It is none of them.</exception>
    private static string? Word(string? given, string option, IReadOnlyList<string> allowed) => given is null || allowed.Contains(given)
        ? given
        : throw new ConfigException($"{option} {given}: not known{Nearest.Hint(given, allowed)}");
}
