namespace Rhoflow.Benchmarks;

/// <summary>One line of the benchmark table.</summary>
/// <param name="Name">Begins with the family: fc, conv, conv-bn, replicas, gemm, hvp, flow-….</param>
/// <param name="Threads">Threads used by both sides.</param>
/// <param name="Unit">"/s" (more is better) or "s" (less is better).</param>
/// <param name="Ours">Median of our measurements, in <paramref name="Unit"/>; null where the row ran out before there was one.</param>
public sealed record Row(string Name, int Threads, string Unit, double? Ours)
{
    /// <summary>The library that it is compared with: numpy, scipy, torch, libtorch, onnxruntime; null where there is none.</summary>
    public string? PeerName { get; init; }

    /// <summary>Median of the peer's measurements; null where there is no ratio.</summary>
    public double? Peer { get; init; }

    /// <summary>Alternating pairs behind the ratio, or repetitions of ours where there is none.</summary>
    public int Pairs { get; init; }

    /// <summary>Median over the pairs; &gt; 1 means that we are faster. Null without a peer.</summary>
    public double? Ratio { get; init; }

    /// <summary>The least of the pairs' ratios.</summary>
    public double? RatioMin { get; init; }

    /// <summary>The largest of the pairs' ratios.</summary>
    public double? RatioMax { get; init; }

    /// <summary>
    /// Median over the pairs of the peer's CPU time over ours, of all threads of either process: what the ratio would be on a quiet machine
    /// whose threads never wait. Null without a peer.
    /// </summary>
    public double? CpuRatio { get; init; }

    /// <summary>
    /// Share of the processor's measured peak (of its float type, with so many threads at work) in the CPU time of the process, in which
    /// neighbours on a shared machine do not count. Where operations can be counted.
    /// </summary>
    public double? PeakShare { get; init; }

    /// <summary>
    /// CPU time of the process over the clock's times the threads, while ours was timed: well below 1 with one thread, other programs held
    /// the processor, and the times say more about them. Null where nothing was timed.
    /// </summary>
    public double? CpuShare { get; init; }

    /// <summary>Median over pairs of our time over that of the work it is compared with; null for other rows.</summary>
    public double? Cost { get; init; }

    /// <summary>That work: the gradient, a forward pass.</summary>
    public string? CostOf { get; init; }

    /// <summary>What the row must reach, in words; null where nothing is demanded.</summary>
    public string? Target { get; init; }

    /// <summary>Whether it did; null where what it is about was not measured.</summary>
    public bool? Reached { get; init; }

    /// <summary>What holds it back.</summary>
    public string Bound { get; init; } = "";

    /// <summary>Why there is no ratio, in a few words: "torch is not installed", "torch over the limit of 60 s".</summary>
    public string? Note { get; init; }
}
