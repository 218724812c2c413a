namespace Rhoflow.Benchmarks;

/// <summary>What the benchmarks are asked for.</summary>
internal sealed record SuiteOptions
{
    /// <summary>Rows by their name or its beginning; empty: all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Rows that take minutes too, and no end to the whole.</summary>
    public bool Full { get; init; }

    /// <summary>Seconds for a row with its peer.</summary>
    public double Limit { get; init; } = DefaultLimit;

    /// <summary>Alternating pairs a row.</summary>
    public int Pairs { get; init; } = DefaultPairs;

    /// <summary>Seconds for everything, where neither rows were named nor <see cref="Full"/> is set; what has not begun by then is left
    /// out.</summary>
    public double Whole { get; init; } = 345;

    /// <summary>For which our side is repeated before it is timed, so that the optimizing compiler has seen it.</summary>
    public double WarmUp { get; init; } = 1;

    /// <summary>A measurement is as many repetitions as take about so long.</summary>
    public double Measurement { get; init; } = 0.25;

    /// <summary>Where peers come from.</summary>
    public PeerSource Source { get; init; } = PeerSource.Default;

    /// <summary>The rows that there are; those of the program unless a test has its own.</summary>
    public IReadOnlyList<Work> Works { get; init; } = Suite.Works;

    public const double DefaultLimit = 60, FullLimit = 1800;

    public const int DefaultPairs = 7;

    /// <summary>Whether a name is asked for.</summary>
    public bool Chooses(string name) => Names.Count == 0 || Names.Any(n => name.StartsWith(n, StringComparison.Ordinal));

    /// <summary>Whether the whole must end in time.</summary>
    public bool IsBounded => Names.Count == 0 && !Full;
}
