using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Cli;

/// <summary>
/// The runs of a sweep, some at a time. Those that another process is at work on are left to it while there are others; at the end they are
/// waited for. Whatever ends one of them is told in a sentence, and the others go on.
/// </summary>
/// <param name="groups">What is run together.</param>
/// <param name="launcher">Where to.</param>
/// <param name="workers">Processes that make the runs; null: this one does.</param>
/// <param name="request">How many at a time, and whether to stop at the first failure.</param>
/// <param name="progress">Told where the sweep stands.</param>
internal sealed class SweepExecution(
    IReadOnlyList<IReadOnlyList<Experiment>> groups, RunLauncher launcher, WorkerPool? workers, RunRequest request, ProgressLine progress)
    : ISweep
{
    // A sweep goes on by being started again, so its runs always resume.
    private readonly RunLauncher _launcher = Resuming(launcher);
    private readonly IReadOnlyList<RunOutcome>?[] _outcomes = new IReadOnlyList<RunOutcome>?[groups.Count];
    private readonly Exception?[] _refused = new Exception?[groups.Count];
    private readonly HashSet<RunOwner> _told = [];

    /// <summary>The launcher as a sweep uses it.</summary>
    public static RunLauncher Resuming(RunLauncher launcher) => launcher with { Resume = true, Wait = false };

    /// <inheritdoc/>
    public Dictionary<Experiment, RunOutcome> Outcomes()
    {
        var all = new Dictionary<Experiment, RunOutcome>(ReferenceEqualityComparer.Instance);
        foreach (var (group, ended) in groups.Zip(_outcomes))
            for (var i = 0; i < ended?.Count; i++) all[group[i]] = ended[i];
        return all;
    }

    /// <inheritdoc/>
    public Dictionary<Experiment, Exception> Refusals() => groups.Zip(_refused).Where(static p => p.Second is not null)
        .SelectMany(static p => p.First.Select(e => KeyValuePair.Create(e, p.Second!)))
        .ToDictionary(static p => p.Key, static p => p.Value, (IEqualityComparer<Experiment>)ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public void Run(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var cores = request.Jobs > 0 ? request.Jobs : Environment.ProcessorCount;
        var threads = workers is null ? cores : Environment.ProcessorCount;
        int[] left = [.. Enumerable.Range(0, groups.Count)];
        while (true)
        {
            var atATime = Math.Max(1, Math.Min(cores, left.Length));
            // A run at a time to each, so that none stands still while another has several left.
            var (queue, next) = (left, -1);
            Task.WaitAll([.. Enumerable.Range(0, atATime).Select(_ => Task.Factory.StartNew(() =>
            {
                while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) is var k && k < queue.Length)
                    Do(queue[k], Math.Max(1, threads / atATime), stop);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))], CancellationToken.None);
            left = [.. left.Where(i => _outcomes[i]?.Any(static o => o.AtWork is not null) ?? false)];
            if (left.Length == 0 || stop.IsCancellationRequested) return;
            foreach (var owner in left.SelectMany(i => _outcomes[i]!).Select(static o => o.AtWork).OfType<RunOwner>().Where(_told.Add))
                progress.Say($"a run of this sweep is at work: {owner}. Waiting for it; Ctrl-C ends the waiting only");
            if (!_launcher.LookAgain(stop.Token)) return;
        }
    }

    private void Do(int i, int threads, CancellationTokenSource stop)
    {
        try
        {
            _outcomes[i] = workers is null ? _launcher.Launch(groups[i], threads, at => Report($"; {at}"), stop.Token)
                : workers.Launch(groups[i], threads, at => Report($"; {at}"), stop.Token);
        }
        catch (RunInterruptedException e)
        {
            _outcomes[i] = e.Outcomes;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e)
        {
            _refused[i] = e;
            progress.Complain($"{groups[i][0].Name}: {Sentence(e)}");
        }
        Report("");
        foreach (var ended in _outcomes[i] ?? [])
            foreach (var note in ended.Recovery) progress.Complain($"{Places.Show(ended.Folder.Path)}: {note}");
        foreach (var failed in _outcomes[i]?.Where(static o => o.Error is not null) ?? [])
            progress.Complain($"{Places.Show(failed.Folder.Path)}: {failed.Error}");
        if (request.FailFast && (_refused[i] is not null || _outcomes[i]!.Any(static o => o.Status == RunStatus.Failed))) stop.Cancel();
    }

    private static string Sentence(Exception e) => e switch
    {
        Lab.Config.ConfigException or Data.DataException or RunFolderException or IOException or UnauthorizedAccessException => e.Message,
        OutOfMemoryException => "the run needs more memory than there is",
        _ => $"this should not have happened, please report it: {e.GetType().Name}: {e.Message}",
    };

    private void Report(string more) => progress.Report(() =>
        $"{_outcomes.Sum(static o => o?.Count(static r => r.AtWork is null) ?? 0)} of {groups.Sum(static g => g.Count)} runs done{more}");
}
