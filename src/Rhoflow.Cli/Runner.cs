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
        var outcome = Launch([experiment], Launcher(request, progress), Environment.ProcessorCount,
            at => progress.Report(() => $"{experiment.Name}: {at}"), cancellation)[0];
        if (outcome.Reused) progress.Say($"this run is finished already; its result is read from {Places.Show(outcome.Folder.Path)}");
        progress.Dispose();
        if (request.Json) output.WriteLine(RunDocument.Read(outcome.Folder).ToJsonString(Json.Options));
        else if (outcome.Status != RunStatus.Interrupted || !request.Quiet) ObservationTable.Show(outcome.Folder, output);
        if (outcome.Error is { } why) error.WriteLine($"rhoflow: {why}");
        if (outcome.Status == RunStatus.Interrupted)
            error.WriteLine($"rhoflow: interrupted; the state is saved in {Places.Show(outcome.Folder.Path)}. The same command with "
                + "--resume goes on from there");
        return Status(outcome.Status);
    }

    private static int Many(RunRequest request, TextWriter output, ProgressLine progress, CancellationToken cancellation)
    {
        // Whatever is wrong with any of the runs is said before the first begins. Descents over the same minibatches are trained together.
        var groups = RunGroups.Of(request.Experiments);
        foreach (var group in groups) RunKinds.Of(group[0]).Prepare(group, request.Data);
        // A sweep goes on by being started again, so its runs always resume.
        var launcher = Launcher(request with { Resume = true }, progress);
        var outcomes = new IReadOnlyList<RunOutcome>?[groups.Count];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (done, total) = (0, request.Experiments.Count);
        var cores = request.Jobs > 0 ? request.Jobs : Environment.ProcessorCount;
        var atATime = Math.Min(cores, groups.Count);
        Parallel.For(0, groups.Count, new ParallelOptions { MaxDegreeOfParallelism = atATime }, i =>
        {
            if (stop.IsCancellationRequested) return;
            outcomes[i] = Launch(groups[i], launcher, Math.Max(1, cores / atATime),
                at => progress.Report(() => $"{done} of {total} runs done; {at}"), stop.Token);
            Interlocked.Add(ref done, groups[i].Count);
            progress.Report(() => $"{done} of {total} runs done");
            foreach (var failed in outcomes[i]!.Where(static o => o.Error is not null))
                progress.Say($"{Places.Show(failed.Folder.Path)}: {failed.Error}");
            if (request.FailFast && outcomes[i]!.Any(static o => o.Status == RunStatus.Failed)) stop.Cancel();
        });
        progress.Dispose();
        var byExperiment = new Dictionary<Experiment, RunOutcome>(ReferenceEqualityComparer.Instance);
        foreach (var (group, ended) in groups.Zip(outcomes))
            for (var i = 0; i < ended?.Count; i++) byExperiment[group[i]] = ended[i];
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
        return ran.Any(o => o.Status == RunStatus.Failed) ? ExitStatus.Failed : ExitStatus.Done;
    }

    // What was interrupted is shown like what is finished, with its status.
    private static IReadOnlyList<RunOutcome> Launch(
        IReadOnlyList<Experiment> group, RunLauncher launcher, int threads, Action<string> progress, CancellationToken cancellation)
    {
        try
        {
            return launcher.Launch(group, threads, progress, cancellation);
        }
        catch (RunInterruptedException e)
        {
            return e.Outcomes;
        }
    }

    // What readers of data have guessed is said once, however many runs share it; summary.json has it where nothing is said.
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
        RunStatus.Interrupted => ExitStatus.Interrupted,
        _ => ExitStatus.Failed,
    };
}
