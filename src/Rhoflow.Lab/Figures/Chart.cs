using System.Text.Json.Nodes;

namespace Rhoflow.Lab.Figures;

/// <summary>
/// A picture made of panels, written as Vega-Lite 6 specifications: one for the whole (<see cref="Specification"/>, from which the SVG is
/// made) and one a panel (<see cref="PanelSpecifications"/>, which a web page lays out by its own width). Data are inlined, thinned to at
/// most <see cref="Thinning.Limit"/> points a curve, and finite.
/// </summary>
/// <param name="Panels">The panels in reading order.</param>
public sealed record Chart(params IReadOnlyList<Panel> Panels)
{
    /// <summary>Panels in a row of the SVG.</summary>
    public int Columns { get; init; } = 2;

    /// <summary>What stands above all panels; null: nothing.</summary>
    public string? Title { get; init; }

    /// <summary>The line below the title; null: none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>
    /// What the numbers drawn say, in sentences that take them from what is drawn; stands after the caption of a paper's figure. Null:
    /// nothing.
    /// </summary>
    public string? Findings { get; init; }

    /// <summary>
    /// Series of one kind share a layer, so that hundreds of curves are drawn at once; bands, ridges, histograms and heat maps need it.
    /// </summary>
    public bool Merged { get; init; }

    /// <summary>The whole as one Vega-Lite specification with fixed sizes.</summary>
    public JsonObject Specification() => VegaLite.Whole(this);

    /// <summary>Each panel as a Vega-Lite specification without a size.</summary>
    public IReadOnlyList<JsonObject> PanelSpecifications() => VegaLite.Panels(this);

    /// <summary>
    /// The same for a page that has a legend of its own: the names in the list <c>off</c>, a parameter, are not drawn; panels are zoomed
    /// and moved; what is near the pointer is said.
    /// </summary>
    public IReadOnlyList<JsonObject> LivePanels() => MergedView.Live(this);

    /// <summary>The names of the legend with their colours, dashed or not, in the order in which they are drawn.</summary>
    internal IReadOnlyList<SeriesStyle> Legend() => [.. SeriesStyle.Of(this).Values];
}
