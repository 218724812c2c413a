using System.Collections.Concurrent;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// The shared results of one <c>reproduce</c>, each computed once whatever the number of threads that ask. It is asked through
/// <see cref="SharedResult{T}"/> and <see cref="SharedResults{TKey, T}"/>, which know the types.
/// </summary>
public sealed class SharedStore
{
    private readonly ConcurrentDictionary<(object Owner, object? Key, bool Full), Lazy<object>> _results = [];

    internal T Get<T>(object owner, object? key, bool full, Func<T> compute) where T : notnull =>
        (T)_results.GetOrAdd((owner, key, full), _ => new Lazy<object>(() => compute())).Value;
}
