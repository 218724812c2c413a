using System.Runtime.ExceptionServices;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Launching;

/// <summary>
/// Finds out whether a run is done already, at work in another process, can go on, or is new; then does what is left. Runs of any
/// <see cref="RunKind"/>. Any number of processes, on any number of hosts, may launch the same runs into one folder: each run is made by
/// one of them.
/// </summary>
/// <param name="Root">The folder of all runs.</param>
/// <param name="Resume">Go on with an interrupted run of the same id instead of beginning anew.</param>
/// <param name="CommandLine">For environment.json.</param>
public sealed record RunLauncher(string Root, bool Resume, IReadOnlyList<string> CommandLine)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    // Copies of a launcher share what has been seen of locks.
    private readonly LockWatch _watch = new();

    /// <summary>Where data sets lie; unless given where RHOFLOW_DATA says, or the user's cache.</summary>
    public DataFolders Data { get; init; } = DataFolders.Of(null);

    /// <summary>
    /// Told how the data of a run were read, before it begins, and by kinds of runs that have something to keep while they go on; a sweep
    /// may tell the same again for every run.
    /// </summary>
    public Action<string>? Said { get; init; }

    /// <summary>Wait for runs that other processes are at work on; otherwise their outcome says who is.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>Told who is at work, once for each that it waits for.</summary>
    public Action<RunOwner>? Waiting { get; init; }

    /// <summary>One run.</summary>
    /// <exception cref="Config.ConfigException">The experiment is wrong.</exception>
    /// <exception cref="Data.DataException">Its data are, or a saved state that it should go on from.</exception>
    /// <exception cref="RunFolderException">Nothing can be written.</exception>
    /// <exception cref="RunInterruptedException">Cancelled; the state is saved.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before anything was begun.</exception>
    public RunOutcome Launch(Experiment experiment, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        var outcome = Launch([experiment], Environment.ProcessorCount, progress, cancellation)[0];
        if (outcome.Cause is RunFolderException or Rhoflow.Data.DataException or Config.ConfigException)
            ExceptionDispatchInfo.Throw(outcome.Cause);
        return outcome;
    }

    /// <summary>
    /// A group of <see cref="RunGroups"/>: one flow, or descents that are trained together. A run that fails once its folder is there is
    /// an outcome, whatever made it fail, and the others of the group go on.
    /// </summary>
    /// <param name="group">Their outcomes come in this order.</param>
    /// <param name="threads">For descents; no influence on results.</param>
    /// <param name="progress">Told where the runs stand, in words.</param>
    /// <param name="cancellation">Stops the runs after their state is saved.</param>
    /// <exception cref="Config.ConfigException">An experiment is wrong.</exception>
    /// <exception cref="Data.DataException">Its data are.</exception>
    /// <exception cref="RunFolderException">No folder can be made.</exception>
    /// <exception cref="RunInterruptedException">Cancelled; the state is saved.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before anything was begun.</exception>
    public IReadOnlyList<RunOutcome> Launch(
        IReadOnlyList<Experiment> group, int threads, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        var outcomes = new RunOutcome?[group.Count];
        var told = new HashSet<RunOwner>();
        while (true)
        {
            // No lock is held while others are waited for.
            Attempt(group, outcomes, threads, progress, cancellation);
            if (!Wait || outcomes.All(static o => o!.AtWork is null)) return outcomes!;
            foreach (var outcome in outcomes)
                if (outcome!.AtWork is { } owner && told.Add(owner)) Waiting?.Invoke(owner);
            if (!LookAgain(cancellation)) throw new RunInterruptedException(outcomes!, cancellation);
        }
    }

    /// <summary>
    /// Lets some time pass, after which runs that were at work may be finished or left. False if it was cancelled.
    /// </summary>
    public bool LookAgain(CancellationToken cancellation)
    {
        if (cancellation.WaitHandle.WaitOne(BetweenLooks)) return false;
        _watch.LookAgain();
        return true;
    }

    // Does what can be done now: afterwards every outcome is there, and some may be that another process is at work.
    private void Attempt(IReadOnlyList<Experiment> group, RunOutcome?[] outcomes, int threads, Action<string>? progress,
        CancellationToken cancellation)
    {
        var open = new List<int>();
        for (var i = 0; i < group.Count; i++)
        {
            if (outcomes[i] is { AtWork: null }) continue;
            outcomes[i] = Settled(group[i], RunIdentity.Id(group[i]));
            if (outcomes[i] is null) open.Add(i);
        }
        if (open.Count == 0) return;
        var kind = RunKinds.Of(group[open[0]]);
        // Cancelled while the data are prepared, nothing is begun. Cancelled before, the run gets its folder with the state that it starts
        // from, as if its first step had been cancelled.
        IReadOnlyList<PreparedRun> Prepared() => kind.Prepare([.. open.Select(i => group[i])], Data);
        var prepared = cancellation.IsCancellationRequested ? Prepared() : Unstoppable.Run(Prepared, cancellation);
        var (indices, members) = (new List<int>(), new List<RunMember>());
        try
        {
            for (var k = 0; k < prepared.Count; k++)
            {
                if (Take(prepared[k], cancellation, out var settled) is not { } member)
                {
                    outcomes[open[k]] = settled;
                    continue;
                }
                indices.Add(open[k]);
                members.Add(member);
            }
        }
        catch
        {
            // Nothing was computed in what was begun.
            foreach (var member in members) Abandon(member);
            throw;
        }
        foreach (var note in members.SelectMany(static m => m.Run.DataNotes).Distinct(StringComparer.Ordinal)) Said?.Invoke(note);
        try
        {
            if (members.Count > 0) Set(GroupExecution.Run(kind, members, threads, progress, cancellation));
        }
        catch (RunInterruptedException e)
        {
            Set(e.Outcomes);
            throw new RunInterruptedException(outcomes!, cancellation);
        }
        finally
        {
            using var ending = cancellation.IsCancellationRequested ? SavedStates.Saving() : null;
            foreach (var member in members) member.Folder.Lock?.Dispose();
        }

        void Set(IReadOnlyList<RunOutcome> ended)
        {
            for (var k = 0; k < indices.Count; k++) outcomes[indices[k]] = ended[k];
        }
    }

    // Finished, or at work elsewhere; null: neither.
    private RunOutcome? Settled(Experiment e, string id)
    {
        var goesOn = RunKinds.Of(e).GoesOn;
        foreach (var folder in RunFolder.Of(Root, e.Name).Where(f => f.Id == id).Reverse())
        {
            if (!goesOn && folder.Status == RunStatus.Finished) return new RunOutcome(folder, RunStatus.Finished, Reused: true);
            if (folder.Holder(_watch) is { } owner) return new RunOutcome(folder, RunStatus.Running) { AtWork = owner };
        }
        return null;
    }

    private RunMember? Take(PreparedRun run, CancellationToken cancellation, out RunOutcome? settled)
    {
        var e = run.Experiment;
        using var claim = RunClaim.Take(Root, e.Name, run.Id, _watch, cancellation);
        // Again: another process may have been faster while this one loaded its data.
        settled = Settled(e, run.Id);
        if (settled is not null) return null;
        var left = RunKinds.Of(e).GoesOn ? RunFolder.Of(Root, e.Name).LastOrDefault(f => f.Id == run.Id)
            : Resume ? RunFolder.FindResumable(Root, e.Name, run.Id, _watch) : null;
        if (left is not { } started)
            return Member(run, RunFolder.Create(Root, e.Name, run.Id, e.ToYaml(), Described(), DateTime.Now, locked: true), resume: false);
        if (started.TryLock(_watch, out var owner) is not { } locked)
        {
            settled = new RunOutcome(started, RunStatus.Running) { AtWork = owner };
            return null;
        }
        if (!File.Exists(locked.File("environment.json")))
            AtomicFile.Write(locked.File("environment.json"), Described().ToJsonString(RunFolder.Indented) + "\n");
        return Member(run, locked, resume: true);
    }

    private RunMember Member(PreparedRun run, RunFolder folder, bool resume)
    {
        PreparationFile.Keep(folder, run);
        return new RunMember(run, folder, resume) { Said = Said };
    }

    private System.Text.Json.Nodes.JsonObject Described() => RunEnvironment.Describe(CommandLine);

    private static void Abandon(RunMember member)
    {
        if (!member.Resume) RunFolder.RemoveBestEffort(member.Folder.Path, recursive: true);
        member.Folder.Lock?.Dispose();
    }
}
