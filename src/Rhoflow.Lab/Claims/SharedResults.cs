using System.Collections.Concurrent;

namespace Rhoflow.Lab.Claims;

/// <summary>Results by name, each computed once whatever the number of threads that ask.</summary>
public sealed class SharedResults
{
    private readonly ConcurrentDictionary<string, Lazy<object>> _results = new(StringComparer.Ordinal);

    /// <summary>The value known as <paramref name="key"/>; an error in computing it is thrown to everyone who asks.</summary>
    public T Get<T>(string key, Func<T> compute) where T : notnull
    {
        var value = _results.GetOrAdd(key, _ => new Lazy<object>(() => compute())).Value;
        return value is T result
            ? result
            : throw new InvalidOperationException($"'{key}' is shared as {value.GetType().Name} and was asked for as {typeof(T).Name}.");
    }
}
