using System.Text.Json.Nodes;
using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>
/// The folder of a watched run: a row a checkpoint, sorted by step. One that comes late, or whose file was written anew, finds its place by
/// writing the tables again (<see cref="RowOrder"/>); the other rows keep their bits.
/// </summary>
internal sealed class WatchRecord : IDisposable
{
    private readonly PreparedWatch _run;
    private readonly RunFolder _folder;
    private ObservationWriter _writer;

    private WatchRecord(PreparedWatch run, RunFolder folder, WatchState state, ObservationWriter writer) =>
        (_run, _folder, State, _writer) = (run, folder, state, writer);

    /// <summary>What is measured, and what is refused.</summary>
    public WatchState State { get; private set; }

    /// <summary>Opens the folder's tables after the rows that count.</summary>
    /// <exception cref="DataException">They are damaged.</exception>
    public static WatchRecord Open(PreparedWatch run, RunFolder folder)
    {
        folder.RequireOurs();
        // A summary of the part before must not stand beside rows that go on.
        File.Delete(folder.File(SummaryFile.Name));
        RowOrder.Recover(folder.Path);
        try
        {
            var state = WatchState.Read(folder, run.Experiment.Watch.Order);
            return new WatchRecord(run, folder, state, run.Writer(folder, state.Measured.Count));
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            throw new DataException($"{folder.Path}: its tables do not fit {WatchState.Name}: {e.Message.TrimEnd('.')}. Move the folder "
                + "away, and the checkpoints that are still there are measured anew", e);
        }
    }

    /// <summary>Decides how checkpoints follow one another.</summary>
    public void Decide(CheckpointOrder order) => State = State with { Order = order };

    /// <summary>The row of a checkpoint, in its place.</summary>
    public void Add(Observation observation, MeasuredCheckpoint checkpoint, double seconds)
    {
        using var saving = SavedStates.Saving();
        _writer.Add(observation);
        var before = State.Measured.Count;
        var rows = State.Measured.Select(static (m, i) => (Checkpoint: m, Row: i))
            .Where(r => State.Order == CheckpointOrder.Time || r.Checkpoint.Step != checkpoint.Step)
            .Append((Checkpoint: checkpoint, Row: before)).OrderBy(static r => r.Checkpoint.Step).ToArray();
        State = State with
        {
            Measured = [.. rows.Select(static r => r.Checkpoint)],
            Refused = [.. State.Refused.Where(r => r.File.Name != checkpoint.File.Name)],
            Seconds = State.Seconds + seconds,
        };
        if (rows.Length == before + 1 && rows[^1].Row == before)
        {
            State.Write(_folder);
            return;
        }
        _writer.Dispose();
        _folder.RequireOurs();
        RowOrder.Apply(_folder.Path, [.. rows.Select(static r => r.Row)], (WatchState.Name, State.ToJson()));
        _writer = _run.Writer(_folder, rows.Length);
    }

    /// <summary>A file is not measured as long as it stays what it is.</summary>
    public void Refuse(CheckpointFile file, string why)
    {
        _folder.Log($"{file.Name} is not measured: {why}");
        State = State with
        {
            Refused = [.. State.Refused.Where(r => r.File.Name != file.Name), new RefusedCheckpoint(file, why)],
        };
        State.Write(_folder);
    }

    /// <summary>Writes the summary.</summary>
    /// <param name="status">Finished, or interrupted.</param>
    /// <param name="notes">What is to be known beside.</param>
    public RunOutcome End(RunStatus status, IReadOnlyList<string> notes)
    {
        using var saving = SavedStates.Saving();
        _folder.RequireOurs();
        _writer.Dispose();
        AtomicFile.Write(_folder.File(SummaryFile.Name), Summarize(status, notes).ToJsonString(RunFolder.Indented) + "\n");
        _folder.Log($"{status.ToString().ToLowerInvariant()}: {State.Measured.Count} checkpoints, {State.Refused.Count} not measured");
        return new RunOutcome(_folder, status);
    }

    public void Dispose() => _writer.Dispose();

    private JsonObject Summarize(RunStatus status, IReadOnlyList<string> notes)
    {
        var (columns, rows) = MetricsFile.Read(_folder.File("metrics.csv"));
        string[] all = [.. _run.Notes, .. notes, .. _run.Table.Failures,
            .. State.Refused.Select(static r => $"{r.File.Name} is not measured: {r.Why}")];
        return new JsonObject
        {
            ["name"] = _run.Experiment.Name,
            ["id"] = _run.Id,
            ["status"] = status.ToString().ToLowerInvariant(),
            ["error"] = null,
            ["reached"] = true,
            ["kind"] = _run.Experiment.Kind,
            ["observations"] = rows.Count,
            ["last"] = rows.Count > 0 ? RunDocument.Row(columns, rows[^1]) : null,
            ["checkpoints"] = State.Measured.Count,
            ["not_measured"] = new JsonArray([.. State.Refused.Select(static r => (JsonNode)new JsonObject
            {
                ["what"] = r.File.Name,
                ["why"] = r.Why,
            })]),
            ["order"] = State.Order.ToString().ToLowerInvariant(),
            ["seconds"] = Math.Round(State.Seconds, 3),
            ["notes"] = new JsonArray([.. all.Distinct(StringComparer.Ordinal).Select(static n => (JsonNode)n)]),
            ["parameters"] = _run.Network.ParameterCount,
            ["network"] = _run.Network.ToString(),
            ["homogeneity"] = RunDocument.Homogeneous(_run.Network),
            ["layers"] = RunDocument.Layers(_run.Network),
        };
    }
}
