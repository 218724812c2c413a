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

    /// <summary>The whole as one Vega-Lite specification with fixed sizes.</summary>
    public JsonObject Specification() => VegaLite.Whole(this);

    /// <summary>Each panel as a Vega-Lite specification without a size.</summary>
    public IReadOnlyList<JsonObject> PanelSpecifications() => VegaLite.Panels(this);
}
