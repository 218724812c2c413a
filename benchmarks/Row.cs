namespace Rhoflow.Benchmarks;

/// <summary>One line of the benchmark table.</summary>
/// <param name="Name">Begins with the family: fc, conv, conv-bn, replicas, gemm, hvp, flow-….</param>
/// <param name="Threads">Threads used by both sides.</param>
/// <param name="Ours">Median of our measurements, in <paramref name="Unit"/>.</param>
/// <param name="Peer">Median of the peer's, or null where it is not installed.</param>
/// <param name="PeerName">numpy, torch, scipy.</param>
/// <param name="HasPeer">Whether a peer is asked at all: some rows are compared with other work of ours.</param>
/// <param name="Unit">"/s" (more is better) or "s" (less is better).</param>
/// <param name="Ratio">Median over alternating pairs; &gt; 1 means that we are faster. Null without a peer.</param>
/// <param name="PeakShare">Share of the processor's measured peak (of its float type, times threads), where operations can be
/// counted.</param>
/// <param name="Cost">Median over pairs of our time over that of the work it is compared with ; null for other rows.</param>
/// <param name="CostOf">That work: the gradient, a forward pass.</param>
/// <param name="Target">What the row must reach, in words; null where nothing is demanded.</param>
/// <param name="Reached">Whether it did.</param>
/// <param name="Bound">What holds it back.</param>
public sealed record Row(
    string Name, int Threads, double Ours, double? Peer, string? PeerName, bool HasPeer, string Unit,
    double? Ratio, double? RatioMin, double? RatioMax, double? PeakShare, double? Cost, string? CostOf, string? Target, bool? Reached,
        string Bound);
