namespace Rhoflow.Lab.Experiments;

/// <summary>What a figure of runs shows.</summary>
public enum PlotKind
{
    /// <summary>y over x, a line a run or a band over runs.</summary>
    Line,

    /// <summary>y against x, a dot an observation (or a run).</summary>
    Points,

    /// <summary>The distribution of an array, an observation above another.</summary>
    Ridge,

    /// <summary>The distribution of an array at the end of a run, or of a quantity over runs.</summary>
    Histogram,

    /// <summary>An array in ascending order, over the share of its entries.</summary>
    Sorted,

    /// <summary>An array in descending order, over the rank of its entries.</summary>
    Spectrum,

    /// <summary>A quantity as colour over x and y.</summary>
    Heat,
}

/// <summary>What a band's line and its edges are.</summary>
public enum BandSpread
{
    /// <summary>The median, with the quantiles 1/4 and 3/4.</summary>
    Quartiles,

    /// <summary>The median, with the quantiles 1/10 and 9/10.</summary>
    Deciles,

    /// <summary>The median, with the least and the greatest.</summary>
    Range,

    /// <summary>The mean, with one standard deviation (of a sample: over n − 1) to each side.</summary>
    Sd,
}

/// <summary>The words of figures, on the command line and in configs.</summary>
public static class PlotWords
{
    /// <summary>The kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetNames<PlotKind>().Select(static n => n.ToLowerInvariant())];

    /// <summary>What bands show.</summary>
    public static IReadOnlyList<string> Spreads { get; } = [.. Enum.GetNames<BandSpread>().Select(static n => n.ToLowerInvariant())];

    /// <summary>Which axes are logarithmic.</summary>
    public static IReadOnlyList<string> Logs { get; } = ["x", "y", "xy", "none"];

    /// <summary>Which observations a figure takes.</summary>
    public static IReadOnlyList<string> Rows { get; } = ["all", "last"];

    /// <summary>The keys of a figure in a config.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["name", "title", "kind", "x", "y", "color", "band", "spread", "facet", "law", "where", "log", "rows"];
}
