using System.Diagnostics;

namespace Rhoflow.Benchmarks;

/// <summary>
/// Times our work and the peers' in alternating pairs within one run and reports medians of the pairs' ratios: the machines are
/// shared, and a pair sees the same neighbours.
/// </summary>
public static class Suite
{
    private const double SecondsAPair = 0.25;

    private static IEnumerable<Work> Works =>
        [.. TrainingWorks.All, .. CurvatureWorks.All, .. FlowWorks.All, .. MeasureWorks.All, .. ObservationWorks.All];

    /// <summary>The rows there are.</summary>
    public static IEnumerable<string> Names => Works.Select(static w => w.Name).Distinct();

    /// <summary>All rows whose name begins with one of <paramref name="names"/> (all if empty).</summary>
    /// <param name="names">Names or their beginnings.</param>
    /// <param name="progress">Told the row that begins.</param>
    /// <param name="cancellation">Ends between measurements.</param>
    public static IEnumerable<Row> Run(IReadOnlyList<string> names, Action<string> progress, CancellationToken cancellation = default)
    {
        var peers = new Dictionary<(string, int), Peer?>();
        try
        {
            var peaks = new Dictionary<bool, double>();
            foreach (var work in Works.Where(w => names.Count == 0 || names.Any(n => w.Name.StartsWith(n, StringComparison.Ordinal))))
            {
                if (!peers.TryGetValue((work.Script, work.Threads), out var peer))
                    peers[(work.Script, work.Threads)] = peer = Peer.Start(work.Script, work.Threads);
                if (!peaks.TryGetValue(work.IsSingle, out var peak))
                    peaks[work.IsSingle] = peak = work.IsSingle ? Peak.Flops<float>() : Peak.Flops<double>();
                var run = work.Create();
                foreach (var name in work.Peers.Where(p => peer?.Has(p) == true).Cast<string?>().DefaultIfEmpty(null))
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress(name is null ? work.Name : $"{work.Name} against {name}");
                    yield return Measure(work, run, peer, name, peak * work.Threads);
                }
            }
        }
        finally
        {
            foreach (var peer in peers.Values) peer?.Dispose();
        }
    }

    /// <summary>What we are compared with here.</summary>
    public static string PeerDescription()
    {
        var found = new List<string>();
        foreach (var script in (string[])["flows.py", "training.py"])
        {
            using var peer = Peer.Start(script, 1);
            if (peer is { Libraries.Length: > 0 })
                found.Add($"{peer.Libraries}{(peer.Setting.Length > 0 ? $" (OpenBLAS as {peer.Setting})" : "")}");
        }
        return found.Count > 0 ? string.Join("; ", found) : "none installed (python3-numpy, python3-scipy, python3-torch)";
    }

    private static Row Measure(Work work, Action<int> run, Peer? peer, string? peerName, double peak)
    {
        var count = Calibrate(run);
        var beside = work.Beside?.Invoke();
        var besideCount = beside is null ? 0 : Calibrate(beside);
        var peerWork = $"{work.Name} {peerName}";
        var peerCount = 1;
        if (peerName is not null && peer!.Seconds(peerWork, 1) is not null && peer.Seconds(peerWork, 2) is { } once)
            peerCount = Math.Max(1, (int)(SecondsAPair / Math.Max(once, 1e-6)));
        List<double> ours = [], theirs = [], costs = [];
        for (var pair = 0; pair < work.Pairs; pair++)
        {
            ours.Add(Time(run, count));
            if (peerName is not null && peer!.Seconds(peerWork, peerCount) is { } seconds) theirs.Add(seconds);
            if (beside is not null) costs.Add(ours[^1] / Time(beside, besideCount));
        }
        double[]? ratios = theirs.Count == ours.Count ? [.. theirs.Zip(ours, static (t, o) => t / o)] : null;
        var mine = Median(ours);
        double? share = work.Flops > 0 ? work.Flops / mine / peak : null, ratio = ratios is null ? null : Median(ratios), cost =
            costs.Count > 0 ? Median(costs) : null;
        return new Row(work.Name, work.Threads, work.IsRate ? 1 / mine : mine, ratios is null ? null : work.IsRate ? 1 / Median(theirs)
            : Median(theirs),
            ratios is null ? null : peerName, work.Peers.Length > 0, work.IsRate ? "/s" : "s", ratio, ratios?.Min(), ratios?.Max(), share,
                cost, cost is null ? null : work.Goal?.Beside,
            work.Goal?.Text, work.Goal?.Reached(mine, ratio, share, cost), work.Bound);
    }

    // Repeats until the optimizing compiler has seen the work, then sizes a measurement to SecondsAPair.
    private static int Calibrate(Action<int> run)
    {
        var count = 1;
        var warm = Stopwatch.StartNew();
        while (true)
        {
            var seconds = Time(run, count) * count;
            if (seconds > SecondsAPair / 2 && warm.Elapsed.TotalSeconds > 1) return Math.Max(1, (int)(count * SecondsAPair / seconds));
            if (seconds < SecondsAPair / 2) count *= 2;
        }
    }

    private static double Time(Action<int> run, int count)
    {
        var begin = Stopwatch.GetTimestamp();
        run(count);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds / count;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
