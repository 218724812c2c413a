using System.Runtime.CompilerServices;

namespace Rhoflow.Measures;

/// <summary>
/// What several columns and arrays of one observation have in common: computed when the first asks for it, and forgotten with the object
/// that it is computed from.
/// </summary>
/// <typeparam name="TKey">A snapshot, a linearization, a data set: the object itself counts, not what it equals.</typeparam>
/// <typeparam name="T">What is computed. Not to be changed by who gets it.</typeparam>
internal sealed class Once<TKey, T>(Func<TKey, T> compute) where TKey : class
{
    private readonly ConditionalWeakTable<TKey, Result> _known = [];

    /// <summary>The value for this object.</summary>
    public T Of(TKey key) => _known.GetValue(key, k => new Result(compute(k))).Value;

    private sealed record Result(T Value);
}
