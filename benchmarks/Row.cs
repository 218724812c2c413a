namespace Rhoflow.Benchmarks;

/// <summary>One line of the benchmark table.</summary>
/// <param name="Name">Begins with the family: flow-….</param>
/// <param name="Threads">Threads used by both sides.</param>
/// <param name="Ours">Median of our measurements, in <paramref name="Unit"/>.</param>
/// <param name="Peer">Median of the peer's, or null where it is not installed.</param>
/// <param name="PeerName">numpy, torch, scipy.</param>
/// <param name="Unit">"/s" (more is better) or "s" (less is better).</param>
/// <param name="Ratio">Median over alternating pairs; &gt; 1 means that we are faster. Null without a peer.</param>
/// <param name="PeakShare">Share of the processor's measured double-precision peak, where operations can be counted.</param>
/// <param name="Target">What the row must reach, in words; null where nothing is demanded.</param>
/// <param name="Reached">Whether it did.</param>
public sealed record Row(
    string Name, int Threads, double Ours, double? Peer, string? PeerName, string Unit,
    double? Ratio, double? RatioMin, double? RatioMax, double? PeakShare, string? Target, bool? Reached);
