using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>Does the runs of a request, and shows or prints what they gave.</summary>
internal static class Runner
{
    /// <summary>Returns the exit status: 0, 1 if a run failed, 130 if interrupted.</summary>
    public static int Run(RunRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(error, request.Quiet);
        return request.Sweep ? Many(request, output, progress, cancellation) : One(request, output, error, progress, cancellation);
    }

    private static int One(RunRequest request, TextWriter output, TextWriter error, ProgressLine progress, CancellationToken cancellation)
    {
        var experiment = request.Experiments[0];
        if (!request.Resume && RunFolder.FindFinished(request.Root, experiment.Name, RunIdentity.Id(experiment)) is null
            && RunFolder.FindResumable(request.Root, experiment.Name, RunIdentity.Id(experiment)) is { } unfinished)
            progress.Say($"note: an unfinished run of this config lies in {Places.Show(unfinished.Path)}; --resume would go on with it");
        var launcher = Launcher(request, progress) with
        {
            Waiting = owner => progress.Say($"this run is at work: {owner}. Waiting for its result; Ctrl-C ends the waiting only"),
        };
        RunOutcome outcome;
        try
        {
            outcome = launcher.Launch(experiment, at => progress.Report(() => $"{experiment.Name}: {at}"), cancellation);
        }
        catch (RunInterruptedException e)
        {
            // What was interrupted is shown like what is finished, with its status.
            outcome = e.Outcomes[0];
        }
        if (outcome.Reused) progress.Say($"this run is finished already; its result is read from {Places.Show(outcome.Folder.Path)}");
        progress.Dispose();
        if (request.Json) output.WriteLine(RunDocument.Read(outcome.Folder).ToJsonString(Json.Options));
        else if (outcome.Status is not (RunStatus.Interrupted or RunStatus.Running) || !request.Quiet) ObservationTable.Show(outcome.Folder, output);
        if (outcome.Error is { } why) error.WriteLine($"rhoflow: {why}");
        if (outcome.Status == RunStatus.Interrupted)
            error.WriteLine($"rhoflow: interrupted; the state is saved in {Places.Show(outcome.Folder.Path)}. The same command with "
                + "--resume goes on from there");
        if (outcome.AtWork is { } owner) error.WriteLine($"rhoflow: interrupted; the run goes on in {owner}");
        return Status(outcome.Status);
    }

    private static int Many(RunRequest request, TextWriter output, ProgressLine progress, CancellationToken cancellation)
    {
        // Whatever is wrong with any of the runs is said before the first begins. Descents over the same minibatches are trained together.
        var groups = RunGroups.Of(request.Experiments);
        foreach (var group in groups) RunKinds.Of(group[0]).Prepare(group, request.Data);
        var sweep = new SweepExecution(groups, Launcher(request, progress), request, progress);
        sweep.Run(cancellation);
        progress.Dispose();
        var total = request.Experiments.Count;
        var byExperiment = sweep.Outcomes();
        RunOutcome[] ran = [.. request.Experiments.Where(byExperiment.ContainsKey).Select(e => byExperiment[e])];
        var reused = ran.Count(o => o.Reused);
        if (reused > 0) progress.Say($"{reused} of {total} runs were finished already and are read from their folders");
        if (request.Json)
            output.WriteLine(new JsonObject
            {
                ["runs"] = new JsonArray([.. ran.Select(o => (JsonNode)RunDocument.Read(o.Folder))])
            }.ToJsonString(Json.Options));
        else RunTable.Show([.. ran.Select(o => o.Folder)], output);
        if (cancellation.IsCancellationRequested)
        {
            progress.Say($"interrupted with {ran.Count(o => o.Status == RunStatus.Finished)} of {total} runs finished; the same command "
                + "goes on from there");
            return ExitStatus.Interrupted;
        }
        return sweep.Status;
    }

    private static RunLauncher Launcher(RunRequest request, ProgressLine progress)
    {
        var said = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        return new(request.Root, request.Resume, Environment.GetCommandLineArgs()[1..])
        {
            Data = request.Data,
            Said = note =>
            {
                if (!request.Quiet && !request.Json && said.TryAdd(note, true)) progress.Say(note);
            },
        };
    }

    private static int Status(RunStatus status) => status switch
    {
        RunStatus.Finished => ExitStatus.Done,
        RunStatus.Interrupted or RunStatus.Running => ExitStatus.Interrupted,
        _ => ExitStatus.Failed,
    };
}
