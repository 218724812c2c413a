using System.Collections.Immutable;

namespace Rhoflow.Flows;

/// <summary>The values of a flow's keys: an immutable bag that is read through typed <see cref="FlowKey{T}"/>s.</summary>
public sealed class FlowSettings
{
    private readonly ImmutableDictionary<string, object> _values;

    private FlowSettings(ImmutableDictionary<string, object> values) => _values = values;

    /// <summary>Nothing given: every key has its default.</summary>
    public static FlowSettings Empty { get; } = new(ImmutableDictionary<string, object>.Empty);

    /// <summary>The value of a key, or its default.</summary>
    /// <exception cref="ArgumentException">The key is required, and not given.</exception>
    public T Get<T>(FlowKey<T> key) => _values.TryGetValue(key.Name, out var value) ? (T)value
        : key.IsRequired ? throw new ArgumentException($"the key '{key.Name}' is missing: {key.Doc}", nameof(key))
        : key.Default;

    /// <summary>The value as it is, or the default; null where there is neither.</summary>
    internal object? Get(FlowKey key) => _values.GetValueOrDefault(key.Name) ?? key.DefaultValue;

    /// <summary>True if a value is given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The same settings with one more value; null gives none.</summary>
    /// <exception cref="ArgumentException">The key refuses the value; the message says why.</exception>
    public FlowSettings With<T>(FlowKey<T> key, T value) => value is null ? this : With((FlowKey)key, value);

    /// <summary>The same, where the type is known from the key's form only.</summary>
    /// <exception cref="ArgumentException">The key refuses the value; the message says why.</exception>
    internal FlowSettings With(FlowKey key, object value) => key.Complaint(value) is { } why
        ? throw new ArgumentException($"{key.Name}: {why}", nameof(value))
        : new FlowSettings(_values.SetItem(key.Name, value));
}
