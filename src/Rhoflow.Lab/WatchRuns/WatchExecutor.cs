using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>
/// Measures every checkpoint that appears, until it is told to end. A row depends on its file alone: started again it measures what is new,
/// and the rows that are there keep their bits.
/// </summary>
internal sealed class WatchExecutor
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(0.25), s_longestWrite = TimeSpan.FromSeconds(30);

    // A checkpoint that takes longer is worth a line before it is measured.
    private const double WorthSaying = 10;

    private readonly PreparedWatch _run;
    private readonly RunFolder _folder;
    private readonly WatchRecord _record;
    private readonly CheckpointFolder _files;
    private readonly int _threads;
    private readonly Action<string>? _progress;
    private readonly Action<string> _said;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _notes = [];
    private readonly TimeProvider _time;
    private MeasureForecast? _forecast;

    private WatchExecutor(RunMember member, WatchRecord record, int threads, Action<string>? progress, TimeProvider time,
        CancellationToken cancellation)
    {
        (_run, _folder, _record, _threads, _progress) = ((PreparedWatch)member.Run, member.Folder, record, threads, progress);
        (_said, _cancellation, _time) = (member.Said ?? (static _ => { }), cancellation, time);
        _files = new CheckpointFolder(_run.Experiment.Watch.Folder, time);
        foreach (var m in record.State.Measured) _files.Done(m.File);
        foreach (var r in record.State.Refused) _files.Done(r.File);
    }

    /// <summary>Watches; the outcome is finished, or interrupted where it was cancelled.</summary>
    /// <exception cref="RunFolderException">The run's folder cannot be written.</exception>
    /// <exception cref="DataException">Its tables are damaged.</exception>
    public static RunOutcome Execute(RunMember member, int threads, Action<string>? progress, CancellationToken cancellation,
        TimeProvider? time = null)
    {
        try
        {
            using var record = WatchRecord.Open((PreparedWatch)member.Run, member.Folder);
            return new WatchExecutor(member, record, threads, progress, time ?? TimeProvider.System, cancellation).Watch();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{member.Folder.Path}' cannot be written: {e.Message.TrimEnd('.')}. What is "
                + "measured is kept, and the same command goes on from there", e);
        }
    }

    private RunOutcome Watch()
    {
        var until = _run.Experiment.Until;
        _folder.Log($"watches {_run.Experiment.Watch.Folder}, {_record.State.Measured.Count} checkpoints measured before");
        // Once: what is there now, not what a training that goes on puts beside it.
        HashSet<string>? there = null;
        var (last, complained) = (_time.GetTimestamp(), "");
        while (true)
        {
            _folder.RequireOurs();
            var ready = Look(ref complained);
            if (until.Once) there ??= [.. ready.Select(static f => f.Name), .. _files.Pending.Select(static p => p.Name)];
            CheckpointFile[] files = [.. ready.Where(f => there?.Contains(f.Name) != false)];
            if (files.Length > 0) Decide(files);
            foreach (var file in InOrder(files))
            {
                try
                {
                    _cancellation.ThrowIfCancellationRequested();
                    Measure(file);
                }
                catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
                {
                    return _record.End(RunStatus.Interrupted, _notes);
                }
            }
            var pending = _files.Pending.Where(p => there?.Contains(p.Name) != false && (!until.Once || p.For < s_longestWrite)).ToArray();
            if (files.Length > 0 || pending.Length > 0) last = _time.GetTimestamp();
            if (until.Once && pending.Length == 0 || until.Idle is { } idle && _time.GetElapsedTime(last) >= idle) break;
            _progress?.Invoke(pending.Length > 0 ? $"waiting until {pending[0].Name} is written" : Waiting());
            if (!_cancellation.WaitHandle.WaitOne(s_between)) continue;
            return _record.End(RunStatus.Interrupted, _notes);
        }
        foreach (var (name, _) in _files.Pending.Where(p => there?.Contains(p.Name) == true))
            Note($"{name} is still being written, and was left out");
        return _record.End(RunStatus.Finished, _notes);
    }

    private string Waiting() => string.Create(CultureInfo.InvariantCulture,
        $"{_record.State.Measured.Count} checkpoint{(_record.State.Measured.Count == 1 ? "" : "s")} measured, waiting for the next");

    // A folder that cannot be looked at for a moment, on a network, will be there again.
    private IReadOnlyList<CheckpointFile> Look(ref string complained)
    {
        try
        {
            var files = _files.Look();
            complained = "";
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (e.Message != complained) _said($"the folder cannot be looked at: {e.Message}");
            complained = e.Message;
            return [];
        }
    }

    private void Decide(CheckpointFile[] files)
    {
        if (_record.State.Order != CheckpointOrder.AsNamed) return;
        var named = Array.Exists(files, static f => CheckpointName.Of(f.Name) is not null);
        _record.Decide(named ? CheckpointOrder.Step : CheckpointOrder.Time);
        if (!named) Note("no name has a number: checkpoints follow one another by the time of their files, and steps are 1, 2, 3 …");
    }

    private IEnumerable<CheckpointFile> InOrder(CheckpointFile[] files) => _record.State.Order == CheckpointOrder.Time
        ? files.OrderBy(static f => f.Written).ThenBy(static f => f.Name, StringComparer.Ordinal)
        : files.OrderBy(static f => CheckpointName.Of(f.Name)?.Step ?? long.MaxValue).ThenBy(static f => f.Name, StringComparer.Ordinal);

    private void Measure(CheckpointFile file)
    {
        var path = _files.File(file.Name);
        var (measured, named) = (_record.State.Measured, CheckpointName.Of(file.Name));
        var byTime = _record.State.Order == CheckpointOrder.Time;
        if (!byTime && named is null)
        {
            Refuse(file, "its name has no number, and checkpoints here are ordered by the numbers in their names (watch.order=time orders "
                + "them by time)");
            return;
        }
        var step = byTime ? (measured.Count == 0 ? 0 : measured[^1].Step) + 1 : named!.Value.Step;
        if (!byTime && measured.FirstOrDefault(m => m.Step == step && m.File.Name != file.Name) is { } other)
        {
            Refuse(file, $"step {step} is that of {other.File.Name}");
            return;
        }
        var clock = Stopwatch.StartNew();
        if (Read(file, path) is not { } network) return;
        var observation = _run.Experiment.Precision == Precision.Float32 ? Observe<float>(network, file, step, named?.Epoch)
            : Observe<double>(network, file, step, named?.Epoch);
        var isLate = measured.Count > 0 && step <= measured[^1].Step;
        _record.Add(observation, new MeasuredCheckpoint(file, step), clock.Elapsed.TotalSeconds);
        _files.Done(file);
        var line = Line(file, step, observation, clock.Elapsed.TotalSeconds);
        _folder.Log(line);
        _said(line + (!isLate ? "" : measured.Any(m => m.Step == step) ? "; it was written anew, and its row is replaced"
            : "; it comes late, and its row is put in its place"));
    }

    // Null: it is refused, or was written to while it was read.
    private TrainedNetwork? Read(CheckpointFile file, string path)
    {
        try
        {
            _progress?.Invoke($"reading {file.Name}");
            var (network, notes) = Unstoppable.Run(() => (_run.Read(path, out var notes), notes), _cancellation);
            if (CheckpointFile.At(_run.Experiment.Watch.Folder, file.Name) is { } now && now != file) return null;
            foreach (var note in notes) Note(note.Replace(file.Name, "a checkpoint", StringComparison.Ordinal));
            return network;
        }
        catch (DataException e)
        {
            var now = CheckpointFile.At(_run.Experiment.Watch.Folder, file.Name);
            if (now is null) Note($"{file.Name} was deleted before it was measured");
            else if (now == file) Refuse(file, Why(e.Message, path));
            return null;
        }
    }

    private static string Why(string message, string path) => (message.StartsWith($"{path}: ", StringComparison.Ordinal)
        ? message[(path.Length + 2)..] : message).Replace(path, Path.GetFileName(path), StringComparison.Ordinal);

    private Observation Observe<T>(TrainedNetwork network, CheckpointFile file, long step, long? epoch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var detail = _run.Experiment.Observe.Detail;
        var observer = new NetworkObserver<T>(network, _run.Table.Setting, detail.CurvatureExamples, _threads, _cancellation)
        {
            Limit = _run.Limit,
            Start = _run.Start,
            Beside = detail.Beside,
        };
        foreach (var note in observer.Notes(_run.Table)) Note(note);
        using var watch = _progress is null ? null : new MeasureWatch(words => _progress($"{file.Name}, {words}"));
        if (_forecast is null && _run.Experiment.Observe.Measures is not ["default"])
        {
            _progress?.Invoke("timing some passes");
            _forecast = observer.Forecast(_run.Table);
            var all = _forecast.Outputs(network.Train.Count + (network.Test?.Count ?? 0))
                + _forecast.Of(_run.Table.Taken.Select(static t => t.Measure)).Sum(static m => m.Seconds);
            if (all > WorthSaying) _said($"a checkpoint takes about {MeasureWatch.Words(all)}");
        }
        if (watch is not null) watch.Forecast = _forecast;
        _progress?.Invoke($"measuring {file.Name}");
        double[] clocks = [step, epoch ?? double.NaN, double.NaN, double.NaN, double.NaN];
        return observer.Observe(_run.Table, clocks, watch, out _);
    }

    private string Line(CheckpointFile file, long step, Observation observation, double seconds)
    {
        var words = new[] { "log10_loss", "train_error", "test_error", "margin_min" }
            .Select(c => (Name: c, At: _run.Table.Names.ToList().IndexOf(c))).Where(c => c.At >= 0 && !double.IsNaN(observation.Row[c.At]))
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {observation.Row[c.At]:g4}"));
        return string.Create(CultureInfo.InvariantCulture, $"step {step} ({file.Name}): {string.Join(", ", words)}; {seconds:0.0} s");
    }

    private void Refuse(CheckpointFile file, string why)
    {
        _record.Refuse(file, why);
        _files.Done(file);
        _said($"{file.Name} is not measured: {why}");
    }

    private void Note(string note)
    {
        if (_notes.Contains(note)) return;
        _notes.Add(note);
        _folder.Log(note);
        _said(note);
    }
}
