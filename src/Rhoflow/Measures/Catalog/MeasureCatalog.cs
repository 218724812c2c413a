using Rhoflow.Measures.Bounds;
using Rhoflow.Measures.Collapse;
using Rhoflow.Measures.Curvature;
using Rhoflow.Measures.Direction;
using Rhoflow.Measures.Equilibrium;
using Rhoflow.Measures.Limits;
using Rhoflow.Measures.LossAndError;
using Rhoflow.Measures.Margins;
using Rhoflow.Measures.NormalizedLoss;
using Rhoflow.Measures.Norms;
using Rhoflow.Measures.Structure;

namespace Rhoflow.Measures.Catalog;

/// <summary>Every measure, in the order of its columns.</summary>
public static class MeasureCatalog
{
    /// <summary>All measures, family by family.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        .. LossMeasures.All, .. NormMeasures.All, .. MarginMeasures.All, .. DirectionMeasures.All,
        .. NormalizedLossMeasures.All, .. EquilibriumMeasures.All, .. LimitMeasures.All, .. CurvatureMeasures.All,
        .. BoundsMeasures.All,
        .. CollapseMeasures.All, .. StructureMeasures.All,
    ];

    /// <summary>The names that <c>observe.measures</c> takes.</summary>
    public static readonly IReadOnlyList<string> Families = [.. All.Select(m => m.Family).Distinct()];

    /// <summary>What is measured unless a config says otherwise: everything that costs next to nothing.</summary>
    public static readonly IReadOnlyList<string> Default = ["loss", "norms", "margins", "direction"];
}
