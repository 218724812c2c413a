using Rhoflow.Lab.Config;
using Rhoflow.Lab.Tables;
using Rhoflow.Measures.Catalog;

namespace Rhoflow.Lab.Plots;

/// <summary>What a name of a figure stands for.</summary>
internal enum PlotSource
{
    /// <summary>A column of metrics.csv.</summary>
    Column,

    /// <summary>10 to the power of a column log10_NAME, which has no column NAME beside it: a loss of 1e-800.</summary>
    Power,

    /// <summary>A key of configs, or another field of a run: one value a run.</summary>
    Key,

    /// <summary>An array of the run folder.</summary>
    Array,
}

/// <summary>A name of a figure, looked up.</summary>
/// <param name="Name">Whole: init.scale where scale was typed.</param>
/// <param name="Source">What it stands for.</param>
/// <param name="Key">The key; null for columns and arrays.</param>
internal sealed record PlotName(string Name, PlotSource Source, RunColumn? Key = null)
{
    /// <summary>The name with its unit, where there is one; clocks need none.</summary>
    public string Title => Name == "log10_t" ? "log₁₀ t" : Name == "margins" ? "y f(V; x), units of f/ρ"
        : IsKey || ColumnUnits.Clocks.Any(c => c.Column == Name) || ColumnUnits.Of(Name) is not { } unit ? Name : $"{Name}, {unit}";

    /// <summary>Whether it is one value a run.</summary>
    public bool IsKey => Source == PlotSource.Key;
}

/// <summary>The names that runs have: columns, keys, arrays.</summary>
internal sealed class PlotNames
{
    private readonly IReadOnlyList<PlotRun> _runs;
    private readonly RunColumns _keys;
    private readonly string[] _columns;

    public PlotNames(IReadOnlyList<PlotRun> runs)
    {
        _runs = runs;
        _keys = new RunColumns([.. runs.Select(static r => r.Record)]);
        _columns = [.. runs.SelectMany(static r => r.Columns).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The keys in which the runs differ.</summary>
    public IReadOnlyList<string> Differing => _keys.Differing;

    /// <summary>The columns of all runs.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>A column, a power of one, or a key.</summary>
    /// <exception cref="ConfigException">There is none; the nearest are named.</exception>
    public PlotName Quantity(string name, string option) => TryQuantity(name) ?? throw Unknown(name, option,
        _runs.Any(r => r.Arrays.Contains(name))
            ? $"'{name}' is an array of these runs, drawn by --kind ridge, histogram, sorted or spectrum"
        : $"'{name}' is neither a column of these runs' metrics.csv nor a key of their configs");

    /// <summary>A column, a power of one, or a key; null where there is none.</summary>
    public PlotName? TryQuantity(string name)
    {
        if (_columns.Contains(name)) return new PlotName(name, PlotSource.Column);
        if (_columns.Contains("log10_" + name)) return new PlotName(name, PlotSource.Power);
        try
        {
            return _keys.Find(name, "") is { Kind: not ColumnKind.Quantity } key ? new PlotName(key.Name, PlotSource.Key, key) : null;
        }
        catch (ConfigException)
        {
            return null;
        }
    }

    /// <summary>A key of configs or a field of runs.</summary>
    /// <exception cref="ConfigException">There is none, or the name is a column's.</exception>
    public RunColumn Key(string name, string option)
    {
        if (name == "run") return _keys.Find("id", option);
        if (TryQuantity(name) is null && !_columns.Contains(name))
        {
            string[] all = [.. _runs.SelectMany(static r => r.Record.Keys.Keys).Distinct(StringComparer.Ordinal)];
            if (all.All(k => k != name && !k.EndsWith("." + name, StringComparison.Ordinal)))
                throw new ConfigException($"{option}: '{name}' is no key of these runs' configs"
                    + (Nearest.Words(name, all) is { Length: > 0 } near ? $"; nearest: {string.Join(", ", near)}" : "") + Differ);
        }
        if (_keys.Find(name, option) is { Kind: not ColumnKind.Quantity } key) return key;
        throw new ConfigException($"{option} {name}: it is measured along each run, and {option} needs one value a run: a key of the "
            + "configs"
            + Differ
            + (option == "--color" ? "; with --kind points or heat a column may be the colour" : ""));
    }

    /// <summary>An array.</summary>
    /// <exception cref="ConfigException">No run has it.</exception>
    public PlotName Array(string? name, IReadOnlyList<string> unless, string option)
    {
        string[] all = [.. _runs.SelectMany(static r => r.Arrays).Distinct(StringComparer.Ordinal)];
        if (name is null)
            return unless.FirstOrDefault(all.Contains) is { } there ? new PlotName(there, PlotSource.Array)
                : throw new ConfigException($"these runs have none of the arrays {string.Join(", ", unless)}"
                    + (all.Length > 0 ? $"; they have {string.Join(", ", all)}" : ""));
        return all.Contains(name) ? new PlotName(name, PlotSource.Array)
            : throw new ConfigException($"{option}: '{name}' is no array of these runs{Nearest.Hint(name, all, "they have")}");
    }

    private string Differ => Differing.Count > 0 ? $"; these runs differ in {string.Join(", ", Differing)}" : "";

    private ConfigException Unknown(string name, string option, string what)
    {
        string[] all = [.. _columns, .. _runs.SelectMany(static r => r.Record.Keys.Keys).Distinct(StringComparer.Ordinal)];
        return new ConfigException($"{option}: {what}"
            + (Nearest.Words(name, all) is { Length: > 0 } near ? $"; nearest: {string.Join(", ", near)}"
                : $"; columns: {string.Join(", ", _columns)}"));
    }
}
