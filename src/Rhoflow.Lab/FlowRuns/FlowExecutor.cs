using System.Diagnostics;
using System.Text.Json.Nodes;
using Rhoflow.Flows;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>Follows a prepared run and writes its folder. Interrupted, it saves where it stands; resumed, it gives the same bits.</summary>
internal static class FlowExecutor
{
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(3);

    /// <param name="run">What to do.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="resume">Go on from the folder's checkpoint, if it has one that fits.</param>
    /// <param name="progress">Told every observation's instant, and between them every few seconds how far it is, in words.</param>
    /// <param name="cancellation">Stops the run and saves its state.</param>
    /// <exception cref="RunFolderException">The folder could not be written to (a full disk, no permission).</exception>
    /// <param name="time">By which states are saved; the system's unless given.</param>
    public static RunOutcome Execute(PreparedFlow run, RunFolder folder, bool resume, Action<string>? progress,
        CancellationToken cancellation, TimeProvider? time = null)
    {
        try
        {
            return Follow(run, folder, resume, progress, time, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{folder.Path}' cannot be written: {e.Message.TrimEnd('.')}. What is there is "
                + "not taken for a finished run; make room, then start again with --resume", e);
        }
    }

    private static RunOutcome Follow(PreparedFlow run, RunFolder folder, bool resume, Action<string>? progress, TimeProvider? time,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var trajectory = run.Start(progress);
        var memory = new ObservationMemory(run.Columns.Start(run.Theta));
        var notes = new List<string>();
        using var writer = Open(run, folder, resume, trajectory, memory, notes);
        foreach (var note in notes) folder.Log(note);
        folder.Log(writer.Rows > 0 || trajectory.Checkpoint is not null ? $"resumed after observation {writer.Rows}"
            : $"started: {run.Experiment.Flow.Kind.Name}, {run.Flow.Dimension} unknowns");
        foreach (var note in run.Notes) folder.Log(note);
        var saving = new CheckpointClock(BetweenCheckpoints, time);
        var instant = "";
        using var watch = progress is null ? null : new MeasureWatch(words => progress($"{instant}{words}"));
        (JsonObject? limits, List<string> limitNotes) = (null, []);
        trajectory.AfterStep = () =>
        {
            if (saving.IsDue) Save();
        };
        try
        {
            foreach (var point in trajectory.At(run.Instants, cancellation))
            {
                var isEnd = writer.Rows == 0 || writer.Rows == run.Instants.Count - 1;
                // An observation that may take long can be given up; what is before it is not lost then.
                if (run.Columns.Table.Needs(MeasureNeed.Curvature)
                    && run.Experiment.Observe.Detail.IsDue(MeasureNeed.Curvature, isEnd)) Save();
                instant = $"{point.At}, ";
                writer.Add(run.Columns.Observe(point, trajectory.Steps, memory.Now, isEnd, cancellation, watch));
                memory.Advance(point, writer.Rows, trajectory.Checkpoint?.Observed ?? 0);
                progress?.Invoke(point.At.ToString());
                if (saving.IsDue) Save();
            }
            progress?.Invoke($"{instant}finding the limits");
            limits = LimitSummary.Of(run, limitNotes, cancellation);
        }
        catch (OperationCanceledException)
        {
            Save();
            return End(RunStatus.Interrupted, null);
        }
        catch (IntegrationException e)
        {
            limits = LimitSummary.Of(run, limitNotes, CancellationToken.None);
            return End(RunStatus.Failed, e.Message);
        }
        return End(RunStatus.Finished, null);

        void Save()
        {
            using var busy = SavedStates.Saving();
            folder.RequireOurs();
            if (trajectory.Checkpoint is { } at)
                FlowCheckpoint.Write(folder.Path, folder.Id, new FlowState(at, memory.At(at.Observed)));
            saving.Saved();
        }

        RunOutcome End(RunStatus status, string? error)
        {
            using var busy = status == RunStatus.Interrupted ? SavedStates.Saving() : null;
            writer.Dispose();
            folder.RequireOurs();
            AtomicFile.Write(folder.File("summary.json"),
                Summarize(run, folder, status, error, trajectory, clock.Elapsed, notes, limits, limitNotes)
                    .ToJsonString(RunFolder.Indented) + "\n");
            folder.Log(error is null ? status.ToString().ToLowerInvariant() : $"failed: {error}");
            if (status == RunStatus.Finished) SavedStates.Forget(folder, FlowCheckpoint.Name, latest: true);
            return new RunOutcome(folder, status, error) { Recovery = notes };
        }
    }

    private static ObservationWriter Open(PreparedFlow run, RunFolder folder, bool resume, Trajectory trajectory, ObservationMemory memory,
        List<string> notes)
    {
        // A summary of the interrupted part must not stand beside rows that go on.
        File.Delete(folder.File("summary.json"));
        if (!resume) return run.Writer(folder, 0);
        var beginning = memory.At(0);
        ObservationWriter? writer = null;
        var state = SavedStates.Newest(folder, FlowCheckpoint.Name, path => FlowCheckpoint.Read(path, folder.Id), state =>
        {
            if (state.Trajectory.Stepper.Y.Length != trajectory.Unknowns)
                throw new ArgumentException($"{state.Trajectory.Stepper.Y.Length} unknowns; this flow has {trajectory.Unknowns}");
            memory.Restore(state.History, state.Trajectory.Observed);
            writer = run.Writer(folder, state.Trajectory.Observed);
        }, notes);
        if (state is null)
        {
            memory.Restore(beginning, 0);
            return run.Writer(folder, 0);
        }
        trajectory.Resume(state.Trajectory);
        return writer!;
    }

    private static JsonObject Summarize(PreparedFlow run, RunFolder folder, RunStatus status, string? error, Trajectory trajectory,
        TimeSpan elapsed, IReadOnlyList<string> recovery, JsonObject? limits, IReadOnlyList<string> limitNotes)
    {
        var (columns, rows) = MetricsFile.Read(folder.File("metrics.csv"));
        string[] notes = [.. recovery, .. run.Columns.Notes, .. run.Columns.Table.Failures, .. limitNotes];
        var summary = new JsonObject
        {
            ["name"] = run.Experiment.Name,
            ["id"] = run.Id,
            ["status"] = status.ToString().ToLowerInvariant(),
            ["error"] = error,
            ["reached"] = status == RunStatus.Finished
                && UntilCheck.IsReached(run.Experiment.Flow.Until, columns, rows.Count > 0 ? rows[^1] : null),
            ["kind"] = run.Experiment.Flow.Kind.Name,
            ["observations"] = rows.Count,
            ["last"] = rows.Count > 0 ? RunDocument.Row(columns, rows[^1]) : null,
            ["method"] = trajectory.MethodName,
            ["steps"] = trajectory.Steps,
            ["evaluations"] = trajectory.Evaluations,
            ["kinks"] = trajectory.Kinks,
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 4),
            ["events"] = new JsonArray([.. trajectory.Events.Take(100).Select(e => (JsonNode)new JsonObject
            {
                ["what"] = e.What,
                ["log10_t"] = RunDocument.Number(e.At.Log10T),
                ["detail"] = e.Detail,
            })]),
            ["limits"] = limits,
            ["data_notes"] = new JsonArray([.. run.DataNotes.Select(static n => (JsonNode)n)]),
            ["notes"] = new JsonArray([.. notes.Select(static n => (JsonNode)n)]),
            ["layers"] = RunDocument.Layers(run.Flow.Network),
        };
        if (run.DataNotes.Count == 0) summary.Remove("data_notes");
        return summary;
    }
}
