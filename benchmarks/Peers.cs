using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;

namespace Rhoflow.Benchmarks;

/// <summary>
/// The peers of one run of the benchmarks: each library is looked at before anything is compared with it, with the core type at which its
/// OpenBLAS is fastest; then the scripts are kept running, and started again where one was ended at a limit.
/// </summary>
/// <param name="source">Where they come from.</param>
/// <param name="limit">For starting one, which may import for seconds, and for looking at it.</param>
/// <param name="interruption">Ends everything.</param>
internal sealed class Peers(PeerSource source, Func<TimeLimit> limit, CancellationToken interruption) : IDisposable
{
    private const string Looks = "libraries.py";
    private const int Trials = 3;

    // A product that is worth repeating at once.
    private const double Short = 0.1;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Home?> _homes = [];
    private readonly Dictionary<(string Library, int Threads), PeerReport?> _reports = [];
    private readonly Dictionary<(string Script, string Program, PeerSetting Setting), Peer> _running = [];
    private readonly Lock _lock = new();
    private bool _disposed;

    // The program that has a library, and how its OpenBLAS is told to see the processor.
    private sealed record Home(string Program, string Core);

    /// <summary>What was found out so far.</summary>
    public IEnumerable<PeerReport> Reports => _reports.Values.OfType<PeerReport>();

    /// <summary>What a library is and reaches with so many threads; null where it is not installed.</summary>
    public PeerReport? Report(string library, int threads)
    {
        if (_reports.TryGetValue((library, threads), out var known)) return known;
        if (!_homes.TryGetValue(library, out var home)) _homes[library] = home = Find(library);
        if (home is null) return _reports[(library, threads)] = null;
        if (_reports.TryGetValue((library, threads), out known)) return known;
        return _reports[(library, threads)] = Look(home, library, threads);
    }

    /// <summary>A process of that script with that library; null where it cannot be started.</summary>
    public Peer? Running(string script, string library, int threads)
    {
        if (!_homes.TryGetValue(library, out var home)) _homes[library] = home = Find(library);
        if (home is null) return null;
        var key = (script, PeerSource.IsApart(library) ? library : home.Program, new PeerSetting(threads, home.Core));
        lock (_lock)
        {
            if (_running.TryGetValue(key, out var running) && !running.HasEnded) return running;
        }
        using var within = limit();
        var peer = source.Start(home.Program, [script], library, key.Item3, within);
        if (peer is null) return null;
        lock (_lock)
        {
            if (_disposed)
            {
                peer.Dispose();
                interruption.ThrowIfCancellationRequested();
            }
            if (_running.TryGetValue(key, out var ended)) ended.Dispose();
            _running[key] = peer;
        }
        return peer;
    }

    /// <summary>Ends all of them at once.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var peer in _running.Values) peer.Dispose();
            _running.Clear();
        }
    }

    // Debian's OpenBLAS does not know recent processors and falls back to SSE3 there; which of its core types is best is measured.
    private Home? Find(string library)
    {
        foreach (var program in source.ProgramsFor(library))
        {
            var home = new Home(program, "");
            if (Look(home, library, 1) is not { } best) continue;
            var tried = new HashSet<string>([Kernels(best.Core)]);
            if (best.Blas.StartsWith("OpenBLAS", StringComparison.Ordinal))
                foreach (var core in (string[])[.. Avx512F.IsSupported ? ["SkylakeX"] : Array.Empty<string>(), .. Avx2.IsSupported
                    ? ["Haswell"] : Array.Empty<string>()])
                    if (tried.Add(core) && Look(home with { Core = core }, library, 1) is { } other && other.Share > best.Share)
                        (best, home) = (other, home with { Core = core });
            _reports[(library, 1)] = best;
            return home;
        }
        return null;
    }

    // Core types with the same matrix kernels.
    private static string Kernels(string core) => core is "Zen" ? "Haswell" : core;

    private PeerReport? Look(Home home, string library, int threads)
    {
        using var within = limit();
        using var peer = source.Start(home.Program, [Looks, library], library, new PeerSetting(threads, home.Core), within);
        if (peer is null) return null;
        var about = Parse(peer.Answer("{}", within).Line);
        double seconds = double.NaN, cpu = double.NaN, peak = 0;
        // More trials before a verdict that withholds, unless it is far from fair.
        for (var (trial, clock) = (0, Stopwatch.StartNew()); trial < 4 * Trials; trial++)
        {
            peak = Math.Max(peak, Peak.Flops<float>(threads));
            var question = seconds < Short ? """{"product": 3}""" : """{"product": 1}""";
            if (Parse(peer.Answer(question, within).Line) is not { } answer) break;
            (seconds, cpu) = (Least(seconds, answer["seconds"]), Least(cpu, answer["cpu"]));
            var share = Share();
            var (isFair, isFar) = (share >= PeerReport.LeastShare, share < PeerReport.LeastShare / 4);
            if (double.IsNaN(share) || (trial >= Trials && isFair) || (trial > 0 && isFar) || clock.Elapsed > Longest) break;
        }
        return new PeerReport(library, threads, Text("version"), Text("blas"), Text("core"), Text("file"), Text("extensions"), home.Core,
            seconds, Share());
        double Share() => PeerReport.Flops / (threads * cpu) / (peak / threads);
        string Text(string key) => about?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
    }

    private static double Least(double least, JsonNode? next) =>
        next is not JsonValue value || !value.TryGetValue<double>(out var number) ? least
            : double.IsNaN(least) ? number : Math.Min(least, number);

    private static JsonObject? Parse(string? line)
    {
        try
        {
            return line is null ? null : JsonNode.Parse(line) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
