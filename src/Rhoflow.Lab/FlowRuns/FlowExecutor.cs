using System.Diagnostics;
using System.Text.Json.Nodes;
using Rhoflow.Flows;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>Follows a prepared run and writes its folder. Interrupted, it saves where it stands; resumed, it gives the same bits.</summary>
internal static class FlowExecutor
{
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(1);

    /// <param name="run">What to do.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="resume">Go on from the folder's checkpoint, if it has one that fits.</param>
    /// <param name="progress">Told every observation's instant, in words.</param>
    /// <param name="cancellation">Stops the run and saves its state.</param>
    /// <exception cref="RunFolderException">The folder could not be written to (a full disk, no permission).</exception>
    public static RunOutcome Execute(PreparedFlow run, RunFolder folder, bool resume, Action<string>? progress,
        CancellationToken cancellation)
    {
        try
        {
            return Follow(run, folder, resume, progress, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{folder.Path}' cannot be written: {e.Message.TrimEnd('.')}. What is there is "
                + "not taken for a finished run; make room, then start again with --resume", e);
        }
    }

    private static RunOutcome Follow(PreparedFlow run, RunFolder folder, bool resume, Action<string>? progress,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var trajectory = run.Start();
        var memory = new ObservationMemory(run.Columns.Start(run.Theta));
        using var writer = Open(run, folder, resume, trajectory, memory);
        folder.Log(writer.Rows > 0 || trajectory.Checkpoint is not null ? $"resumed after observation {writer.Rows}"
            : $"started: {run.Experiment.Flow.Kind.Name}, {run.Flow.Dimension} unknowns");
        foreach (var note in run.Notes) folder.Log(note);
        var lastCheckpoint = clock.Elapsed;
        try
        {
            foreach (var point in trajectory.At(run.Instants, cancellation))
            {
                var isEnd = writer.Rows == 0 || writer.Rows == run.Instants.Count - 1;
                writer.Add(run.Columns.Observe(point, trajectory.Steps, memory.Now, isEnd));
                memory.Advance(point, writer.Rows, trajectory.Checkpoint?.Observed ?? 0);
                progress?.Invoke(point.At.ToString());
                if (clock.Elapsed - lastCheckpoint < BetweenCheckpoints || trajectory.Checkpoint is not { } checkpoint) continue;
                FlowCheckpoint.Write(folder.Path, checkpoint, memory.At(checkpoint.Observed));
                lastCheckpoint = clock.Elapsed;
            }
        }
        catch (OperationCanceledException)
        {
            if (trajectory.Checkpoint is { } checkpoint) FlowCheckpoint.Write(folder.Path, checkpoint, memory.At(checkpoint.Observed));
            return End(RunStatus.Interrupted, null);
        }
        catch (IntegrationException e)
        {
            return End(RunStatus.Failed, e.Message);
        }
        return End(RunStatus.Finished, null);

        RunOutcome End(RunStatus status, string? error)
        {
            writer.Dispose();
            AtomicFile.Write(folder.File("summary.json"),
                Summarize(run, folder, status, error, trajectory, clock.Elapsed).ToJsonString(RunFolder.Indented) + "\n");
            folder.Log(error is null ? status.ToString().ToLowerInvariant() : $"failed: {error}");
            if (status == RunStatus.Finished) File.Delete(folder.File(FlowCheckpoint.Name));
            return new RunOutcome(folder, status, error);
        }
    }

    private static ObservationWriter Open(PreparedFlow run, RunFolder folder, bool resume, Trajectory trajectory, ObservationMemory memory)
    {
        // A summary of the interrupted part must not stand beside rows that go on.
        File.Delete(folder.File("summary.json"));
        if (resume && FlowCheckpoint.Read(folder.Path) is var (checkpoint, measured))
        {
            var beginning = memory.At(0);
            try
            {
                memory.Restore(measured, checkpoint.Observed);
                var writer = run.Writer(folder, checkpoint.Observed);
                trajectory.Resume(checkpoint);
                return writer;
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException or ArgumentException)
            {
                folder.Log($"the checkpoint does not fit the rows written, so the run starts from its beginning ({e.Message})");
                memory.Restore(beginning, 0);
            }
        }
        return run.Writer(folder, 0);
    }

    private static JsonObject Summarize(PreparedFlow run, RunFolder folder, RunStatus status, string? error, Trajectory trajectory,
        TimeSpan elapsed)
    {
        var (columns, rows) = MetricsFile.Read(folder.File("metrics.csv"));
        return new JsonObject
        {
            ["name"] = run.Experiment.Name,
            ["id"] = run.Id,
            ["status"] = status.ToString().ToLowerInvariant(),
            ["error"] = error,
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
            ["limits"] = LimitSummary.Of(run),
            ["data_notes"] = new JsonArray([.. run.DataNotes.Select(static n => (JsonNode)n)]),
            ["notes"] = new JsonArray([.. run.Columns.Notes.Select(n => (JsonNode)n)]),
            ["layers"] = RunDocument.Layers(run.Flow.Network),
        };
    }
}
