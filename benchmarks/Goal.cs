using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>What a row must reach.</summary>
public enum GoalKind
{
    /// <summary>At least so many repetitions a second.</summary>
    Rate,

    /// <summary>At most so many seconds.</summary>
    Seconds,

    /// <summary>At least so many times the peer's speed.</summary>
    Ratio,

    /// <summary>At least that share of the processor's measured peak.</summary>
    PeakShare,

    /// <summary>At most so many times the cost of another work of ours.</summary>
    Cost,
}

/// <summary>A bound of one kind.</summary>
public sealed record Goal(GoalKind Kind, double Value)
{
    /// <summary>What a <see cref="GoalKind.Cost"/> is counted in.</summary>
    public string Beside { get; init; } = "the gradient";

    /// <summary>"≥ 1.4 × peer".</summary>
    public string Text => Kind switch
    {
        GoalKind.Rate => $"≥ {Short(Value)} /s",
        GoalKind.Seconds => $"≤ {Short(Value)} s",
        GoalKind.Ratio => $"≥ {Short(Value)} × peer",
        GoalKind.PeakShare => $"≥ {Short(100 * Value)} % of peak",
        _ => $"≤ {Short(Value)} × {Beside}",
    };

    /// <summary>Whether a row reaches it; null where what it is about was not measured.</summary>
    public bool? Reached(double seconds, double? ratio, double? peakShare, double? cost) => Kind switch
    {
        GoalKind.Rate => 1 / seconds >= Value,
        GoalKind.Seconds => seconds <= Value,
        GoalKind.Ratio => ratio is { } r ? r >= Value : null,
        GoalKind.PeakShare => peakShare is { } p ? p >= Value : null,
        _ => cost is { } c ? c <= Value : null,
    };

    private static string Short(double value) => value.ToString("g3", CultureInfo.InvariantCulture);
}
