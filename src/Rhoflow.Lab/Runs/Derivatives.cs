using Rhoflow.Measures;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The linearizations of one observation, each made when the first measure asks for it and shared by all that want the same.
/// </summary>
/// <param name="make">Makes one for a need, through the statistics of batch normalization or not; null where there is none.</param>
/// <param name="hasStatistics">Whether there are such statistics; without, the two are one.</param>
internal sealed class Derivatives(Func<MeasureNeed, bool, Linearization?> make, bool hasStatistics) : IDisposable
{
    private readonly Dictionary<(MeasureNeed, bool), Linearization?> _known = [];

    /// <summary>What a measure differentiates; null for one that needs no derivatives, and where there are none.</summary>
    public Linearization? Of(Measure measure)
    {
        if (measure.Need is not (MeasureNeed.Gradients or MeasureNeed.Curvature)) return null;
        var key = (measure.Need, hasStatistics && measure.GoesThroughStatistics);
        if (!_known.TryGetValue(key, out var passes)) _known[key] = passes = make(key.Need, key.Item2);
        return passes;
    }

    public void Dispose()
    {
        foreach (var passes in _known.Values) passes?.Dispose();
    }
}
