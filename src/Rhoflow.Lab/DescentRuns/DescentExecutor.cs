using System.Numerics;
using Rhoflow.Descents;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>One descent and the folder that it writes.</summary>
/// <param name="Resume">Where it goes on; null: from its start.</param>
internal sealed record DescentMember(PreparedDescent Run, RunFolder Folder, DescentCheckpoint? Resume)
{
    /// <summary>What was wrong with saved states, and what was done then.</summary>
    public IReadOnlyList<string> Recovery { get; init; } = [];
}

/// <summary>
/// Trains the replicas of a group together, observes each at its epochs and writes its folder. Interrupted, every one saves where it
/// stands; resumed, it gives the same bits.
/// </summary>
internal static class DescentExecutor
{
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(8);

    /// <param name="members">Replicas that share data, network shape and minibatches, and stand at the same moment.</param>
    /// <param name="threads">Threads in all; without influence on the results.</param>
    /// <param name="progress">Told where the training stands, in words.</param>
    /// <param name="cancellation">Stops between two steps and saves the state.</param>
    /// <exception cref="RunFolderException">A folder could not be written to.</exception>
    /// <param name="afterStep">Told the steps done so far, after each.</param>
    /// <param name="time">By which states are saved; the system's unless given.</param>
    public static IReadOnlyList<RunOutcome> Execute(IReadOnlyList<DescentMember> members, int threads, Action<string>? progress,
        CancellationToken cancellation, Action<long>? afterStep = null, TimeProvider? time = null)
    {
        try
        {
            return members[0].Run.Experiment.Precision == Precision.Float32
                ? Train<float>(members, threads, progress, afterStep, time, cancellation)
                : Train<double>(members, threads, progress, afterStep, time, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{members[0].Folder.Path}' cannot be written: {e.Message.TrimEnd('.')}. What is "
                + "there is not taken for a finished run; make room, then start again with --resume", e);
        }
    }

    private static RunOutcome[] Train<T>(IReadOnlyList<DescentMember> members, int threads, Action<string>? progress,
        Action<long>? afterStep, TimeProvider? time, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var first = members[0].Run;
        var risk = new DataRisk<T>(first.Network, first.Experiment.Loss.Loss, first.Data.Train);
        using var training = new Training<T>(risk, [.. members.Select(static m => m.Run.Start)],
            new TrainingOptions { Threads = threads, Test = first.Data.Test });
        DescentRecord<T>[] records =
            [.. members.Select((m, i) => DescentRecord<T>.Open(m, training, training.Replicas[i], members.Count, threads))];
        try
        {
            var clock = new DescentClock<T>(training, first.Experiment.Descent.Epochs, progress, afterStep);
            using var watch = progress is null ? null
                : new MeasureWatch(words => progress($"epoch {training.Epoch} of {first.Experiment.Descent.Epochs}, {words}"));
            var saving = new CheckpointClock(BetweenCheckpoints, time);
            // After what is observed already: a resumed training may stand within an epoch.
            var reached = records.Max(static r => r.Position);
            foreach (var epoch in first.Experiment.Observe.Epochs!.Where(e => e >= reached))
            {
                if (!Reach(training, records, clock, saving, epoch, cancellation)) return Interrupt(records);
                if (records.Any(static r => r.MeasuresLong)) SaveAll(records, saving);
                try
                {
                    clock.Observe(() =>
                    {
                        foreach (var record in records) record.Observe(cancellation, watch);
                    });
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // A resumed run observes what was not.
                    return Interrupt(records);
                }
                catch
                {
                    // One of them cannot be observed or written: they all stand between two epochs, from where each goes on alone.
                    foreach (var record in records) record.TrySave();
                    throw;
                }
                if (saving.IsDue) SaveAll(records, saving);
                if (training.Replicas.All(static r => r.Failure is not null || r.Ending is not null)) break;
            }
            return [.. records.Select(static r => r.Finish())];
        }
        finally
        {
            foreach (var record in records) record.Dispose();
        }
    }

    private static RunOutcome[] Interrupt<T>(DescentRecord<T>[] records) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var saving = SavedStates.Saving();
        return [.. records.Select(static r => r.Interrupt())];
    }

    private static void SaveAll<T>(DescentRecord<T>[] records, CheckpointClock saving) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var busy = SavedStates.Saving();
        foreach (var record in records) record.Save();
        saving.Saved();
    }

    // In pieces of some seconds, so that little is lost if the process is killed; false if it was cancelled.
    private static bool Reach<T>(Training<T> training, DescentRecord<T>[] records, DescentClock<T> clock,
        CheckpointClock saving, int epoch, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        while (true)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            try
            {
                training.Train(epoch, pause.Token, t =>
                {
                    clock.Report(t);
                    if (saving.IsDue) pause.Cancel();
                });
                return true;
            }
            catch (OperationCanceledException) when (pause.IsCancellationRequested)
            {
                if (cancellation.IsCancellationRequested) return false;
                SaveAll(records, saving);
            }
            catch (DivergenceException)
            {
                // Every replica's own failure is in its record.
                return true;
            }
        }
    }
}
