using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Rhoflow.Descents;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Training;

/// <summary>One descent and the folder that it writes.</summary>
/// <param name="Resume">Where it goes on; null: from its start.</param>
public sealed record TrainingMember(PreparedTraining Run, RunFolder Folder, TrainingCheckpoint? Resume);

/// <summary>
/// Trains the replicas of a group together, observes each at its epochs and writes its folder. Interrupted, every one saves where it stands;
/// resumed, it gives the same bits.
/// </summary>
public static class TrainingExecutor
{
    /// <param name="members">Replicas that share data, network shape and minibatches, and stand at the same moment.</param>
    /// <param name="threads">Threads in all; without influence on the results.</param>
    /// <param name="progress">Told where the training stands, in words.</param>
    /// <param name="cancellation">Stops between two steps and saves the state.</param>
    /// <exception cref="RunFolderException">A folder could not be written to.</exception>
    /// <param name="afterStep">Told the steps done so far, after each.</param>
    public static IReadOnlyList<RunOutcome> Execute(IReadOnlyList<TrainingMember> members, int threads, Action<string>? progress, CancellationToken cancellation, Action<long>? afterStep = null)
    {
        try
        {
            return members[0].Run.Experiment.Precision == Precision.Float32
                ? Train<float>(members, threads, progress, afterStep, cancellation)
                : Train<double>(members, threads, progress, afterStep, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{members[0].Folder.Path}' cannot be written: {e.Message.TrimEnd('.')}. What is there is not taken for a finished run; make room, then start again with --resume", e);
        }
    }

    private static RunOutcome[] Train<T>(IReadOnlyList<TrainingMember> members, int threads, Action<string>? progress, Action<long>? afterStep, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var first = members[0].Run;
        var risk = new DataRisk<T>(first.Network, first.Experiment.Loss.Loss, first.Data.Train);
        using var training = new Training<T>(risk, [.. members.Select(static m => new ReplicaStart(m.Run.Theta, m.Run.Options))],
            new TrainingOptions { Threads = threads, Test = first.Data.Test });
        TrainingRecord<T>[] records = [.. members.Select((m, i) => TrainingRecord<T>.Open(m, training, training.Replicas[i], members.Count))];
        try
        {
            var clock = new TrainingClock<T>(training, first.Experiment.Descent!.Epochs, progress, afterStep);
            // Behind what is observed already: a resumed training may stand within an epoch.
            var reached = records.Max(static r => r.Position);
            foreach (var epoch in first.Experiment.Observe.Epochs!.Where(e => e >= reached))
            {
                if (!Reach(training, records, clock, epoch, cancellation)) return [.. records.Select(static r => r.Interrupt())];
                foreach (var record in records) record.Observe();
                if (training.Replicas.All(static r => r.Failure is not null || r.Ending is not null)) break;
            }
            return [.. records.Select(static r => r.Finish())];
        }
        finally
        {
            foreach (var record in records) record.Dispose();
        }
    }

    // In pieces of some seconds, so that little is lost if the process is killed; false if it was cancelled.
    private static bool Reach<T>(Training<T> training, TrainingRecord<T>[] records, TrainingClock<T> clock, int epoch, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        while (true)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            pause.CancelAfter(TimeSpan.FromSeconds(10));
            try
            {
                if (training.Train(epoch, pause.Token, clock.Report)) return true;
            }
            catch (DivergenceException)
            {
                // Every replica's own failure is in its record.
                return true;
            }
            foreach (var record in records) record.Save();
            if (cancellation.IsCancellationRequested) return false;
        }
    }
}

/// <summary>Where a training stands, how fast it goes and how long it will take.</summary>
internal sealed class TrainingClock<T>(Training<T> training, int epochs, Action<string>? progress, Action<long>? afterStep) where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _begin = Steps(training);
    private TimeSpan _next;

    /// <summary>Called after every step; speaks ten times a second at most.</summary>
    public void Report(Training<T> _)
    {
        afterStep?.Invoke(Steps(training));
        if (progress is null || _clock.Elapsed < _next) return;
        _next = _clock.Elapsed + TimeSpan.FromSeconds(0.1);
        var done = Steps(training);
        var rate = (done - _begin) / _clock.Elapsed.TotalSeconds;
        var left = rate > 0 ? TimeSpan.FromSeconds(((long)epochs * training.StepsAnEpoch - done) / rate) : TimeSpan.Zero;
        var loss = training.Replicas.Where(static r => r.Failure is null).Select(static r => r.State.LogLoss / Math.Log(10)).DefaultIfEmpty(double.NaN).First();
        progress(string.Create(CultureInfo.InvariantCulture,
            $"epoch {training.Epoch + 1} of {epochs}, {rate / training.StepsAnEpoch:g3} epochs/s ({rate:g3} steps/s), log10 L {loss:f3}, {Words(left)} left"));
    }

    private static long Steps(Training<T> training)
    {
        var state = training.Replicas.FirstOrDefault(static r => r.Failure is null && !r.State.IsStopped)?.State;
        return state is null ? 0 : (long)state.Epoch * training.StepsAnEpoch + state.StepInEpoch;
    }

    private static string Words(TimeSpan t) => t.TotalHours >= 1 ? $"{(int)t.TotalHours} h {t.Minutes} min" : t.TotalMinutes >= 1 ? $"{t.Minutes} min {t.Seconds} s" : $"{t.Seconds} s";
}
