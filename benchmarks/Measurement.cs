using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>
/// Measures one row: alternating pairs of our work and a peer's, as many as were asked for or as the limit has room for; medians of the
/// pairs' ratios, since machines are shared, and a pair sees the same neighbours.
/// </summary>
/// <param name="work">What is measured.</param>
/// <param name="options">How many pairs are wanted, and how long a measurement is.</param>
/// <param name="limit">For the whole row.</param>
/// <param name="progress">Told where it stands.</param>
internal sealed class Measurement(Work work, SuiteOptions options, TimeLimit limit, Action<string> progress)
{
    // With fewer, a ratio is not worth saying, unless so few were asked for.
    private const int FewestPairs = 3;

    private readonly int _wanted = Math.Min(options.Pairs, work.Pairs);

    /// <summary>The row; without a ratio where there is no peer, or where it fails or runs out of time.</summary>
    /// <param name="run">Our side, as the work creates it.</param>
    /// <param name="running">The peer's process; null where there is no peer, or where it does not start.</param>
    /// <param name="peer">The library; null where there is no peer.</param>
    /// <param name="peak">Operations a second that so many threads can do.</param>
    public Row Measure(Action<int> run, Peer? running, string? peer, double peak)
    {
        var row = new Row(work.Name, work.Threads, work.IsRate ? "/s" : "s", null)
        {
            PeerName = peer,
            Target = work.Goal?.Text,
            Bound = work.Bound,
        };
        if (Calibrate(run) is not { } ours) return row with { Note = $"over {limit.Words}" };
        var beside = work.Beside?.Invoke();
        (int Count, double Seconds)? other = beside is null ? null : Calibrate(beside);
        if (beside is not null && other is null) return row with { Note = $"over {limit.Words}" };
        var (theirs, question, note) = peer is null ? (null, "", null) : Ask(running, peer);
        var count = theirs?.Count ?? 0;
        var cost = ours.Count * ours.Seconds + (other is { } o ? o.Count * o.Seconds : 0);
        var room = Room(cost + (theirs is { } t ? t.Count * t.Seconds : 0));
        if (theirs is not null && room < Math.Min(FewestPairs, _wanted))
            (theirs, note, room) = (null, $"{peer} over {limit.Words}", Room(cost));
        List<double> mine = [], cpu = [], ratios = [], costs = [], seconds = [], cpuRatios = [];
        for (var pair = 0; pair < room; pair++)
        {
            limit.ThrowIfInterrupted();
            progress(string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1} of {room}"));
            var before = Environment.CpuUsage.TotalTime;
            mine.Add(Time(run, ours.Count));
            cpu.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds / ours.Count);
            if (theirs is { } their)
            {
                var used = their.Peer.CpuSeconds;
                var (one, why) = their.Peer.Seconds(question, count, limit);
                if (one is { } s)
                {
                    seconds.Add(s);
                    ratios.Add(s / mine[^1]);
                    cpuRatios.Add((their.Peer.CpuSeconds - used) / count / cpu[^1]);
                }
                else (theirs, note) = (null, $"{peer} {why}");
            }
            if (beside is not null) costs.Add(mine[^1] / Time(beside, other!.Value.Count));
        }
        row = row with
        {
            Note = note,
            Pairs = mine.Count,
            CpuRatio = theirs is not null && cpuRatios.Count > 0 && double.IsFinite(cpuRatios.Sum()) ? Numbers.Median(cpuRatios) : null,
            CpuShare = mine.Count > 0 ? cpu.Sum() / (work.Threads * mine.Sum()) : null,
        };
        if (mine.Count == 0) mine.Add(ours.Seconds);
        double? share = work.Flops > 0 && cpu.Count > 0 && Numbers.Median(cpu) is > 0 and var busy
            ? work.Flops / busy / (peak / work.Threads) : null;
        return Fill(row, mine, theirs is null ? [] : ratios, seconds, costs, share);
    }

    private Row Fill(Row row, List<double> mine, List<double> ratios, List<double> seconds, List<double> costs, double? share)
    {
        var ours = Numbers.Median(mine);
        double? ratio = ratios.Count > 0 ? Numbers.Median(ratios) : null, cost = costs.Count > 0 ? Numbers.Median(costs) : null;
        return row with
        {
            Ours = work.IsRate ? 1 / ours : ours,
            Peer = ratio is null ? null : work.IsRate ? 1 / Numbers.Median(seconds) : Numbers.Median(seconds),
            Ratio = ratio,
            RatioMin = ratio is null ? null : ratios.Min(),
            RatioMax = ratio is null ? null : ratios.Max(),
            PeakShare = share,
            Cost = cost,
            CostOf = cost is null ? null : work.Goal?.Beside,
            Reached = work.Goal?.Reached(ours, ratio, share, cost),
        };
    }

    // How many pairs of so many seconds there is time for.
    private int Room(double seconds) => (int)Math.Clamp(limit.Left / seconds, 0, _wanted);

    // The first answer makes the work too; where a repetition is short, it warms up.
    private ((Peer Peer, int Count, double Seconds)? Theirs, string Question, string? Note) Ask(Peer? running, string name)
    {
        progress($"{name} prepares");
        if (running is not { } peer) return (null, "", $"{name} cannot be started");
        var question = $"{work.Name} {name}";
        var (seconds, why) = peer.Seconds(question, 1, limit);
        if (seconds < options.Measurement) (seconds, why) = peer.Seconds(question, 2, limit);
        return seconds is { } s ? ((peer, Math.Max(1, (int)(options.Measurement / Math.Max(s, 1e-6))), s), question, null)
            : (null, question, $"{name} {why}");
    }

    // Repeats until the optimizing compiler has seen the work, then sizes a measurement; null at the limit.
    private (int Count, double Seconds)? Calibrate(Action<int> run)
    {
        progress("warming up");
        var count = 1;
        var warm = Stopwatch.StartNew();
        while (true)
        {
            limit.ThrowIfInterrupted();
            var seconds = Time(run, count) * count;
            if (limit.IsOver) return null;
            if (seconds > options.Measurement / 2 && warm.Elapsed.TotalSeconds > options.WarmUp)
                return (Math.Max(1, (int)(count * options.Measurement / seconds)), seconds / count);
            if (seconds < options.Measurement / 2) count *= 2;
        }
    }

    private static double Time(Action<int> run, int count)
    {
        var begin = Stopwatch.GetTimestamp();
        run(count);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds / count;
    }
}
