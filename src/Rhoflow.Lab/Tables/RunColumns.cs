using Rhoflow.Lab.Config;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Tables;

/// <summary>The columns that runs have: fields, keys of their configs, quantities of their last observations.</summary>
/// <param name="runs">The runs.</param>
public sealed class RunColumns(IReadOnlyList<RunRecord> runs)
{
    internal const string Seconds = "seconds";

    /// <summary>What <c>loss</c> means, where a config says loss.name, and <c>data</c>, where it says data.set.</summary>
    private static readonly string[] s_words = ["name", "kind", "set", "path"];

    private readonly string[] _keys = [.. runs.SelectMany(static r => r.Keys.Keys).Distinct(StringComparer.Ordinal)];

    private readonly string[] _quantities = [.. runs.SelectMany(static r => r.Quantities).Distinct(StringComparer.Ordinal)];

    /// <summary>The runs.</summary>
    public IReadOnlyList<RunRecord> Runs => runs;

    /// <summary>Which run it is, how it stands, when it was begun, how long it took.</summary>
    public static IReadOnlyList<RunColumn> Fields { get; } =
    [
        new("name", ColumnKind.Field, static r => Cell.OfText(r.Folder.Name)),
        new("id", ColumnKind.Field, static r => Cell.OfText(r.Folder.Id)),
        new("status", ColumnKind.Field, static r => Cell.OfText(r.StatusWord)),
        new("folder", ColumnKind.Field, static r => Cell.OfText(r.Folder.Path)),
        new("started", ColumnKind.Field, static r => Cell.OfText(r.Started)),
        new(Seconds, ColumnKind.Field, static r => Cell.Of(r.Seconds)),
    ];

    /// <summary>The keys of the configs, in their order.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>The quantities of the last observations, in their order.</summary>
    public IReadOnlyList<string> Quantities => _quantities;

    /// <summary>The keys in which the runs differ.</summary>
    public IReadOnlyList<string> Differing => field ??= RunKeys.Differing([.. runs.Select(static r => r.Keys)]);

    /// <summary>
    /// A column by its name, by the last part of a key's name where that is not ambiguous, or by the part of a config that has a name or a
    /// kind: <c>loss</c> is loss.name, <c>flow</c> is flow.kind.
    /// </summary>
    /// <param name="name">As typed.</param>
    /// <param name="option">Where it was typed, for errors.</param>
    /// <exception cref="ConfigException">There is none; the nearest are named.</exception>
    public RunColumn Find(string name, string option)
    {
        if (Fields.FirstOrDefault(f => f.Name == name) is { } field) return field;
        if (_keys.Contains(name)) return RunColumn.Key(name);
        if (_quantities.Contains(name)) return RunColumn.Quantity(name);
        if (s_words.Select(w => $"{name}.{w}").FirstOrDefault(_keys.Contains) is { } named) return RunColumn.Key(named);
        return _keys.Where(k => k.EndsWith("." + name, StringComparison.Ordinal)).ToArray() switch
        {
            [var only] => RunColumn.Key(only),
            [] => throw new ConfigException($"{option}: '{name}' is neither a key of these runs' configs nor one of their quantities"
                + Hint(name)),
            var several => throw new ConfigException($"{option}: '{name}' may be {string.Join(" or ", several)}; write the whole name"),
        };
    }

    // All of them, a hundred, only where none is near.
    private string Hint(string name)
    {
        string[] all = [.. Fields.Select(static f => f.Name), .. _keys, .. _quantities];
        return Nearest.Words(name, all) is { Length: > 0 } near ? $"; nearest: {string.Join(", ", near)}"
            : $"; there are: {string.Join(", ", all)}";
    }

    /// <summary>Several columns.</summary>
    /// <param name="names">Separated by commas.</param>
    /// <param name="option">Where they were typed, for errors.</param>
    /// <exception cref="ConfigException">One of them is none, or there are none at all.</exception>
    public IReadOnlyList<RunColumn> FindAll(string names, string option)
    {
        var all = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0) throw new ConfigException($"{option} '{names}' names no column; write KEY,KEY,…");
        return [.. all.Select(n => Find(n, option)).DistinctBy(static c => c.Name, StringComparer.Ordinal)];
    }

    /// <summary>The runs in the order of a column; with a leading '-' the largest first. Those without a value come last.</summary>
    /// <exception cref="ConfigException">There is no such column.</exception>
    public IReadOnlyList<RunRecord> Sort(string by, IEnumerable<RunRecord> of)
    {
        var column = Find(by.TrimStart('-', '+'), "--sort");
        return Sorting.By(of, column.Value, descending: by.StartsWith('-'));
    }
}
