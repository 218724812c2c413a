using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Tables;

namespace Rhoflow.Lab.Plots;

/// <summary>Which keys colour, which make panels, which are taken together in bands, and in which others the runs differ.</summary>
internal sealed class PlotKeys
{
    private readonly IReadOnlyList<PlotRun> _runs;
    private readonly Dictionary<string, ListWords> _words = new(StringComparer.Ordinal);

    /// <param name="config">The figure.</param>
    /// <param name="names">What the runs have.</param>
    /// <param name="runs">The runs that are drawn.</param>
    /// <param name="x">What is along x; if it is a key, it tells no curves apart.</param>
    /// <param name="color">Whether the figure's colour is a key, as it is but for dots and heat maps.</param>
    public PlotKeys(PlotConfig config, PlotNames names, IReadOnlyList<PlotRun> runs, PlotName? x, bool color = true)
    {
        _runs = runs;
        Color = color && config.Color is { } c ? names.Key(c, "--color") : null;
        Facets = [.. config.Facet.Select(k => names.Key(k, "--facet"))];
        Bands = [.. config.Band.Select(k => names.Key(k, "--band"))];
        RunColumn[] used = [.. Facets, .. Color is null ? [] : (RunColumn[])[Color], .. x is { IsKey: true } ? [x.Key!] : (RunColumn[])[]];
        Rest =
        [
            .. names.Differing.Select(RunColumn.Key)
                .Where(k => !IsFunctionOf(k, used) && !IsFunctionOf(k, Bands) && Bands.All(b => b.Name != k.Name)),
        ];
    }

    /// <summary>The key that colours; null: none.</summary>
    public RunColumn? Color { get; }

    /// <summary>The keys with a panel for each of their values.</summary>
    public IReadOnlyList<RunColumn> Facets { get; }

    /// <summary>The keys whose values are taken together.</summary>
    public IReadOnlyList<RunColumn> Bands { get; }

    /// <summary>The other keys in which the runs differ.</summary>
    public IReadOnlyList<RunColumn> Rest { get; }

    /// <summary>Panels in a row: the values of the last facet where each of them stands beside every value of the others.</summary>
    public int Columns
    {
        get
        {
            if (Facets.Count < 2) return 2;
            var last = Groups(_runs, [Facets[^1]]).Count;
            return last is > 1 and <= 3 && Groups(_runs, Facets).Count == last * Groups(_runs, [.. Facets.SkipLast(1)]).Count ? last : 2;
        }
    }

    /// <summary>The panels: the values of the facets in their order; one, without a title, where there are no facets.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<PlotRun> Runs)> Panels() => Facets.Count == 0 ? [("", _runs)]
        : [.. Groups(_runs, Facets).Select(g => (Label(Facets, g[0]), g))];

    /// <summary>Runs in groups that agree in some keys, in the order of their values.</summary>
    public static IReadOnlyList<IReadOnlyList<PlotRun>> Groups(IReadOnlyList<PlotRun> runs, IReadOnlyList<RunColumn> by)
    {
        IEnumerable<IReadOnlyList<PlotRun>> groups =
            runs.GroupBy(r => string.Join('\n', by.Select(k => Value(k, r))), StringComparer.Ordinal)
            .Select(static g => (IReadOnlyList<PlotRun>)g.ToArray());
        // Numbers ascend; words keep the order in which the runs bring them, the same beside every value of the keys before.
        foreach (var key in by.Reverse())
        {
            var isNumber = runs.All(r => key.Value(r.Record).Number is not null);
            var rank = isNumber ? [] : runs.Select(r => Value(key, r)).Distinct(StringComparer.Ordinal).Index()
                .ToDictionary(static p => p.Item, static p => p.Index, StringComparer.Ordinal);
            groups = [.. groups.OrderBy(g => isNumber ? key.Value(g[0].Record).Number : rank[Value(key, g[0])])];
        }
        return [.. groups];
    }

    /// <summary>The value of a key as it is shown; a dash where a config has none.</summary>
    public static string Value(RunColumn key, PlotRun run) => key.Value(run.Record) switch
    {
        { IsNothing: true } => "–",
        { Text: { } text } => text,
        { Number: { } number } => PlotAxis.Short(number),
        _ => "–",
    };

    /// <summary>init.scale = 0.1, seed = 3.</summary>
    public string Label(IEnumerable<RunColumn> keys, PlotRun run) =>
        string.Join(", ", keys.Select(k => k.Name is "id" ? Value(k, run) : $"{k.Name} = {Words(k).Whole(Value(k, run))}"));

    private ListWords Words(RunColumn key)
    {
        if (!_words.TryGetValue(key.Name, out var words))
            _words[key.Name] = words = new ListWords(_runs.Select(r => Value(key, r)));
        return words;
    }

    /// <summary>The keys with their values, as they are written down.</summary>
    public static IEnumerable<(string Key, string Value)> Pairs(IEnumerable<RunColumn> keys, PlotRun run) =>
        keys.Select(k => (k.Name, k.Value(run.Record).ToString()));

    // Whether runs that agree in the others agree in it too, so that it tells nothing more: data.seed beside seed.
    private bool IsFunctionOf(RunColumn key, IReadOnlyList<RunColumn> others) => others.Count > 0
        && Groups(_runs, others).All(g => g.Select(r => Value(key, r)).Distinct(StringComparer.Ordinal).Count() == 1);
}
