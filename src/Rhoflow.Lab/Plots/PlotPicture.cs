using Rhoflow.Lab.Figures;

namespace Rhoflow.Lab.Plots;

/// <summary>A figure of runs, made: the chart, the numbers in it, and what has to be said.</summary>
/// <param name="Chart">The picture.</param>
/// <param name="Panels">Its numbers, by panel.</param>
/// <param name="Columns">What x, y and the edges are called in csv.</param>
/// <param name="FileName">A name for its files, without ending.</param>
/// <param name="Notes">What was left out, and why.</param>
internal sealed record PlotPicture(Chart Chart, IReadOnlyList<PlotPanel> Panels, PlotColumns Columns, string FileName,
    IReadOnlyList<string> Notes)
{
    /// <summary>What stands above it.</summary>
    public string Title => Chart.Title ?? "";
}

/// <summary>The numbers of a panel.</summary>
internal sealed record PlotPanel(string Title, IReadOnlyList<Curve> Curves);

/// <summary>The heads of columns in csv.</summary>
internal sealed record PlotColumns(string X, string Y, string Low, string High);
