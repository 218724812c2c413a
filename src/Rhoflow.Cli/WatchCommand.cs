using System.CommandLine;
using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.WatchRuns;

namespace Rhoflow.Cli;

/// <summary>
/// <c>rhoflow watch DIR</c>: measures each checkpoint that another program writes into a folder, as a run like any other.
/// </summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR")
        {
            Description = "The folder in which checkpoints appear: .safetensors, .pt, .pth, .npz or .onnx. They are ordered by the number "
                + "in their names (after 'step', else after 'epoch', else the last), or where names have none by time.",
        };
        var overrides = new Argument<string[]>("key.sub=value")
        {
            Description = "What a config would say: data.transforms=[scale-pixels], loss=square, observe.features=all, watch.order=time, "
                + "watch.names=[fc1.weight, fc2.weight] …",
            Arity = ArgumentArity.ZeroOrMore,
        };
        CompletionCommand.OfKeys(overrides);
        var network = new Option<string?>("--network")
        {
            Description = "A config whose network: says what the checkpoints are the weights of.",
            HelpName = "N.yaml",
        };
        var data = new Option<string?>("--data") { Description = "A set or path to measure on.", HelpName = "D" };
        var measures = new Option<string[]>("--measures")
        {
            Description = "Families (`rhoflow list measures`), family/name, or all; without it what costs no more than outputs.",
            AllowMultipleArgumentsPerToken = true,
        };
        var root = new Option<string>("--out")
        {
            Description = "The folder of all runs.",
            HelpName = "DIR",
            DefaultValueFactory = static _ => "runs",
        };
        var once = new Option<bool>("--once") { Description = "Measure what is there, and end." };
        var idle = new Option<double?>("--idle")
        {
            Description = "End when nothing has appeared for so long; without it Ctrl-C does.",
            HelpName = "SECONDS",
        };
        var threads = new Option<int>("-j")
        {
            Description = "Threads; no influence on results.",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
        };
        var dataFolder = DataCommand.FolderOption();
        var command = new Command("watch", "Measures each checkpoint that appears in a folder while another program trains.")
        {
            folder, overrides, data, network, measures, root, once, idle, threads, dataFolder,
        };
        var standard = StandardOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var changes = parsed.GetValue(overrides) ?? [];
            StandardOptions.RequireWords(command, changes);
            if (parsed.GetValue(threads) < 1) throw new ConfigException($"-j {parsed.GetValue(threads)}: at least 1 is needed");
            var seconds = parsed.GetValue(idle);
            if (seconds is { } s && !(s is >= 0 and < 1e9))
                throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"--idle {s}: a number of seconds is needed"));
            if (seconds is not null && parsed.GetValue(once))
                throw new ConfigException("--once ends before --idle could; give one of them");
            // An option that takes several words takes what stands behind it too.
            string[] asked = parsed.GetValue(measures) ?? [];
            changes = [.. changes, .. asked.Where(InspectRequest.IsChange)];
            string[] words = [.. asked.Where(static w => !InspectRequest.IsChange(w)).SelectMany(static w =>
                w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            var (json, quiet) = (parsed.GetValue(standard.Json), parsed.GetValue(standard.Quiet));
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error, quiet);
            var experiment = WatchWords.Read(parsed.GetValue(folder)!, parsed.GetValue(network), parsed.GetValue(data), words, changes,
                progress.Say) with
            {
                Until = new WatchUntil(parsed.GetValue(once), seconds is { } n ? TimeSpan.FromSeconds(n) : null),
            };
            progress.Report(static () => "reading and preparing the data");
            var launcher = new RunLauncher(parsed.GetValue(root)!, Resume: true, Environment.GetCommandLineArgs()[1..])
            {
                Data = DataFolders.Of(parsed.GetValue(dataFolder)) with { Reading = at => progress.Report(() => at) },
                Said = progress.Say,
                Wait = false,
            };
            return Task.FromResult(Watch(experiment, launcher, parsed.GetValue(threads), progress, json, quiet,
                parsed.InvocationConfiguration, cancellation));
        });
        return command;
    }

    private static int Watch(WatchExperiment experiment, RunLauncher launcher, int threads, ProgressLine progress, bool json, bool quiet,
        InvocationConfiguration to, CancellationToken cancellation)
    {
        RunOutcome outcome;
        try
        {
            outcome = launcher.Launch([experiment], threads, at => progress.Report(() => $"{experiment.Name}: {at}"), cancellation)[0];
        }
        catch (RunInterruptedException e)
        {
            outcome = e.Outcomes[0];
        }
        if (outcome.Cause is Data.DataException or ConfigException or RunFolderException)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(outcome.Cause);
        progress.Dispose();
        if (outcome.AtWork is { } owner)
            throw new RunFolderException($"this folder is watched already, with the same words: {owner}, writes "
                + $"{Places.Show(outcome.Folder.Path)}");
        // The work has stopped: what is left is to show it.
        using var showing = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
        if (json) to.Output.WriteLine(RunDocument.Read(outcome.Folder).ToJsonString(Json.Options));
        else if (!quiet) ObservationTable.Show(outcome.Folder, to.Output);
        FiguresOfRuns.Draw(experiment.Figures, [outcome.Folder], progress, cancellation);
        if (outcome.Error is { } why) to.Error.WriteLine($"rhoflow: {why}");
        if (outcome.Status == RunStatus.Interrupted)
            to.Error.WriteLine($"rhoflow: interrupted; what was measured is in {Places.Show(outcome.Folder.Path)}. The same command "
                + "goes on with what is new");
        return outcome.Status switch
        {
            RunStatus.Interrupted => ExitStatus.Interrupted,
            RunStatus.Failed => ExitStatus.Failed,
            // Where nothing could be measured, the files are bad or the words are.
            _ => outcome.Folder.Summary is { } summary && (int?)summary["checkpoints"] == 0 && summary["not_measured"]!.AsArray().Count > 0
                ? ExitStatus.BadData : ExitStatus.Done,
        };
    }
}
