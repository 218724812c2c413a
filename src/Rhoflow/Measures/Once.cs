using System.Runtime.CompilerServices;

namespace Rhoflow.Measures;

/// <summary>
/// What several columns and arrays of one observation have in common: computed when the first asks for it, and forgotten with the object
/// that it is computed from.
/// </summary>
/// <typeparam name="TKey">A snapshot, a linearization, a data set: the object itself counts, not what it equals.</typeparam>
/// <typeparam name="T">What is computed. Not to be changed by who gets it.</typeparam>
/// <param name="compute">Computes it, and may be cancelled: then nothing is kept.</param>
internal sealed class Once<TKey, T>(Func<TKey, CancellationToken, T> compute) where TKey : class
{
    private readonly ConditionalWeakTable<TKey, Result> _known = [];

    /// <summary>Of what is computed fast, or looks at a token of its own.</summary>
    public Once(Func<TKey, T> compute) : this((key, _) => compute(key)) { }

    /// <summary>The value for this object.</summary>
    /// <param name="key">The object.</param>
    /// <param name="cancellation">Ends the computation, if this is the first who asks.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public T Of(TKey key, CancellationToken cancellation = default) =>
        _known.GetValue(key, k => new Result(compute(k, cancellation))).Value;

    private sealed record Result(T Value);
}
