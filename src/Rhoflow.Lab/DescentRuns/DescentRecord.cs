using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>What one replica's folder gets: observations, checkpoints, log and summary.</summary>
internal sealed class DescentRecord<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly PreparedDescent _run;
    private readonly RunFolder _folder;
    private readonly Training<T> _training;
    private readonly Replica<T> _replica;
    private readonly ObservationWriter _writer;
    private readonly History _history;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly int _together, _threads;
    private readonly double _secondsBefore;
    private double _lastEpoch = -1, _observing;

    private DescentRecord(DescentMember member, Training<T> training, Replica<T> replica, int together, int threads,
        ObservationWriter writer, History history, double secondsBefore)
    {
        (_run, _folder, _training, _replica, _together, _threads) = (member.Run, member.Folder, training, replica, together, threads);
        (_writer, _history, _secondsBefore) = (writer, history, secondsBefore);
        if (writer.Rows > 0) _lastEpoch = MetricsFile.Read(_folder.File("metrics.csv")).Rows[writer.Rows - 1][1];
    }

    /// <summary>Opens the folder's files, after what a checkpoint counts, and puts the replica where the checkpoint says.</summary>
    public static DescentRecord<T> Open(DescentMember member, Training<T> training, Replica<T> replica, int together, int threads)
    {
        var (run, folder) = (member.Run, member.Folder);
        // A summary of the interrupted part must not stand beside rows that go on.
        File.Delete(folder.File("summary.json"));
        ObservationWriter Writer(int rows) =>
            new(folder, run.Columns.Table, run.Columns.Examples, run.Experiment.Observe.Weights ? run.Network : null, rows);
        var history = run.Columns.Start(replica);
        if (member.Resume is { } checkpoint)
        {
            try
            {
                var writer = Writer(checkpoint.Observed);
                replica.Restore(checkpoint.Arrays, checkpoint.Scalars);
                history.Restore(checkpoint.History);
                folder.Log($"resumed at epoch {replica.State.Epoch}, step {replica.State.Step}, after observation {writer.Rows}");
                return new DescentRecord<T>(member, training, replica, together, threads, writer, history, checkpoint.Seconds);
            }
            catch (ArgumentException e)
            {
                throw new DataException($"{folder.File(DescentCheckpoint.Name)}: {e.Message}", e);
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                throw new DataException($"{folder.Path}: the checkpoint does not fit the rows written: {e.Message}", e);
            }
        }
        folder.Log($"started: {run.Experiment.Kind}, {run.Network.ParameterCount} parameters, {run.Columns.Examples} "
            + $"examples{(together > 1 ? $", {together} replicas together" : "")}");
        foreach (var note in run.Notes) folder.Log(note);
        return new DescentRecord<T>(member, training, replica, together, threads, Writer(0), history, 0);
    }

    /// <summary>Epochs done, with the fraction of the one that has begun.</summary>
    public double Position => _replica.State.Epoch + (double)_replica.State.StepInEpoch / _training.StepsPerEpoch;

    /// <summary>Writes a row, if the replica has moved on since the last.</summary>
    public void Observe()
    {
        if (Position <= _lastEpoch) return;
        var before = Seconds;
        var isEnd = Position == 0 || Position >= _run.Experiment.Descent.Epochs || _replica.Ending is not null
            || _replica.Failure is not null;
        var observation = _run.Columns.Observe(_training, _replica, _history, need =>
            _run.Experiment.Observe.Detail.IsDue(need, isEnd), _threads);
        _writer.Add(observation);
        _history.Advance(observation.Point);
        _lastEpoch = Position;
        _observing += Seconds - before;
    }

    /// <summary>Replaces the checkpoint.</summary>
    public void Save() => DescentCheckpoint.Write(_folder.Path, _run.Network, _replica, _history, _writer.Rows, Seconds);

    public RunOutcome Interrupt() => End(RunStatus.Interrupted, null);

    public RunOutcome Finish() => _replica.Failure is { } failure ? End(RunStatus.Failed, failure.Message) : End(RunStatus.Finished, null);

    public void Dispose() => _writer.Dispose();

    private double Seconds => _secondsBefore + _clock.Elapsed.TotalSeconds;

    private RunOutcome End(RunStatus status, string? error)
    {
        Save();
        _writer.Dispose();
        AtomicFile.Write(_folder.File("summary.json"), Summarize(status, error).ToJsonString(RunFolder.Indented) + "\n");
        _folder.Log(error is null ? status.ToString().ToLowerInvariant() : $"failed: {error}");
        return new RunOutcome(_folder, status, error);
    }

    private JsonObject Summarize(RunStatus status, string? error)
    {
        var (columns, rows) = MetricsFile.Read(_folder.File("metrics.csv"));
        return new JsonObject
        {
            ["name"] = _run.Experiment.Name,
            ["id"] = _run.Id,
            ["status"] = status.ToString().ToLowerInvariant(),
            ["error"] = error,
            ["kind"] = _run.Experiment.Kind,
            ["observations"] = rows.Count,
            ["last"] = rows.Count > 0 ? RunDocument.Row(columns, rows[^1]) : null,
            ["epochs"] = _replica.State.Epoch,
            ["steps"] = _replica.State.Step,
            ["ended_by"] = _replica.Ending,
            ["replicas_together"] = _together,
            ["seconds"] = Math.Round(Seconds, 3),
            ["seconds_observing"] = Math.Round(_observing, 3),
            ["data_notes"] = new JsonArray([.. _run.DataNotes.Select(static n => (JsonNode)n)]),
            ["notes"] = new JsonArray([.. _run.Columns.Notes.Select(static n => (JsonNode)n)]),
            ["parameters"] = _run.Network.ParameterCount,
            ["network"] = _run.Network.ToString(),
            ["homogeneity"] = Homogeneous(Homogeneity.Of(_run.Network)),
            ["layers"] = RunDocument.Layers(_run.Network),
        };
    }

    private static JsonObject Homogeneous(Homogeneity h) => new()
    {
        ["degree"] = h.Degree,
        ["layers"] = new JsonArray([.. h.Layers.Select(static e => (JsonNode?)e)]),
        ["reason"] = h.Reason,
    };
}
