using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Clusters;

/// <summary>
/// The runs of a sweep as job arrays. What is finished, queued or at work is not submitted again, so the same command goes on with what was
/// cancelled, timed out or killed. Then the tasks are watched; ending the command ends the watching only.
/// </summary>
/// <param name="groups">What is trained together.</param>
/// <param name="launcher">Where to, and what the person typed.</param>
/// <param name="program">What a task starts.</param>
/// <param name="atATime">Tasks at a time; 0: as the cluster likes.</param>
internal sealed class SlurmSweep(
    IReadOnlyList<IReadOnlyList<Experiment>> groups, RunLauncher launcher, WorkerProgram program, int atATime) : ISweep
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // A file server may show a folder's last file later than Slurm shows the end of its task.
    private const int Looks = 5;

    private readonly Dictionary<Experiment, RunOutcome> _outcomes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Experiment, Exception> _refusals = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Experiment> _open = new(StringComparer.Ordinal);
    private List<SlurmJob> _jobs = [];

    /// <summary>Watch the tasks until they have ended; otherwise only submit.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>Told what a person has to know.</summary>
    public required Action<string> Say { get; init; }

    /// <summary>Told where the tasks stand.</summary>
    public required Action<Func<string>> Report { get; init; }

    /// <inheritdoc/>
    public Dictionary<Experiment, RunOutcome> Outcomes() => _outcomes;

    /// <inheritdoc/>
    public Dictionary<Experiment, Exception> Refusals() => _refusals;

    /// <summary>The arrays that would be submitted now, if nothing is queued.</summary>
    public static IReadOnlyList<SlurmArray> Plan(IReadOnlyList<IReadOnlyList<Experiment>> groups, string root)
    {
        var finished = Finished(groups, root);
        return SlurmArray.Of(Left(groups, id => finished.ContainsKey(id)), SlurmCommands.LargestArray(CancellationToken.None));
    }

    /// <inheritdoc/>
    /// <exception cref="SlurmException">Nothing could be submitted.</exception>
    public void Run(CancellationToken cancellation)
    {
        SlurmCommands.Require(cancellation);
        foreach (var (id, folder) in Finished(groups, launcher.Root))
            foreach (var e in groups.SelectMany(static g => g).Where(e => RunIdentity.Id(e) == id))
                _outcomes[e] = new RunOutcome(folder, RunStatus.Finished, Reused: true);
        foreach (var e in groups.SelectMany(static g => g).Where(e => !_outcomes.ContainsKey(e))) _open[RunIdentity.Id(e)] = e;
        if (_open.Count == 0) return;
        Submit(cancellation);
        var states = Wait ? Watch(cancellation) : SlurmCommands.States(_jobs, cancellation);
        Conclude(states, cancellation);
    }

    // Of two commands given at once the second finds what the first has queued.
    private void Submit(CancellationToken cancellation)
    {
        using var claim = RunClaim.Take(launcher.Root, Path.GetFileName(SlurmJob.FolderOf(launcher.Root)), "submit", new LockWatch(),
            cancellation);
        var before = SlurmJob.Under(launcher.Root).Where(j => j.Tasks.Any(t => t.Any(_open.ContainsKey))).ToList();
        var states = SlurmCommands.States(before, cancellation);
        var queued = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in before)
        {
            var alive = Alive(job, states).ToArray();
            if (alive.Length > 0) _jobs.Add(job);
            else job.End(isFinished: false);
            queued.UnionWith(alive.SelectMany(i => job.Tasks[i]));
        }
        if (queued.Count > 0) Say($"{queued.Count} of the runs are queued or at work already, as {Names(_jobs)}");
        var arrays = SlurmArray.Of(Left(groups, id => !_open.ContainsKey(id) || queued.Contains(id)),
            SlurmCommands.LargestArray(cancellation));
        var made = new List<SlurmJob>();
        foreach (var array in arrays)
        {
            try
            {
                made.Add(SlurmJob.Submit(array, launcher.Root, Order, program, atATime, cancellation));
            }
            catch (SlurmException why) when (_jobs.Count + made.Count > 0)
            {
                foreach (var e in array.Tasks.SelectMany(static t => t).SelectMany(static g => g)) _refusals[e] = why;
                Say(why.Message);
            }
        }
        _jobs = [.. _jobs, .. made];
        if (made.Count > 0)
            Say($"{made.Sum(static j => j.Tasks.Sum(static t => t.Count))} runs in {made.Sum(static j => j.Tasks.Count)} tasks are "
                + $"submitted as {Names(made)}. {(Wait ? "Ctrl-C ends the watching only; " : "")}scancel "
                + $"{string.Join(' ', made.Select(static j => j.Id))} ends them, and the same command goes on from there");
    }

    private Dictionary<(string, int), TaskState> Watch(CancellationToken cancellation)
    {
        var pause = TimeSpan.FromSeconds(0.5);
        var silent = 0;
        while (true)
        {
            Dictionary<(string, int), TaskState>? states = null;
            try
            {
                states = SlurmCommands.States(_jobs, cancellation);
                silent = 0;
            }
            catch (SlurmException e)
            {
                // A controller that is started anew is away for a while.
                if (++silent == 1) Say($"{e.Message}; asking again");
                if (silent > 10)
                    throw new SlurmException($"{e.Message}. What was submitted goes on, and the same command looks again",
                        isRequest: false);
            }
            if (states is not null)
            {
                TaskState?[] ours =
                    [.. _jobs.SelectMany(j => Enumerable.Range(0, j.Tasks.Count).Select(i => states.GetValueOrDefault((j.Id, i))))];
                var alive = ours.OfType<TaskState>().Where(static s => s.IsAlive).ToArray();
                if (alive.Length == 0) return states;
                var waiting = alive.Where(static s => s.IsWaiting).ToArray();
                Report(() => $"{ours.Length - alive.Length} of {ours.Length} tasks have ended, "
                    + $"{alive.Length - waiting.Length} are at work, "
                    + $"{waiting.Length} wait{(waiting.FirstOrDefault(static s => s.Reason.Length > 0) is { } s ? $" ({s.Reason})" : "")}");
            }
            if (cancellation.WaitHandle.WaitOne(pause)) return states ?? [];
            pause = pause * 1.3 < LongestPause ? pause * 1.3 : LongestPause;
        }
    }

    private void Conclude(Dictionary<(string, int), TaskState> states, CancellationToken cancellation)
    {
        foreach (var job in _jobs)
        {
            for (var i = 0; i < job.Tasks.Count; i++)
            {
                var state = states.GetValueOrDefault((job.Id, i));
                foreach (var id in job.Tasks[i])
                    if (_open.TryGetValue(id, out var e)) Conclude(job, i, state, e, cancellation);
            }
            if (!Alive(job, states).Any() && !cancellation.IsCancellationRequested)
                job.End(job.Tasks.SelectMany(static t => t)
                    .All(id => !_open.TryGetValue(id, out var e) || _outcomes.GetValueOrDefault(e)?.Status == RunStatus.Finished));
        }
    }

    private void Conclude(SlurmJob job, int task, TaskState? state, Experiment e, CancellationToken cancellation)
    {
        var id = RunIdentity.Id(e);
        RunFolder? folder = null;
        var status = RunStatus.Unfinished;
        for (var look = 0; look < Looks; look++)
        {
            folder = RunFolder.Of(launcher.Root, e.Name).LastOrDefault(f => f.Id == id);
            status = folder?.Status ?? RunStatus.Unfinished;
            if (status is RunStatus.Finished or RunStatus.Failed || state is not { Word: "completed" }) break;
            if (cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1))) break;
        }
        var alive = state?.IsAlive ?? false;
        var name = $"task {job.Id}_{task}";
        if (folder is null)
        {
            if (!alive)
                _refusals[e] = new RunFolderException(
                    $"its {name} {state?.Told ?? "is gone"} before it began{Last(job, task)}; the same command submits it again");
        }
        else if (status == RunStatus.Finished) _outcomes[e] = new RunOutcome(folder, status);
        else if (alive) _outcomes[e] = new RunOutcome(folder, status);
        else if (status == RunStatus.Failed) _outcomes[e] = new RunOutcome(folder, status, (string?)folder.Summary?["error"]);
        else if (state?.IsCrash ?? false)
            _outcomes[e] = FailedRun.Crashed(folder, e, $"its {name} {state.Told}{Last(job, task)}. The same command goes on from its last "
                + "saved state");
        else
            _outcomes[e] = new RunOutcome(folder, status, $"its {name} {state?.Told ?? "is gone"}; the same command goes on from there");
    }

    private WorkOrder Order(SlurmArray array, int task) =>
        WorkOrder.For(array.Tasks[task], launcher.Root, launcher.Data, launcher.CommandLine) with { Wait = true };

    private static string Last(SlurmJob job, int task) => job.LastWords(task) is { } words ? $" ({words.TrimEnd('.')})" : "";

    private static string Names(IReadOnlyList<SlurmJob> jobs) =>
        $"job{(jobs.Count > 1 ? "s" : "")} {string.Join(", ", jobs.Select(static j => j.Id))}";

    private static IEnumerable<int> Alive(SlurmJob job, Dictionary<(string, int), TaskState> states) =>
        Enumerable.Range(0, job.Tasks.Count).Where(i => states.TryGetValue((job.Id, i), out var s) && s.IsAlive);

    private static IReadOnlyList<IReadOnlyList<Experiment>> Left(
        IReadOnlyList<IReadOnlyList<Experiment>> groups, Func<string, bool> isDone) =>
        [.. groups.Select(g => (IReadOnlyList<Experiment>)[.. g.Where(e => !isDone(RunIdentity.Id(e)))]).Where(static g => g.Count > 0)];

    // Each folder of runs is listed once, however many runs are looked for.
    private static Dictionary<string, RunFolder> Finished(IReadOnlyList<IReadOnlyList<Experiment>> groups, string root)
    {
        var finished = new Dictionary<string, RunFolder>(StringComparer.Ordinal);
        foreach (var same in groups.SelectMany(static g => g).GroupBy(static e => e.Name, StringComparer.Ordinal))
        {
            var ids = same.Select(RunIdentity.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var folder in RunFolder.Of(root, same.Key).Where(f => ids.Contains(f.Id) && f.Status == RunStatus.Finished))
                finished[folder.Id] = folder;
        }
        return finished;
    }
}
