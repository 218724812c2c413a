using System.CommandLine;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Plots;
using Rhoflow.Lab.Report;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures.Catalog;

namespace Rhoflow.Cli;

/// <summary>
/// <c>rhoflow inspect MODEL [MODEL…]</c>: every measure of trained networks, or what files of weights say by themselves; several side by
/// side, many as a trajectory.
/// </summary>
internal static class InspectCommand
{
    // More columns than these are read better as rows.
    private const int MostBeside = 3;

    public static Command Create()
    {
        var words = new Argument<string[]>("MODEL")
        {
            Description = "A run folder (runs/NAME/…): the network that the run ended with; or a file of weights: "
                + $"{ModelFile.Formats}. Two or three stand side by side, more are a trajectory. After files of weights KEY=VALUE, what a "
                + "config would say: data.transforms=[scale-pixels], loss=square, data.test=2000 …",
            Arity = ArgumentArity.OneOrMore,
            HelpName = "MODEL [MODEL…] [key.sub=value…]",
        };
        CompletionCommand.OfRuns(words);
        var network = new Option<string?>("--network")
        {
            Description = "For files of weights without a graph: a config whose network: says what they are the weights of.",
            HelpName = "N.yaml",
        };
        var data = new Option<string?>("--data")
        {
            Description = "A set or path to measure on: of a file of weights, and of a run instead of its own data; then it is prepared "
                + "by what the run learned of its own: classes by name, means, scales.",
        };
        var families = new Option<string[]>("--measures")
        {
            Description = $"Families ({string.Join(", ", MeasureCatalog.Families)}), single measures (norms/rho_k), or all. Unless "
                + $"given, all measures that take at most about {InspectRequest.Longest:0} s each; those left out are named.",
            AllowMultipleArgumentsPerToken = true,
        };
        var examples = new Option<int>("--curvature-examples")
        {
            Description = "Curvature is that of the loss on the first so many training examples.",
            DefaultValueFactory = static _ => 2000,
        };
        var replicates = new Option<int>("--tail-replicates")
        {
            Description = "Replicates of the bootstrap that tests power laws of spectra: p is good to 1/(2√replicates).",
            DefaultValueFactory = static _ => 100,
        };
        var batchNorm = new Option<string?>("--batch-norm")
        {
            Description = "By which statistics batch normalization goes, as observe.batch-norm: batch, running or whole-set.",
        };
        var threads = new Option<int>("-j")
        {
            Description = "Threads; no influence on results.",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
        };
        var target = new Option<string?>("--out")
        {
            Description = "Of one model a page with figures, FILE.html or a folder; of several their trajectory, FILE.html, .svg, .png or "
                + ".csv, or a folder for all of them.",
            HelpName = "FILE|DIR",
        };
        var root = ShowCommand.RootOption();
        var command = new Command("inspect", "Every measure of trained networks.")
        {
            words, data, network, families, examples, replicates, batchNorm, target, threads, root,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            // An option that takes several words takes what stands behind it too.
            string[] asked = parsed.GetValue(families) ?? [];
            string[] given = [.. parsed.GetValue(words) ?? [], .. asked.Where(InspectRequest.IsChange)];
            StandardOptions.RequireWords(command, given);
            string[] models = [.. given.Where(static w => !InspectRequest.IsChange(w))];
            if (models.Length == 0) throw new ConfigException("inspect: a model is needed, a run folder or a file of weights");
            var request = new InspectRequest
            {
                Models = models,
                Changes = [.. given.Where(InspectRequest.IsChange)],
                Network = parsed.GetValue(network),
                Data = parsed.GetValue(data),
                Families = InspectRequest.FamiliesOf([.. asked.Where(static w => !InspectRequest.IsChange(w))]),
                CurvatureExamples = parsed.GetValue(examples),
                TailReplicates = parsed.GetValue(replicates),
                BatchNorm = parsed.GetValue(batchNorm),
                Threads = parsed.GetValue(threads),
                Root = parsed.GetValue(root)!,
                ForData = [.. new Option[] { examples, batchNorm }.Where(o => parsed.GetResult(o) is { Implicit: false })
                    .Select(static o => o.Name)],
            };
            var to = parsed.InvocationConfiguration;
            var (json, quiet, file) = (parsed.GetValue(standard.Json), parsed.GetValue(standard.Quiet), parsed.GetValue(target));
            using var progress = new ProgressLine(to.Error, quiet);
            request.Check(progress);
            return Task.FromResult(models.Length == 1 ? One(request, file, progress, to, json, quiet, cancellation)
                : Many(request, file, progress, to, json, quiet, cancellation));
        });
        return command;
    }

    private static int One(InspectRequest request, string? target, ProgressLine progress, InvocationConfiguration to, bool json, bool quiet,
        CancellationToken cancellation)
    {
        var page = target is null ? null : PageOf(target);
        var model = request.Inspect(request.Models[0], progress, cancellation, everyLayer: page is not null);
        progress.Dispose();
        // The work has stopped: what is left is to show it.
        using var showing = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
        if (json) to.Output.WriteLine(model.ToJson().ToJsonString(Json.Options));
        else if (model.Weights is not null) ModelInspection.Show(model, to.Output, quiet);
        else InspectionTable.Show(model.Network!, model.Inspection!, to.Output, quiet);
        if (page is not null)
        {
            Places.Writing(page, () =>
            {
                InspectionPage.Write(page, model, CommandLine.Words());
                return page;
            });
            if (!json) to.Output.WriteLine(Places.Show(Path.GetFullPath(page)));
        }
        if (!model.IsInterrupted) return ExitStatus.Done;
        to.Error.WriteLine("rhoflow: interrupted; this is what was measured until then");
        return ExitStatus.Interrupted;
    }

    // One model has a page; a folder gets it as inspect.html.
    private static string PageOf(string target)
    {
        if (!Directory.Exists(target) && Path.GetExtension(target) is var ending and not "")
            return ending == ".html" ? target : throw new ConfigException($"--out {target}: one model has a page, FILE.html or a folder; "
                + "pictures and tables are of several");
        return Path.Combine(target, "inspect.html");
    }

    private static int Many(InspectRequest request, string? target, ProgressLine progress, InvocationConfiguration to, bool json,
        bool quiet, CancellationToken cancellation)
    {
        var targets = target is null ? [] : PlotFiles.Targets(target, "trajectory");
        var models = new List<InspectedModel>();
        var refused = new List<(string Model, Exception Why)>();
        foreach (var name in request.Models)
        {
            if (cancellation.IsCancellationRequested) break;
            try
            {
                models.Add(request.Inspect(name, progress, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && models.Count > 0)
            {
                break;
            }
            // Of many one that cannot be read is said, and the others are shown.
            catch (Data.DataException e) when (request.Models.Count > MostBeside)
            {
                progress.Say($"{name} is left out: {e.Message}");
                refused.Add((name, e));
            }
        }
        if (models.Count == 0 && refused.Count > 0) throw refused[0].Why;
        var trajectory = request.Models.Count > MostBeside || target is not null ? ModelTrajectory.Of(models) : null;
        var written = trajectory is null ? [] : Draw(trajectory, targets, progress, cancellation);
        progress.Dispose();
        using var showing = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
        if (json)
        {
            var document = new JsonObject
            {
                ["models"] = new JsonArray([.. (trajectory?.Models ?? models).Select(static m => (JsonNode)m.ToJson())]),
            };
            if (trajectory is not null)
            {
                document["order"] = trajectory.IsByName ? "step" : "time";
                document["steps"] = new JsonArray([.. trajectory.Steps.Select(static s => (JsonNode)s)]);
                document["files"] = new JsonArray([.. written.Select(static f => (JsonNode)f)]);
            }
            if (refused.Count > 0)
                document["not_measured"] = new JsonArray([.. refused.Select(static r => (JsonNode)new JsonObject
                {
                    ["what"] = r.Model,
                    ["why"] = r.Why.Message,
                })]);
            to.Output.WriteLine(document.ToJsonString(Json.Options));
        }
        else
        {
            if (trajectory is null || request.Models.Count <= MostBeside) ModelTables.Beside(models, to.Output, quiet);
            else ModelTables.Trajectory(trajectory, to.Output);
            foreach (var file in written) to.Output.WriteLine(Places.Show(file));
        }
        if (cancellation.IsCancellationRequested || models.Exists(static m => m.IsInterrupted))
        {
            to.Error.WriteLine($"rhoflow: interrupted; {models.Count} of {request.Models.Count} models were measured until then");
            return ExitStatus.Interrupted;
        }
        return refused.Count > 0 ? ExitStatus.BadData : ExitStatus.Done;
    }

    // csv has every measure, not only what is drawn.
    private static IReadOnlyList<string> Draw(ModelTrajectory trajectory, IReadOnlyList<string> targets, ProgressLine progress,
        CancellationToken cancellation)
    {
        if (targets.Count == 0 || cancellation.IsCancellationRequested) return [];
        progress.Report(static () => "drawing");
        return Places.Writing(targets[0], () =>
        {
            string[] tables = [.. targets.Where(static t => t.EndsWith(".csv", StringComparison.Ordinal)).Select(Path.GetFullPath)];
            var files = PlotFiles.Write(TrajectoryFigure.Of(trajectory), [.. targets.Where(t => !tables.Contains(Path.GetFullPath(t)))],
                CommandLine.Words(), cancellation);
            foreach (var table in tables)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(table)!);
                AtomicFile.Write(table, trajectory.ToCsv());
            }
            foreach (var note in files.Notes) progress.Say(note);
            return (IReadOnlyList<string>)[.. files.Written, .. tables];
        });
    }
}
