namespace Rhoflow.Lab.Config;

/// <summary>A map whose keys are known to be allowed.</summary>
public sealed class ConfigMap(ConfigNode node, IReadOnlyDictionary<string, ConfigNode> children)
{
    /// <summary>The map's own place.</summary>
    public ConfigNode Node => node;

    /// <summary>Whether the key is given.</summary>
    public bool Has(string key) => children.ContainsKey(key);

    /// <summary>The value of a key.</summary>
    public ConfigNode? this[string key] => children.GetValueOrDefault(key);

    /// <exception cref="ConfigException">The key is missing.</exception>
    public ConfigNode Required(string key, string what) =>
        this[key] ?? throw node.Error($"the key '{key}' is missing ({what})");

    /// <summary>The one key of <paramref name="keys"/> that is present.</summary>
    /// <exception cref="ConfigException">None, or more than one.</exception>
    public string OneOf(params string[] keys)
    {
        var present = keys.Where(Has).ToArray();
        return present.Length switch
        {
            1 => present[0],
            0 => throw node.Error($"one of the keys {string.Join(", ", keys)} is needed"),
            _ => throw this[present[1]]!.Error($"stands beside '{present[0]}'; only one of {string.Join(", ", keys)} can be given"),
        };
    }
}
