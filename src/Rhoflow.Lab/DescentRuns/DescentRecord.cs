using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures;
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
    private readonly IReadOnlyList<string> _recovery;
    private BestState<T>? _best;
    private double _lastEpoch = -1, _lastLogLoss = double.NaN, _observing;

    private DescentRecord(DescentMember member, Training<T> training, Replica<T> replica, int together, int threads,
        ObservationWriter writer, History history, double secondsBefore)
    {
        (_run, _folder, _training, _replica, _together, _threads) = (member.Run, member.Folder, training, replica, together, threads);
        (_writer, _history, _secondsBefore, _recovery) = (writer, history, secondsBefore, member.Recovery);
        if (member.Resume is { } checkpoint) _best = BestState<T>.Of(checkpoint);
        if (writer.Rows == 0) return;
        var (columns, rows) = MetricsFile.Read(_folder.File("metrics.csv"));
        var last = rows[writer.Rows - 1];
        _lastEpoch = last[1];
        _lastLogLoss = last[Array.IndexOf(columns, "log10_loss")] * Math.Log(10);
    }

    /// <summary>Opens the folder's files, after what a checkpoint counts, and puts the replica where the checkpoint says.</summary>
    public static DescentRecord<T> Open(DescentMember member, Training<T> training, Replica<T> replica, int together, int threads)
    {
        var (run, folder) = (member.Run, member.Folder);
        // A summary of the interrupted part must not stand beside rows that go on.
        File.Delete(folder.File("summary.json"));
        foreach (var note in member.Recovery) folder.Log(note);
        var history = run.Columns.Start(replica);
        if (member.Resume is { } checkpoint)
        {
            try
            {
                var writer = run.Writer(folder, checkpoint.Observed);
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
        return new DescentRecord<T>(member, training, replica, together, threads, run.Writer(folder, 0), history, 0);
    }

    /// <summary>Epochs done, with the fraction of the one that has begun.</summary>
    public double Position => _replica.State.Epoch + (double)_replica.State.StepInEpoch / _training.StepsPerEpoch;

    /// <summary>Writes a row, if the replica has moved on since the last.</summary>
    /// <param name="cancellation">Ends the measuring: there is then no row, and nothing has changed.</param>
    /// <param name="watch">Told where the measuring stands.</param>
    public void Observe(CancellationToken cancellation, MeasureWatch? watch)
    {
        if (Position <= _lastEpoch) return;
        var before = Seconds;
        var isEnd = IsEnd;
        var observation = _run.Columns.Observe(_training, _replica, _history, need =>
            _run.Experiment.Observe.Detail.IsDue(need, isEnd), _threads, cancellation, watch);
        _writer.Add(observation);
        _history.Advance(observation.Point);
        _lastLogLoss = observation.Point.LogLoss;
        _best = BestState<T>.Of(_best, _replica, _lastLogLoss, Position);
        _lastEpoch = Position;
        _observing += Seconds - before;
    }

    /// <summary>Whether an observation now may take long: a state should be saved before it.</summary>
    public bool MeasuresLong => _run.Columns.Table.Needs(MeasureNeed.Curvature)
        && _run.Experiment.Observe.Detail.IsDue(MeasureNeed.Curvature, IsEnd);

    /// <summary>Replaces the checkpoint.</summary>
    /// <exception cref="RunFolderException">The folder is gone, or another process has taken it over.</exception>
    public void Save()
    {
        _folder.RequireOurs();
        DescentCheckpoint.Write(_folder, _run.Network, _replica, _best, _history, _writer.Rows, Seconds);
    }

    /// <summary>The same where another replica's folder has failed: what this one has computed is not to be lost with it.</summary>
    public void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RunFolderException)
        {
            // Its own failure is found when it goes on alone.
        }
    }

    public RunOutcome Interrupt() => End(RunStatus.Interrupted, null);

    public RunOutcome Finish() => _replica.Failure is { } failure ? End(RunStatus.Failed, failure.Message) with { Cause = failure }
        : End(RunStatus.Finished, null);

    public void Dispose() => _writer.Dispose();

    private bool IsEnd => Position == 0 || Position >= _run.Experiment.Descent.Epochs || _replica.Ending is not null
        || _replica.Failure is not null;

    private double Seconds => _secondsBefore + _clock.Elapsed.TotalSeconds;

    private RunOutcome End(RunStatus status, string? error)
    {
        using var saving = SavedStates.Saving();
        Save();
        _writer.Dispose();
        if (status != RunStatus.Interrupted) SavedStates.Forget(_folder, DescentCheckpoint.Name, latest: false);
        var worse = status == RunStatus.Failed || status == RunStatus.Finished && _best?.IsFarBelow(_lastLogLoss) == true;
        var kept = worse ? _best : null;
        kept?.Write(_folder, _run.Network);
        AtomicFile.Write(_folder.File("summary.json"), Summarize(status, error, kept).ToJsonString(RunFolder.Indented) + "\n");
        _folder.Log(error is null ? status.ToString().ToLowerInvariant() : $"failed: {error}");
        return new RunOutcome(_folder, status, error) { Recovery = _recovery };
    }

    private JsonObject Summarize(RunStatus status, string? error, BestState<T>? kept)
    {
        var (columns, rows) = MetricsFile.Read(_folder.File("metrics.csv"));
        var stagnation = status != RunStatus.Finished || _run.Experiment.Descent.WeightDecay.Any(static d => d > 0) ? null
            : Stagnation.Of(columns, rows, _run.Experiment.Descent.Schedule.Kind.Name);
        string[] notes = [.. _recovery, .. _run.Columns.Notes, .. _run.Columns.Table.Failures, .. kept is null ? [] : Kept(status, kept),
            .. stagnation is null ? [] : new[] { stagnation }];
        var summary = new JsonObject
        {
            ["name"] = _run.Experiment.Name,
            ["id"] = _run.Id,
            ["status"] = status.ToString().ToLowerInvariant(),
            ["error"] = error,
            ["reached"] = status == RunStatus.Finished,
            ["kind"] = _run.Experiment.Kind,
            ["observations"] = rows.Count,
            ["last"] = rows.Count > 0 ? RunDocument.Row(columns, rows[^1]) : null,
            ["epochs"] = _replica.State.Epoch,
            ["steps"] = _replica.State.Step,
            ["ended_by"] = _replica.Ending,
            ["rate_factor"] = _replica.State.RateFactor,
            ["epochs_taken_back"] = _replica.State.TakenBack,
            ["replicas_together"] = _together,
            ["seconds"] = Math.Round(Seconds, 3),
            ["seconds_observing"] = Math.Round(_observing, 3),
            ["data_notes"] = new JsonArray([.. _run.DataNotes.Select(static n => (JsonNode)n)]),
            ["notes"] = new JsonArray([.. notes.Select(static n => (JsonNode)n)]),
            ["parameters"] = _run.Network.ParameterCount,
            ["network"] = _run.Network.ToString(),
            ["homogeneity"] = RunDocument.Homogeneous(_run.Network),
            ["layers"] = RunDocument.Layers(_run.Network),
        };
        if (_run.DataNotes.Count == 0) summary.Remove("data_notes");
        if (_replica.Options.Adaptive is null)
            foreach (var name in (string[])["rate_factor", "epochs_taken_back"]) summary.Remove(name);
        if (status == RunStatus.Failed)
            summary["last_finite"] = new JsonObject
            {
                ["epoch"] = Position,
                ["step"] = _replica.State.Step,
                ["weights"] = DescentCheckpoint.Name,
            };
        if (kept is not null) summary["best"] = kept.ToJson();
        return summary;
    }

    private string[] Kept(RunStatus status, BestState<T> best)
    {
        string At(double logLoss) => string.Create(CultureInfo.InvariantCulture, $"10^{logLoss / Math.Log(10):g6}");
        return
        [
            status == RunStatus.Failed
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{DescentCheckpoint.Name} holds the last state with a finite loss, after step {_replica.State.Step}")
                : $"the training loss ended at {At(_lastLogLoss)}, far above the best that was observed",
            string.Create(CultureInfo.InvariantCulture, $"{BestState<T>.Name} holds the weights with the lowest training loss that was "
                + $"observed, {At(best.LogLoss)} at epoch {best.Epoch:g6}"),
        ];
    }
}
