using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rhoflow.Benchmarks;

/// <summary>
/// Times our work and the peers' in alternating pairs within one run and reports medians of the pairs' ratios: the machines are
/// shared, and a pair sees the same neighbours.
/// </summary>
public static class Suite
{
    private const int Pairs = 7;
    private const double SecondsAPair = 0.25;

    /// <summary>All rows whose name begins with one of <paramref name="names"/> (all if empty).</summary>
    /// <param name="names">Names or their beginnings.</param>
    /// <param name="progress">Told the row that begins.</param>
    /// <param name="cancellation">Ends between measurements.</param>
    public static IEnumerable<Row> Run(IReadOnlyList<string> names, Action<string> progress, CancellationToken cancellation = default)
    {
        using var peer = Peer.Start(Path.Combine(AppContext.BaseDirectory, "peers", "flows.py"), Path.Combine(AppContext.BaseDirectory, "peers", "iris.csv"));
        var peak = PeakFlops();
        foreach (var work in Work.Flows())
        {
            if (names.Count > 0 && !names.Any(n => work.Name.StartsWith(n, StringComparison.Ordinal))) continue;
            var peers = work.Peers.Where(p => peer?.Has(p) == true).Cast<string?>().DefaultIfEmpty(null);
            foreach (var name in peers)
            {
                cancellation.ThrowIfCancellationRequested();
                progress(name is null ? work.Name : $"{work.Name} beside {name}");
                yield return Measure(work, peer, name, peak);
            }
        }
    }

    /// <summary>The rows there are.</summary>
    public static IEnumerable<string> Names => Work.Flows().Select(static w => w.Name);

    /// <summary>What runs beside us here.</summary>
    public static string PeerDescription()
    {
        using var peer = Peer.Start(Path.Combine(AppContext.BaseDirectory, "peers", "flows.py"), "");
        return peer?.Libraries ?? "none installed (python3-numpy, python3-scipy, python3-torch)";
    }

    private static Row Measure(Work work, Peer? peer, string? peerName, double peak)
    {
        var count = Calibrate(work.Run);
        string peerWork = $"{work.Name} {peerName}";
        var peerCount = 1;
        if (peerName is not null && peer!.Seconds(peerWork, 1) is { } once)
            peerCount = Math.Max(1, (int)(SecondsAPair / Math.Max(once, 1e-6)));
        var ours = new List<double>();
        var theirs = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var begin = Stopwatch.GetTimestamp();
            work.Run(count);
            ours.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds / count);
            if (peerName is not null && peer!.Seconds(peerWork, peerCount) is { } seconds) theirs.Add(seconds);
        }
        double[]? ratios = theirs.Count == ours.Count ? [.. theirs.Zip(ours, static (t, o) => t / o)] : null;
        double mine = Median(ours), value = work.IsRate ? 1 / mine : mine;
        return new Row(work.Name, 1, value, ratios is null ? null : work.IsRate ? 1 / Median(theirs) : Median(theirs), ratios is null ? null : peerName,
            work.IsRate ? "/s" : "s", ratios is null ? null : Median(ratios), ratios?.Min(), ratios?.Max(),
            work.Flops > 0 ? work.Flops / mine / peak : null,
            work.IsRate ? $"≥ {work.Goal:g3} /s" : $"≤ {work.Goal:g3} s", work.IsRate ? value >= work.Goal : value <= work.Goal);
    }

    // Repeats until the optimizing compiler has seen the work, then sizes a measurement to SecondsAPair.
    private static int Calibrate(Action<int> run)
    {
        var count = 1;
        var warm = Stopwatch.StartNew();
        while (true)
        {
            var begin = Stopwatch.GetTimestamp();
            run(count);
            var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (seconds > SecondsAPair / 2 && warm.Elapsed.TotalSeconds > 1) return Math.Max(1, (int)(count * SecondsAPair / seconds));
            if (seconds < SecondsAPair / 2) count *= 2;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Double-precision operations a second that one thread reaches with fused multiply-adds in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double PeakFlops()
    {
        const int Turns = 20_000_000;
        var best = 0.0;
        for (var trial = 0; trial < 5; trial++)
        {
            var m = new Vector<double>(0.999999999);
            Vector<double> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m;
            var begin = Stopwatch.GetTimestamp();
            for (var turn = 0; turn < Turns / 10; turn++)
            {
                a = Vector.FusedMultiplyAdd(a, m, m); b = Vector.FusedMultiplyAdd(b, m, m);
                c = Vector.FusedMultiplyAdd(c, m, m); d = Vector.FusedMultiplyAdd(d, m, m);
                e = Vector.FusedMultiplyAdd(e, m, m); f = Vector.FusedMultiplyAdd(f, m, m);
                g = Vector.FusedMultiplyAdd(g, m, m); h = Vector.FusedMultiplyAdd(h, m, m);
                i = Vector.FusedMultiplyAdd(i, m, m); j = Vector.FusedMultiplyAdd(j, m, m);
            }
            var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (Vector.Sum(a + b + c + d + e + f + g + h + i + j) == 0) throw new InvalidOperationException("the peak loop was removed");
            best = Math.Max(best, 2.0 * Vector<double>.Count * Turns / seconds);
        }
        return best;
    }
}
