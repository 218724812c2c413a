using System.Diagnostics;

namespace Rhoflow.Benchmarks;

/// <summary>
/// One run of the benchmarks: the peers are looked at, then each row is given as soon as it is measured. What is at work when it is
/// interrupted is left behind, and the peers' processes are ended.
/// </summary>
internal sealed class Suite : IDisposable
{
    // Less than that is no row's time.
    private const double Shortest = 5;

    // A library is imported once for many rows, so that it is none of their times.
    private const double ForImports = 60;

    private readonly SuiteOptions _options;
    private readonly Action<string> _progress;
    private readonly CancellationToken _interruption;
    private readonly Peers _peers;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<(bool Single, int Threads), double> _peaks = [];
    private readonly List<string> _leftOut = [], _tooLate = [];
    private readonly HashSet<string> _looked = [];

    /// <param name="options">What is asked for.</param>
    /// <param name="progress">Told what is at work.</param>
    /// <param name="interruption">Ends it at once.</param>
    public Suite(SuiteOptions options, Action<string> progress, CancellationToken interruption)
    {
        (_options, _progress, _interruption) = (options, progress, interruption);
        _peers = new Peers(options.Source, () => Limit(Math.Max(options.Limit, ForImports)), interruption);
    }

    /// <summary>Every row.</summary>
    public static IReadOnlyList<Work> Works { get; } =
        [.. TrainingWorks.All, .. InferenceWorks.All, .. CurvatureWorks.All, .. FlowWorks.All, .. MeasureWorks.All,
            .. ObservationWorks.All];

    /// <summary>The rows there are.</summary>
    public static IEnumerable<string> Names => Works.Select(static w => w.Name).Distinct();

    /// <summary>Rows that take too long unless they are asked for.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Rows for which no time was left.</summary>
    public IReadOnlyList<string> TooLate => _tooLate;

    /// <summary>The peers as they were found.</summary>
    public IReadOnlyList<PeerReport> Peers => [.. _peers.Reports];

    /// <summary>The libraries of the chosen rows that are not installed.</summary>
    public IReadOnlyList<string> Missing => [.. Chosen.SelectMany(static w => w.Peers).Distinct()
        .Where(p => _looked.Contains(p) && _peers.Reports.All(r => r.Library != p))];

    private IEnumerable<Work> Chosen => _options.Works.Where(w => _options.Chooses(w.Name) && !(w.IsDear && _options.IsBounded));

    /// <summary>Looks at the peers of the chosen rows, each as it is found.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public IEnumerable<PeerReport> LookAtPeers()
    {
        foreach (var (library, threads) in Chosen.SelectMany(static w => w.Peers.Select(p => (p, w.Threads))).Distinct())
        {
            _progress($"how fast {library} multiplies with {threads} {(threads == 1 ? "thread" : "threads")}");
            if (Apart(() => _peers.Report(library, threads)) is { } report) yield return report;
            _looked.Add(library);
        }
    }

    /// <summary>The chosen rows, each as it is measured.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public IEnumerable<Row> Rows()
    {
        if (_options.IsBounded) _leftOut.AddRange(_options.Works.Where(static w => w.IsDear).Select(static w => w.Name).Distinct());
        Work[] chosen = [.. Chosen];
        for (var i = 0; i < chosen.Length; i++)
        {
            var work = chosen[i];
            var reports = work.Peers.Select(p => (Name: p, Report: Apart(() => _peers.Report(p, work.Threads)))).ToArray();
            string?[] fair = [.. reports.Where(static r => r.Report is { IsFair: true }).Select(static r => r.Name)];
            var note = Note(work, reports);
            foreach (var peer in fair.Length > 0 ? fair : [null])
            {
                if (!HasTime(work.Name)) continue;
                var at = $"{i + 1} of {chosen.Length}: {work.Name}{(work.Threads > 1 ? $", {work.Threads} threads" : "")}"
                    + (peer is null ? "" : $" beside {peer}");
                _progress(at);
                var row = Apart(() => Measure(work, peer, what => _progress($"{at}: {what}")));
                yield return row with { Note = row.Note ?? note };
                note = null;
            }
        }
    }

    /// <summary>The chosen comparisons of derivatives, each as it is made; null where PyTorch is not installed.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public IEnumerable<GradientRow>? Gradients()
    {
        string[] names = [.. GradientCheck.Names.Where(_options.Chooses)];
        if (names.Length == 0 || !HasTime("gradients")) return [];
        _progress("derivatives beside torch");
        var isThere = Apart(() => _peers.Running(GradientCheck.Script, "torch", 1)) is not null;
        return isThere || _peers.Reports.Any(static r => r.Library == "torch") ? Compared(names) : null;
    }

    public void Dispose()
    {
        _peers.Dispose();
        InferenceWorks.Clear();
    }

    private IEnumerable<GradientRow> Compared(string[] names)
    {
        foreach (var name in names)
        {
            if (!HasTime(name)) continue;
            _progress($"{name}: derivatives beside torch");
            yield return Apart(() =>
            {
                var running = _peers.Running(GradientCheck.Script, "torch", 1);
                using var limit = Limit(_options.Limit);
                return GradientCheck.Compare(name, running, limit);
            });
        }
    }

    private Row Measure(Work work, string? peer, Action<string> progress)
    {
        if (peer is not null) progress("starting it");
        var running = peer is null ? null : _peers.Running(work.Script, peer, work.Threads);
        using var limit = Limit(_options.Limit);
        var key = (work.IsSingle, work.Threads);
        if (!_peaks.TryGetValue(key, out var peak))
            _peaks[key] = peak = work.IsSingle ? Peak.Flops<float>(work.Threads) : Peak.Flops<double>(work.Threads);
        var measurement = new Measurement(work, _options, limit, progress);
        return measurement.Measure(work.Create(), running, peer, peak);
    }

    private TimeLimit Limit(double seconds)
    {
        var left = Left;
        return left < seconds ? new TimeLimit(left, "the time of the whole", _interruption) : new TimeLimit(seconds, _interruption);
    }

    private double Left => _options.IsBounded ? _options.Whole - _clock.Elapsed.TotalSeconds : double.PositiveInfinity;

    private bool HasTime(string name)
    {
        if (Left >= Shortest) return true;
        if (!_tooLate.Contains(name)) _tooLate.Add(name);
        return false;
    }

    private static string? Note(Work work, (string Name, PeerReport? Report)[] reports)
    {
        if (work.Peers.Length == 0) return null;
        var withheld = reports.Where(static r => r.Report is { IsFair: false }).Select(static r => r.Name).ToArray();
        if (withheld.Length > 0) return $"{string.Join(", ", withheld)} withheld";
        return reports.All(static r => r.Report is null) ? $"{string.Join(", ", work.Peers)} not installed" : null;
    }

    // Neither our work nor a library's can be stopped halfway: at an interruption it goes on beside, until the program ends.
    private T Apart<T>(Func<T> work)
    {
        var task = Task.Factory.StartNew(work, _interruption, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            task.Wait(_interruption);
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
        }
        return task.Result;
    }
}
