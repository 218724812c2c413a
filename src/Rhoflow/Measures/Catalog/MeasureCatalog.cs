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
using Rhoflow.Measures.Spectra;
using Rhoflow.Measures.Structure;

namespace Rhoflow.Measures.Catalog;

/// <summary>Every measure, in the order of its columns.</summary>
public static class MeasureCatalog
{
    private static readonly Lock Adding = new();

    // Replaced as a whole, so that readers need no lock.
    private static volatile Measure[] s_all =
    [
        .. LossMeasures.All, .. NormMeasures.All, .. MarginMeasures.All, .. DirectionMeasures.All,
        .. NormalizedLossMeasures.All, .. EquilibriumMeasures.All, .. LimitMeasures.All, .. CurvatureMeasures.All,
        .. BoundsMeasures.All,
        .. CollapseMeasures.All, .. StructureMeasures.All, .. SpectraMeasures.All,
    ];

    /// <summary>All measures, family by family: the library's, then those registered.</summary>
    public static IReadOnlyList<Measure> All => s_all;

    /// <summary>The names that <c>observe.measures</c> takes.</summary>
    public static IReadOnlyList<string> Families => [.. s_all.Select(static m => m.Family).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// Adds a measure of another assembly, so that configs, lists, runs and inspections know it. Thread-safe; once more does nothing.
    /// </summary>
    /// <exception cref="ArgumentException">Another one has its name.</exception>
    public static void Register(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        lock (Adding)
        {
            if (s_all.Contains(measure, ReferenceEqualityComparer.Instance)) return;
            if (Array.Exists(s_all, m => m.Family == measure.Family && m.Name == measure.Name))
                throw new ArgumentException($"a measure named '{measure.Family}/{measure.Name}' exists already", nameof(measure));
            s_all = [.. s_all, measure];
        }
    }

    /// <summary>What is measured unless a config says otherwise: everything that costs next to nothing.</summary>
    public static readonly IReadOnlyList<string> Default = ["loss", "norms", "margins", "direction"];
}
