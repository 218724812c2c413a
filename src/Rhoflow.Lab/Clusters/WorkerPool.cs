using System.Collections.Concurrent;
using System.ComponentModel;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Clusters;

/// <summary>
/// Processes of this host that make groups of runs. Each serves for many groups, since a start costs as much as a short run. When one ends
/// before its group has, whatever has ended it, the runs of the group are made one by one, from where they stand: those that end their
/// process again are failed runs.
/// </summary>
/// <param name="program">What to start.</param>
/// <param name="launcher">Where runs are written, and who is told what.</param>
internal sealed class WorkerPool(WorkerProgram program, RunLauncher launcher) : IDisposable
{
    private readonly ConcurrentBag<WorkerProcess> _idle = [];

    private sealed class WorkerLostException(string why) : Exception(why);

    /// <summary>As <see cref="RunLauncher.Launch(IReadOnlyList{Experiment}, int, Action{string}, CancellationToken)"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; every state is saved.</exception>
    public IReadOnlyList<RunOutcome> Launch(
        IReadOnlyList<Experiment> group, int threads, Action<string>? progress, CancellationToken cancellation)
    {
        try
        {
            return Once(group, threads, progress, cancellation);
        }
        catch (WorkerLostException) when (group.Count > 1)
        {
            return [.. group.SelectMany(e => Launch([e], threads, progress, cancellation))];
        }
        catch (WorkerLostException e)
        {
            return [Lost(group[0], $"its process {e.Message}. The same command goes on from its last saved state")];
        }
    }

    public void Dispose()
    {
        foreach (var worker in _idle) worker.Close();
        foreach (var worker in _idle) worker.Dispose();
    }

    private IReadOnlyList<RunOutcome> Once(
        IReadOnlyList<Experiment> group, int threads, Action<string>? progress, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var isFree = _idle.TryTake(out var free);
            var ended = Ask(isFree ? free! : Start(), group, threads, progress, cancellation, out var began);
            if (ended is not null) return [.. ended.Select(o => Judge(o, cancellation))];
            // One that had nothing to do may have ended since.
            if (began is not null || !isFree) throw new WorkerLostException(began ?? "ended before it began");
        }
    }

    // How the runs ended; null: the worker did, after or before it began with them.
    private IReadOnlyList<RunOutcome>? Ask(WorkerProcess worker, IReadOnlyList<Experiment> group, int threads, Action<string>? progress,
        CancellationToken cancellation, out string? lost)
    {
        lost = null;
        IReadOnlyList<RunOutcome>? ended = null;
        var answered = false;
        var stopping = cancellation.Register(worker.Close);
        try
        {
            var order = WorkOrder.For([group], launcher.Root, launcher.Data, launcher.CommandLine) with
            {
                Wait = launcher.Wait,
                Threads = threads,
            };
            var began = false;
            if (worker.Send(order.ToLine()))
                while (ended is null && worker.Receive() is { } line)
                {
                    // A refusal is thrown, and leaves the worker ready for more.
                    began = answered = true;
                    ended = WorkReport.Read(line, launcher.Said, progress);
                }
            answered = ended is not null;
            if (ended is not null) return ended;
            cancellation.ThrowIfCancellationRequested();
            if (began) lost = worker.End();
            return null;
        }
        finally
        {
            stopping.Dispose();
            if (answered && !cancellation.IsCancellationRequested) _idle.Add(worker);
            else worker.Dispose();
        }
    }

    // A worker alone that was asked to end, by somebody's TERM.
    private static RunOutcome Judge(RunOutcome outcome, CancellationToken cancellation) =>
        outcome.Status == RunStatus.Interrupted && !cancellation.IsCancellationRequested
            ? outcome with { Status = RunStatus.Failed, Error = "its process was asked to end; the same command goes on from there" }
            : outcome;

    private WorkerProcess Start()
    {
        try
        {
            return WorkerProcess.Start(program);
        }
        catch (Win32Exception e)
        {
            throw new ConfigException($"no process can be started for the runs ({e.Message}); without -j they are made in one", e);
        }
    }

    private RunOutcome Lost(Experiment experiment, string why)
    {
        var id = RunIdentity.Id(experiment);
        return RunFolder.Of(launcher.Root, experiment.Name).LastOrDefault(f => f.Id == id) is { } left
            ? FailedRun.Crashed(left, experiment, why) : throw new RunFolderException($"a run was not begun, since {why}");
    }
}
