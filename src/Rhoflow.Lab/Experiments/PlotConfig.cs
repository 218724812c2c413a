using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>A figure of runs as a person describes it: by options of <c>rhoflow plot</c>, or by a map under <c>figures</c>.</summary>
public sealed record PlotConfig
{
    /// <summary>What its files are called; null: by what it shows.</summary>
    public string? Name { get; init; }

    /// <summary>Its heading; null: by what it shows.</summary>
    public string? Title { get; init; }

    /// <summary>What it shows.</summary>
    public PlotKind Kind { get; init; }

    /// <summary>The column or key along the abscissa; null: the clock that the runs have, or what the kind asks for.</summary>
    public string? X { get; init; }

    /// <summary>The columns, keys or arrays along the ordinate; none: what the kind asks for.</summary>
    public IReadOnlyList<string> Y { get; init; } = [];

    /// <summary>The key by whose values curves are coloured; the quantity of a heat map.</summary>
    public string? Color { get; init; }

    /// <summary>The keys whose values are taken together in a band.</summary>
    public IReadOnlyList<string> Band { get; init; } = [];

    /// <summary>What a band shows.</summary>
    public BandSpread Spread { get; init; }

    /// <summary>The keys that have a panel for each of their values.</summary>
    public IReadOnlyList<string> Facet { get; init; } = [];

    /// <summary>Dashed curves: expressions in x, columns and keys.</summary>
    public IReadOnlyList<string> Laws { get; init; } = [];

    /// <summary>Conditions that the runs must satisfy.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>x, y, xy or none: the logarithmic axes; null: those of values that are spread over decades.</summary>
    public string? Log { get; init; }

    /// <summary>Only the last observation of each run; null: where x is a key.</summary>
    public bool? LastOnly { get; init; }

    /// <summary>Reads the list under <c>figures</c>.</summary>
    /// <exception cref="ConfigException">Anything wrong, with its place.</exception>
    public static IReadOnlyList<PlotConfig> ReadAll(ConfigNode? node)
    {
        if (node is null) return [];
        PlotConfig[] all = [.. node.List("figures, each a map of x, y, color, band, …").Select(Read)];
        foreach (var (figure, i) in all.Select(static (f, i) => (f, i)))
            if (figure.Name is { } name && all.Take(i).Any(f => f.Name == name))
                throw node.List("figures")[i].Error($"two figures are called '{name}'");
        return all;
    }

    /// <summary>Appends the list under <c>figures</c>, if there is one.</summary>
    public static void Write(ConfigWriter writer, IReadOnlyList<PlotConfig> figures)
    {
        if (figures.Count > 0) writer.Raw("figures", ConfigWriter.List(figures.Select(static f => f.ToYaml())));
    }

    private static PlotConfig Read(ConfigNode node)
    {
        var map = node.Map(PlotWords.Described);
        return new PlotConfig
        {
            Name = map["name"] is { } name ? FileName(name) : null,
            Title = map["title"]?.Text(),
            Kind = map["kind"] is { } kind ? Enum.Parse<PlotKind>(kind.Word(PlotWords.Kinds), ignoreCase: true) : PlotKind.Line,
            X = map["x"]?.Text(),
            Y = Words(map["y"]),
            Color = map["color"]?.Text(),
            Band = Words(map["band"]),
            Spread = map["spread"] is { } spread ? Enum.Parse<BandSpread>(spread.Word(PlotWords.Spreads), ignoreCase: true)
                : BandSpread.Quartiles,
            Facet = Words(map["facet"]),
            Laws = [.. Nodes(map["law"]).Select(ReadLaw)],
            Where = [.. Nodes(map["where"]).Select(static n => n.Text())],
            Log = map["log"]?.Word(PlotWords.Logs),
            LastOnly = map["rows"]?.Word(PlotWords.Rows) is { } rows ? rows == "last" : null,
        };
    }

    // A file's name, with no folder in it.
    private static string FileName(ConfigNode node)
    {
        var name = node.Text();
        return name.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] != '.' ? name
            : throw node.Error($"'{name}' names a file, so it may hold letters, digits, '-', '_' and '.' only (and not begin with '.')");
    }

    private static string ReadLaw(ConfigNode node) => Law.Parse(node.Text(), node.Error).Text;

    private static string[] Words(ConfigNode? node) =>
        [.. Nodes(node).SelectMany(static n => n.Text()
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static IEnumerable<ConfigNode> Nodes(ConfigNode? node) => node is null ? [] : node.IsList ? node.List("words") : [node];

    /// <summary>As one line of YAML.</summary>
    public string ToYaml()
    {
        var entries = new List<string>();
        void One(string key, string? value)
        {
            if (value is not null) entries.Add($"{key}: {ConfigWriter.Text(value)}");
        }

        void Many(string key, IReadOnlyList<string> values)
        {
            if (values.Count > 0) entries.Add($"{key}: {ConfigWriter.List(values.Select(ConfigWriter.Text))}");
        }

        One("name", Name);
        One("title", Title);
        if (Kind != PlotKind.Line) One("kind", Kind.ToString().ToLowerInvariant());
        One("x", X);
        Many("y", Y);
        One("color", Color);
        Many("band", Band);
        if (Spread != BandSpread.Quartiles) One("spread", Spread.ToString().ToLowerInvariant());
        Many("facet", Facet);
        Many("law", Laws);
        Many("where", Where);
        One("log", Log);
        One("rows", LastOnly switch { true => "last", false => "all", null => null });
        return $"{{{string.Join(", ", entries)}}}";
    }
}
