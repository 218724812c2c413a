using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.Tables;
using Rhoflow.Numerics;

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
        if (request.Resume && LongerRun.Begin(experiment, request.Root, request.Data, CommandLineWords) is { } begun) progress.Say(begun);
        var launcher = Launcher(request, progress) with
        {
            Waiting = owner => progress.Say($"this run is at work: {owner}. Waiting for its result; Ctrl-C ends the waiting only"),
        };
        RunOutcome outcome;
        progress.Report(static () => "reading and preparing the data");
        try
        {
            outcome = launcher.Launch(experiment, at => progress.Report(() => $"{experiment.Name}: {at}"), cancellation);
        }
        catch (RunInterruptedException e)
        {
            // What was interrupted is shown like what is finished, with its status.
            outcome = e.Outcomes[0];
        }
        if (outcome.Reused)
            progress.Say($"this run is finished already, since {outcome.Folder.FinishedAt:yyyy-MM-dd HH:mm}; its result is read from "
                + Places.Show(outcome.Folder.Path));
        progress.Dispose();
        // The work has stopped: what is left is to show it.
        using var showing = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
        if (request.Json)
        {
            var document = RunDocument.Read(outcome.Folder);
            document["reused"] = outcome.Reused;
            output.WriteLine(document.ToJsonString(Json.Options));
        }
        else if (outcome.Status is not (RunStatus.Interrupted or RunStatus.Running) || !request.Quiet)
            ObservationTable.Show(outcome.Folder, output, outcome.Reused);
        FiguresOfRuns.Draw(experiment.Figures, [outcome.Folder], progress, cancellation);
        if (outcome.Error is { } why) error.WriteLine($"rhoflow: {why}");
        if (outcome.Status == RunStatus.Interrupted)
            error.WriteLine($"rhoflow: interrupted; the state is saved in {Places.Show(outcome.Folder.Path)}. The same command with "
                + "--resume goes on from there");
        if (outcome.AtWork is { } owner) error.WriteLine($"rhoflow: interrupted; the run goes on in {owner}");
        return outcome.Status == RunStatus.Finished && !RunRecord.Read(outcome.Folder).Reached ? ExitStatus.Failed : Status(outcome.Status);
    }

    private static int Many(RunRequest request, TextWriter output, ProgressLine progress, CancellationToken cancellation)
    {
        // Whatever is wrong with any of the runs is said before the first begins. Descents over the same minibatches are trained together.
        progress.Report(() => $"reading the data of {request.Runs.Count} runs, and checking each");
        request = request with
        {
            Runs = Unstoppable.Run(() => SweepPlan.Check(request.Runs, request.Data, request.FailFast), cancellation),
        };
        if (request.Resume) request = Lengthened(request, progress);
        var refused = request.Runs.Where(static r => r.Refusal is not null).ToArray();
        foreach (var r in refused) progress.Say($"{r.Values(request.Varied)} is refused: {r.Refusal!.Message}");
        var groups = RunGroups.Of(request.Experiments);
        var launcher = Launcher(request, progress);
        using var workers = request is { Processes: true, Slurm: false }
            ? new WorkerPool(Program, SweepExecution.Resuming(launcher)) : null;
        // This process must not end before its workers have, which save what they are at and end by themselves.
        IDisposable? saving = null;
        using var ending = workers is null ? default : cancellation.Register(() => saving = SavedStates.Saving());
        ISweep sweep = request.Slurm
            ? new SlurmSweep(groups, launcher, Program, request.Jobs) { Wait = request.Wait, Say = progress.Say, Report = progress.Report }
            : new SweepExecution(groups, launcher, workers, request, progress);
        sweep.Run(cancellation);
        progress.Dispose();
        // The work has stopped: what is left is to show it.
        using var showing = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
        var total = request.Experiments.Count;
        var byExperiment = sweep.Outcomes();
        RunOutcome[] ran = [.. request.Experiments.Where(byExperiment.ContainsKey).Select(e => byExperiment[e])];
        var reused = ran.Count(o => o.Reused);
        if (reused > 0) progress.Say($"{reused} of {total} runs were finished already and are read from their folders");
        var failed = sweep.Refusals();
        request = request with
        {
            Runs = [.. request.Runs.Select(r => r.Experiment is { } e && failed.TryGetValue(e, out var why)
                ? r with { Experiment = null, Refusal = why } : r)],
        };
        if (request.Slurm)
            foreach (var o in ran.Where(static o => o.Error is not null)) progress.Complain($"{Places.Show(o.Folder.Path)}: {o.Error}");
        ShowSweep(request, byExperiment, output);
        foreach (var idle in IdleKeys.Of(RunRecord.Read([.. ran.Select(static o => o.Folder)]))) progress.Say($"note: {idle}");
        if (request.Experiments.Count > 0)
            FiguresOfRuns.Draw(request.Experiments[0].Figures, [.. ran.Select(static o => o.Folder)], progress, cancellation);
        if (cancellation.IsCancellationRequested)
        {
            progress.Say($"interrupted with {ran.Count(o => o.Status == RunStatus.Finished)} of {total} runs finished; "
                + (request.Slurm ? "the tasks go on without this command, and the same one watches them again"
                : "the same command goes on from there"));
            return ExitStatus.Interrupted;
        }
        if (Status(byExperiment.Values, failed.Values) is not ExitStatus.Done and var status) return status;
        return refused.Length > 0 || ran.Any(static o => !RunRecord.Read(o.Folder).Reached) ? ExitStatus.Failed : ExitStatus.Done;
    }

    // 0 if all runs are finished, or left to others; the status that they have in common if some failed; 1 if those differ.
    private static int Status(IEnumerable<RunOutcome> outcomes, IEnumerable<Exception> refusals)
    {
        int[] failures =
        [
            .. refusals.Select(ExitStatus.Of),
            .. outcomes.Where(static o => o.Status == RunStatus.Failed || o.Error is not null)
                .Select(static o => o.Cause is { } why ? ExitStatus.Of(why) : ExitStatus.Failed),
        ];
        return failures.Distinct().ToArray() switch
        {
            [] => ExitStatus.Done,
            [var one] => one,
            _ => ExitStatus.Failed,
        };
    }

    internal static WorkerProgram Program => new(typeof(Runner).Assembly.Location);

    private static string[] CommandLineWords => Environment.GetCommandLineArgs()[1..];

    // A sweep always goes on with its own runs; with --resume also with shorter ones.
    private static RunRequest Lengthened(RunRequest request, ProgressLine progress)
    {
        var said = new List<(string Of, string Begun)>();
        var longer = request with { Runs = [.. request.Runs.Select(r => Lengthened(r, request, said))] };
        // Of fifty runs that begin at their beginning one sentence is enough.
        foreach (var same in said.GroupBy(static s => s.Begun, StringComparer.Ordinal).Select(static g => g.ToArray()))
            progress.Say($"{(same.Length == 1 ? same[0].Of : $"{same.Length} runs")}: {same[0].Begun}");
        return longer;
    }

    private static PlannedRun Lengthened(PlannedRun run, RunRequest request, List<(string Of, string Begun)> said)
    {
        if (run.Experiment is not { } experiment) return run;
        try
        {
            if (LongerRun.Begin(experiment, request.Root, request.Data, CommandLineWords) is { } begun)
                said.Add((run.Values(request.Varied), begun));
            return run;
        }
        catch (Exception why) when (why is ConfigException or Data.DataException)
        {
            return run with { Experiment = null, Refusal = why };
        }
    }

    // In the order of the sweep, those refused among the others.
    private static void ShowSweep(RunRequest request, Dictionary<Experiment, RunOutcome> ended, TextWriter output)
    {
        var varied = request.Varied;
        var name = request.Experiments.Count > 0 ? request.Experiments[0].Name : "run";
        RunRow[] rows = [.. request.Runs.Where(r => r.Experiment is null || ended.ContainsKey(r.Experiment)).Select(run =>
        {
            var record = run.Experiment is { } e ? RunRecord.Read(ended[e].Folder) : null;
            // As the config has it where it has the key, else as typed.
            var keys = varied.Select(k => KeyValuePair.Create(k, record?.Keys.GetValueOrDefault(k) ?? run.Value(k)))
                .Where(static p => p.Value is not null && !Overrides.IsNull(p.Value))
                .ToDictionary(static p => p.Key, static p => p.Value!, StringComparer.Ordinal);
            return new RunRow(run.Experiment?.Name ?? name, record, keys, run.Refusal?.Message,
                run.Experiment is { } done ? ended[done].Reused : null);
        })];
        if (request.Json)
            output.WriteLine(new JsonObject
            {
                ["runs"] = new JsonArray([.. rows.Select(r => (JsonNode)RunTable.Document(r, varied, observations: true))]),
            }.ToJsonString(Json.Options));
        else if (rows.Length > 0) RunTable.Show(rows, varied, output);
    }

    private static RunLauncher Launcher(RunRequest request, ProgressLine progress)
    {
        var said = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        return new(request.Root, request.Resume, CommandLineWords)
        {
            Data = request.Data with { Reading = at => progress.Report(() => at) },
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
