using System.Collections.Concurrent;
using System.Diagnostics;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Datasets;

namespace Rhoflow.Lab.Report;

/// <summary>Something that happened while claims and figures were computed.</summary>
/// <param name="Id">Claim or figure.</param>
/// <param name="Text">What it is doing; empty when it began or ended.</param>
/// <param name="Ended">It is done (computed, found in the store, or broken).</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">How many there are.</param>
public sealed record ReproductionEvent(string Id, string Text, bool Ended, int Done, int Total);

/// <summary>What a reproduction gave; lists are in the order of the catalogue, whatever the order of finishing.</summary>
/// <param name="Claims">Checked claims.</param>
/// <param name="Figures">Drawn figures.</param>
/// <param name="Computed">How many were computed now rather than found in the store.</param>
public sealed record ReproductionResult(IReadOnlyList<CheckedClaim> Claims, IReadOnlyList<DrawnFigure> Figures, int Computed)
{
    /// <summary>Both.</summary>
    public IEnumerable<IStudied> Results => [.. Claims, .. Figures];

    /// <summary>Some computation threw.</summary>
    public bool Failed => Claims.Any(c => c.Result.Error is not null) || Figures.Any(f => f.Result.Error is not null);
}

/// <summary>Computes claims and figures in parallel and keeps each finished result, so that nothing is computed twice.</summary>
public sealed class Reproduction
{
    private readonly ResultStore _store;
    private readonly string _runs;
    private readonly bool _full;
    private readonly int _parallel;
    private readonly Action<ReproductionEvent>? _onEvent;
    private readonly DataFolders _data;
    private readonly SharedStore _shared = new();

