using System.Runtime.CompilerServices;

namespace Rhoflow.Measures;

/// <summary>What several columns and arrays of one observation have in common, computed when the first asks for it and forgotten with the observation.</summary>
/// <typeparam name="T">What is computed.</typeparam>
internal sealed class PerObservation<T>(Func<MeasureInput, T> compute)
{
    // Keyed by the object itself, not by the record's equality.
    private readonly ConditionalWeakTable<MeasureInput, Result> _known = [];

    /// <summary>The value for this observation.</summary>
    public T Of(MeasureInput input) => _known.GetValue(input, m => new Result(compute(m))).Value;

    private sealed record Result(T Value);
}
