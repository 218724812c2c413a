using Rhoflow.Measures.Bounds;

namespace Rhoflow.Measures;

/// <summary>Every measure, in the order of its columns.</summary>
public static class MeasureCatalog
{
    public static readonly IReadOnlyList<Measure> All =
    [
        .. LossMeasures.All, .. NormMeasures.All, .. MarginMeasures.All, .. DirectionMeasures.All, .. GradientMeasures.All, .. CurvatureMeasures.All,
        .. BoundsMeasures.All,
    ];

    /// <summary>The names that <c>observe.measures</c> takes.</summary>
    public static readonly IReadOnlyList<string> Families = [.. All.Select(m => m.Family).Distinct()];

    /// <summary>What is measured unless a config says otherwise: everything that costs next to nothing.</summary>
    public static readonly IReadOnlyList<string> Default = ["loss", "norms", "margins", "direction"];
}
