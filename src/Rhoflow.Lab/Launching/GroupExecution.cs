using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>
/// Runs a group so that each of its runs has an outcome. What ends the group as a whole is that of one run mostly: they are then run one by
/// one, from where they stand, and only those fail that fail alone.
/// </summary>
internal static class GroupExecution
{
    /// <exception cref="RunInterruptedException">Cancelled; every state is saved.</exception>
    public static IReadOnlyList<RunOutcome> Run(RunKind kind, IReadOnlyList<RunMember> members, int threads, Action<string>? progress,
        CancellationToken cancellation)
    {
        try
        {
            return kind.Execute(members, threads, progress, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (members.Count == 1) return [FailedRun.End(members[0].Folder, members[0].Run.Experiment, e)];
            return OneByOne(kind, members, e, threads, progress, cancellation);
        }
    }

    private static RunOutcome[] OneByOne(RunKind kind, IReadOnlyList<RunMember> members, Exception why, int threads,
        Action<string>? progress, CancellationToken cancellation)
    {
        var outcomes = new RunOutcome[members.Count];
        for (var i = 0; i < members.Count; i++)
        {
            var (run, folder, _) = members[i];
            // Some may have ended before.
            if (folder.Status is RunStatus.Finished or RunStatus.Failed)
            {
                outcomes[i] = new RunOutcome(folder, folder.Status, (string?)folder.Summary?["error"]);
                continue;
            }
            try
            {
                if (cancellation.IsCancellationRequested)
                {
                    outcomes[i] = new RunOutcome(folder, RunStatus.Interrupted);
                    continue;
                }
                folder.RequireOurs();
                folder.Log($"goes on alone, since the runs together ended with: {why.Message}");
                var begun = File.Exists(folder.File("metrics.csv"));
                outcomes[i] = kind.Execute([new RunMember(run, folder, begun)], threads, progress, cancellation)[0];
            }
            catch (RunInterruptedException e)
            {
                outcomes[i] = e.Outcomes[0];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                outcomes[i] = FailedRun.End(folder, run.Experiment, RunFolder.CannotWrite(folder.Path, e));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                outcomes[i] = FailedRun.End(folder, run.Experiment, e);
            }
        }
        return Array.Exists(outcomes, static o => o.Status == RunStatus.Interrupted)
            ? throw new RunInterruptedException(outcomes, cancellation) : outcomes;
    }
}
