using Rhoflow.Lab.Config;

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
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("name", ConfigForm.Text, "what its files are called") { Default = "by what it shows", Example = "norms" },
        new("title", ConfigForm.Text, "the heading") { Default = "by what it shows", Example = "Norms from three starts" },
        new("kind", ConfigForm.Word, "what it shows") { Words = Kinds, Default = "line", Example = "points" },
        new("x", ConfigForm.Text, "a column (t, epoch), or a key (init.scale: the last observation of each run)")
        {
            Default = "the runs' clock",
            Example = "epoch",
        },
        new("y", ConfigForm.Text | ConfigForm.List, "columns or keys; for ridge, histogram, sorted and spectrum an array")
        {
            Default = "what the kind asks for",
            Example = "[loss, margin_min]",
        },
        new("color", ConfigForm.Text, "a key with a colour for each value; the quantity of a heat map")
        {
            Default = "none",
            Example = "init.frobenius",
        },
        new("band", ConfigForm.Text | ConfigForm.List, "keys whose values are taken together, a line within a band")
        {
            Default = "none",
            Example = "seed",
        },
        new("spread", ConfigForm.Word, "what bands show; sd: mean ± s.d., else the median within")
        {
            Words = Spreads,
            Default = "quartiles",
            Example = "sd",
        },
        new("facet", ConfigForm.Text | ConfigForm.List, "keys with a panel for each value") { Default = "none", Example = "loss.name" },
        new("law", ConfigForm.Text | ConfigForm.List, "dashed curves: expressions in x, columns and keys; a factor c is fitted")
        {
            Default = "none",
            Example = "c/log(t)",
        },
        new("where", ConfigForm.Text | ConfigForm.List, "which runs, as show --where") { Default = "all", Example = "seed<3" },
        new("log", ConfigForm.Word, "logarithmic axes") { Words = Logs, Default = "those of values over decades", Example = "y" },
        new("rows", ConfigForm.Word, "all observations, or the last of each run")
        {
            Words = Rows,
            Default = "last where x is a key",
            Example = "last",
        },
    ];
}
