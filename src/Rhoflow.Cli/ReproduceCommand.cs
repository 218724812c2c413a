using System.CommandLine;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Report;
using Rhoflow.Papers.Equations;

namespace Rhoflow.Cli;

/// <summary><c>rhoflow reproduce [ID…]</c>: checks the papers' claims, draws their figures, writes the report.</summary>
public static class ReproduceCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID")
        {
            Description = "Claims, figures or papers: an id or its beginning (b08, theory-iii/figure-05, square-loss). None: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        CompletionCommand.OfStudies(ids);
        var full = new Option<bool>("--full") { Description = "The papers' own sizes where a claim or figure has them (longer)." };
        var folder = new Option<string>("--out")
        {
            Description = "Folder of the report; results are kept in DIR/results.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "report",
        };
        var jobs = new Option<int>("--jobs", "-j")
        {
            Description = "How many are computed at a time; 0 = one per processor core.",
            HelpName = "N",
        };
        jobs.Validators.Add(r =>
        {
            if (r.Tokens.Count == 1 && int.TryParse(r.Tokens[0].Value, out var n) && n < 0) r.AddError($"-j takes 0 or more, not {n}.");
        });
        var dataFolder = DataCommand.FolderOption();
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress." };
        var command = new Command("reproduce", "Checks the papers' claims and draws their figures; ends with a table of verdicts and a "
            + "report.") { ids, full, folder, jobs, dataFolder, json, quiet };
        // On a thread of its own: the action has to return before Ctrl-C is listened to.
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            var request = new Request
            {
                Ids = parsed.GetValue(ids) ?? [],
                Full = parsed.GetValue(full),
                Folder = parsed.GetValue(folder)!,
                Jobs = parsed.GetValue(jobs),
                Data = DataFolders.Of(parsed.GetValue(dataFolder)),
                Json = parsed.GetValue(json),
                Quiet = parsed.GetValue(quiet),
                Equations = static () => EquationEntries.Of(SourceFiles.Of),
            };
            return Run(request, Studies.Papers, Studies.Contents, Console.Out, Console.Error, cancellation);
        }, CancellationToken.None));
        return command;
    }

    /// <summary>What was asked for.</summary>
    public sealed record Request
    {
        /// <summary>Words that choose; none = everything.</summary>
        public IReadOnlyList<string> Ids { get; init; } = [];

        /// <summary>The papers' own sizes.</summary>
        public bool Full { get; init; }

        /// <summary>The report's folder.</summary>
        public required string Folder { get; init; }

        /// <summary>Computations at a time; 0 = one per core.</summary>
        public int Jobs { get; init; }

        /// <summary>Where data sets lie; unless given where RHOFLOW_DATA says, or the user's cache.</summary>
        public DataFolders Data { get; init; } = DataFolders.Of(null);

        /// <summary>Write the JSON document rather than the table.</summary>
        public bool Json { get; init; }

        /// <summary>Write no progress.</summary>
        public bool Quiet { get; init; }

        /// <summary>Gives the equations of the report's page of equations.</summary>
        public Func<IReadOnlyList<ReportEquation>> Equations { get; init; } = static () => [];
    }

    /// <summary>
    /// Does it, and returns the exit status: 0 done, 1 a computation failed, 2 unknown id or a folder that cannot be written, 130
    /// interrupted.
    /// </summary>
    public static int Run(
        Request request, IReadOnlyList<Paper> papers, IReadOnlyList<IStudy> studies,
        TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            var selection = Selection.Of(request.Ids, studies);
            using var progress = new ReproduceProgress(error, request.Quiet);
            var reproduction = new Reproduction(Path.Combine(request.Folder, "results"), request.Full, request.Jobs, progress.On,
                request.Data);
            if (request is { Full: true, Quiet: false })
                Announce(reproduction.Forecast(selection, id => error.WriteLine($"rhoflow: timing the first steps of {id}"), cancellation),
                    request.Folder, error);
            var result = reproduction.Run(selection, cancellation, grace: TimeSpan.FromSeconds(0.4));
            progress.Stop();
            var content = Content(reproduction, result, papers, studies, request.Full) with { Equations = request.Equations() };
            SvgRenderer.TryFind(out var renderer, out var missing);
            if (!request.Quiet && renderer is not null && result.Computed > 0) error.WriteLine("rhoflow: drawing");
            var report = ReportWriter.Write(request.Folder, content, renderer, missing ?? "", cancellation);
            if (request.Json) output.WriteLine(ReproductionJson.Write(result, content, report));
            else ReproduceTable.Write(output, result, report);
            foreach (var note in report.Notes) error.WriteLine($"rhoflow: note: {note}");
            foreach (var (id, what) in Errors(result)) error.WriteLine($"rhoflow: {id} stopped with an error: {what}");
            return result.Failed ? 1 : 0;
        }
        catch (UnknownIdException e)
        {
            error.WriteLine($"rhoflow: {e.Message}");
            return 2;
        }
        catch (ReproductionInterruptedException e)
        {
            error.WriteLine($"rhoflow: interrupted. {e.Finished.Claims.Count} claims and {e.Finished.Figures.Count} figures are done and "
                + $"kept in {request.Folder}; the same command goes on from there.");
            return ExitStatus.Interrupted;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            error.WriteLine($"rhoflow: interrupted. All results are kept in {request.Folder}; the same command goes on from there.");
            return ExitStatus.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"rhoflow: cannot write to {Path.GetFullPath(request.Folder)}: {e.Message} Choose another folder with --out "
                + "DIR, or make room; finished results are kept.");
            return 2;
        }
    }

    // Hours are announced before they are spent.
    private static void Announce(FullSizeForecast forecast, string folder, TextWriter error)
    {
        foreach (var (id, why) in forecast.Missing) error.WriteLine($"rhoflow: {id} cannot be run at full size: {why}");
        if (forecast.Left + forecast.Done == 0) return;
        var longest = string.Join(", ",
            forecast.Studies.Take(8).Select(s => $"{s.Id} {Durations.Text(s.Seconds / Environment.ProcessorCount)}"));
        error.WriteLine($"rhoflow: full size trains {forecast.Left} runs, {forecast.Done} are finished already: about "
            + $"{Durations.Text(forecast.Seconds / Environment.ProcessorCount)} on {Environment.ProcessorCount} cores"
            + (longest.Length > 0 ? $" ({longest})" : "")
            + $". Ctrl-C loses nothing: runs and results are kept in {folder}, and the same command goes on.");
    }

    // The report shows what was asked for and what earlier runs of the same program left, so that it grows with each call.
    private static ReportContent Content(
        Reproduction reproduction, ReproductionResult now, IReadOnlyList<Paper> papers, IReadOnlyList<IStudy> studies, bool full)
    {
        var known = reproduction.Known(new Selection(studies));
        var results = known.Results.Concat(now.Results).DistinctBy(r => r.Study.Id, StringComparer.Ordinal)
            .ToDictionary(r => r.Study.Id, StringComparer.Ordinal);
        return new ReportContent(papers, [.. studies.Where(s => results.ContainsKey(s.Id)).Select(s => results[s.Id])],
            studies.Count - results.Count, full);
    }

    private static IEnumerable<(string Id, string Error)> Errors(ReproductionResult result) =>
        result.Figures.Where(f => f.Result.Error is not null).Select(f => (f.Figure.Id, f.Result.Error!))
            .Concat(result.Claims.Where(c => c.Result.Error is not null).Select(c => (c.Claim.Id, c.Result.Error!)));
}