    /// <summary>A reproduction into the results folder <paramref name="folder"/>.</summary>
    /// <param name="folder">Where results are kept; runs lie in the folder "runs" beside it.</param>
    /// <param name="full">The papers' own sizes rather than quick ones.</param>
    /// <param name="parallel">How many are computed at a time; 0 = one per processor core.</param>
    /// <param name="onEvent">Told what happens, from any thread, one call at a time.</param>
    /// <param name="data">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    public Reproduction(string folder, bool full = false, int parallel = 0, Action<ReproductionEvent>? onEvent = null,
        DataFolders? data = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parallel);
        _store = new ResultStore(folder, full);
        _runs = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder))!, "runs");
        _full = full;
        _parallel = parallel == 0 ? Environment.ProcessorCount : parallel;
        _onEvent = onEvent;
        _data = data ?? DataFolders.Of(null);
    }

    /// <summary>
    /// What the training runs will take that <paramref name="selection"/> needs at full size and the store has no result of.
    /// </summary>
    public FullSizeForecast Forecast(Selection selection, Action<string>? begins = null, CancellationToken cancellation = default)
    {
        var known = Known(selection).Results.Select(r => r.Study.Id).ToHashSet(StringComparer.Ordinal);
        return FullSizeForecast.Of(new Selection([.. selection.Studies.Where(s => !known.Contains(s.Id))]), _runs, _data, begins,
            cancellation);
    }

    /// <summary>What the store has of <paramref name="selection"/> already; computes nothing.</summary>
    public ReproductionResult Known(Selection selection) => Ordered(selection,
        Found(selection.Claims, c => c.Id, c => _store.Find<ClaimResult>(c.Id, c.Check)),
        Found(selection.Figures, f => f.Id, f => _store.Find<FigureResult>(f.Id, f.Build)), computed: 0);

    /// <summary>
    /// Computes what the store does not have. A claim or figure that throws carries its error and stops no other. After cancellation no
    /// further one is begun, those that do not stop of themselves are left running after <paramref name="grace"/> (2 s), and the finished
    /// ones are kept in the store.
    /// </summary>
    /// <exception cref="ReproductionInterruptedException">Cancelled before everything was done; it holds what is finished.</exception>
    /// <exception cref="IOException">A result cannot be written.</exception>
    public ReproductionResult Run(Selection selection, CancellationToken cancellation = default, TimeSpan? grace = null)
    {
        var claims = new ConcurrentDictionary<string, ClaimResult>(StringComparer.Ordinal);
        var figures = new ConcurrentDictionary<string, FigureResult>(StringComparer.Ordinal);
        var progress = new ProgressCounter(selection.Claims.Count + selection.Figures.Count, _onEvent);
        var computed = 0;

        void Study<T>(string id, Delegate code, ConcurrentDictionary<string, T> into, Func<StudyContext, long, T> compute,
            Func<Exception, double, T> broken)
            where T : class
        {
            if (_store.Find<T>(id, code) is not { } result)
            {
                progress.Say(id, "");
                var context = new StudyContext(_shared, _full, text => progress.Say(id, text), cancellation, _runs, _data);
                var start = Stopwatch.GetTimestamp();
                var isWhole = true;
                try
                {
                    result = compute(context, start);
                }
                catch (Exception) when (cancellation.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception e)
                {
                    result = broken(e, Seconds(start));
                    isWhole = false;
                }
                if (isWhole) _store.Save(id, code, result);
                Interlocked.Increment(ref computed);
            }
            into[id] = result;
            progress.End(id);
        }

        // Figures first: they tend to be the long ones, and claims then find their trajectories integrated.
        var work = new ConcurrentQueue<Action>(
        [
            .. selection.Figures.Select<PaperFigure, Action>(f => () => Study(f.Id, f.Build, figures,
                (context, start) => new FigureResult(StoredChart.Of(f.Build(context)), Seconds(start)), FigureResult.Broken)),
            .. selection.Claims.Select<Claim, Action>(c => () => Study(c.Id, c.Check, claims,
                (context, start) => ClaimResult.Of(c.Check(context), Seconds(start)), ClaimResult.Broken)),
        ]);
        var workers = Enumerable.Range(0, Math.Max(1, Math.Min(_parallel, work.Count)))
            .Select(_ => Task.Factory.StartNew(() =>
            {
                while (!cancellation.IsCancellationRequested && work.TryDequeue(out var next)) next();
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Wait(Task.WhenAll(workers), cancellation, grace ?? TimeSpan.FromSeconds(2));
        var result = Ordered(selection, claims, figures, computed);
        return cancellation.IsCancellationRequested && result.Results.Count() < selection.Claims.Count + selection.Figures.Count
            ? throw new ReproductionInterruptedException(result, cancellation)
            : result;
    }

    private static void Wait(Task all, CancellationToken cancellation, TimeSpan grace)
    {
        try
        {
            if (Task.WaitAny([all], Timeout.Infinite, cancellation) == 0) all.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (Task.WaitAny([all], grace) == 0) all.GetAwaiter().GetResult();
        }
    }

    private static double Seconds(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;

    private static Dictionary<string, TResult> Found<T, TResult>(IEnumerable<T> items, Func<T, string> id,
        Func<T, TResult?> find) where TResult : class =>
        items.Select(x => (Id: id(x), Result: find(x))).Where(x => x.Result is not null)
            .ToDictionary(x => x.Id, x => x.Result!, StringComparer.Ordinal);

    private static ReproductionResult Ordered(
        Selection selection, IReadOnlyDictionary<string, ClaimResult> claims, IReadOnlyDictionary<string, FigureResult> figures,
        int computed) => new(
            [.. selection.Claims.Where(c => claims.ContainsKey(c.Id)).Select(c => new CheckedClaim(c, claims[c.Id]))],
            [.. selection.Figures.Where(f => figures.ContainsKey(f.Id)).Select(f => new DrawnFigure(f, figures[f.Id]))],
            computed);

    private sealed class ProgressCounter(int total, Action<ReproductionEvent>? onEvent)
    {
        private readonly Lock _lock = new();
        private int _done;

        public void Say(string id, string text)
        {
            lock (_lock) onEvent?.Invoke(new(id, text, Ended: false, _done, total));
        }

        public void End(string id)
        {
            lock (_lock) onEvent?.Invoke(new(id, "", Ended: true, ++_done, total));
        }
    }
}
