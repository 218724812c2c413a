using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>All keys of configs as a tree, by the tables that the parser reads with.</summary>
public static class ConfigGuide
{
    /// <summary>The keys of a config.</summary>
    public static IReadOnlyList<ConfigKey> Keys => ExperimentKinds.Described;

    /// <summary>Every key with its path, a parent before its children: <c>flow</c>, <c>flow.kind</c>.</summary>
    public static IEnumerable<(string Path, ConfigKey Key)> All => Below("", Keys);

    /// <summary>
    /// The keys that a person may mean: that of the path, else all whose last name it is (<c>momentum</c>), else all whose path ends so.
    /// </summary>
    /// <exception cref="ConfigException">None; the nearest are named.</exception>
    public static IReadOnlyList<(string Path, ConfigKey Key)> Find(string word)
    {
        var all = All.ToList();
        foreach (var fits in (Func<string, bool>[])[p => p == word, p => p.EndsWith("." + word, StringComparison.Ordinal)])
        {
            if (all.Where(x => fits(x.Path)).ToList() is { Count: > 0 } found) return found;
        }
        string[] names = [.. all.Select(static x => x.Path), .. all.Select(static x => x.Key.Name).Distinct(StringComparer.Ordinal)];
        var near = Nearest.Words(word, names);
        throw new ConfigException($"'{word}' is not a key of configs"
            + (near.Length > 0 ? $"; nearest: {string.Join(", ", near)}" : "; `rhoflow help config` lists them"));
    }

    private static IEnumerable<(string Path, ConfigKey Key)> Below(string path, IReadOnlyList<ConfigKey> keys)
    {
        foreach (var key in keys)
        {
            var here = path.Length == 0 ? key.Name : $"{path}.{key.Name}";
            yield return (here, key);
            foreach (var below in Below(here, key.Keys)) yield return below;
        }
    }
}
