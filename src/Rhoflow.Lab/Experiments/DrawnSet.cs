using System.Globalization;
using Rhoflow.Data;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>How a synthetic set is drawn: its size and the values of its parameters, in their order.</summary>
public sealed record DrawnSet(SyntheticSet Set, int Examples, IReadOnlyList<double> Values)
{
    private const int DefaultExamples = 1000;

    /// <summary>The keys of all synthetic sets.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("examples", ConfigForm.Whole, "drawn sets: how many are drawn")
        {
            Default = $"train + test, else {DefaultExamples}",
            Example = "1000",
        },
        .. SyntheticSets.All.SelectMany(static s => s.Parameters.Select(p => (Set: s.Name, Parameter: p)))
            .GroupBy(static x => x.Parameter.Name, StringComparer.Ordinal).Select(static g => new ConfigKey(g.Key,
                g.First().Parameter.Whole ? ConfigForm.Whole : ConfigForm.Number,
                $"{string.Join(", ", g.Select(static x => x.Set))}: {g.First().Parameter.About}")
            {
                Default = string.Join(" or ", g.Select(static x => ConfigWriter.Number(x.Parameter.Default)).Distinct()),
                Example = ConfigWriter.Number(g.First().Parameter.Default),
            }),
    ];

    private static IEnumerable<string> Keys => Described.Select(static k => k.Name);

    /// <summary>The examples; the same seed gives the same bits.</summary>
    public Dataset Draw(long seed) => Set.Draw(Examples, Values, seed);

    /// <summary>Another set with the parameters of that name that one has, defaults for the rest.</summary>
    internal static DrawnSet Like(SyntheticSet set, DrawnSet? other)
    {
        double Value(SyntheticParameter p) =>
            other is not null && other.Set.Parameters.ToList().FindIndex(o => o.Name == p.Name) is >= 0 and var i ? other.Values[i]
                : p.Default;
        return new DrawnSet(set, other?.Examples ?? DefaultExamples, [.. set.Parameters.Select(Value)]);
    }

    internal static DrawnSet? Read(ConfigMap map, string? name, int? train, int? test)
    {
        var set = SyntheticSets.All.FirstOrDefault(s => s.Name == name);
        string[] own = set is null ? [] : ["examples", .. set.Parameters.Select(p => p.Name)];
        foreach (var key in Keys.Where(k => map.Has(k) && !own.Contains(k, StringComparer.Ordinal)))
            throw map[key]!.NoMeaning(set is null ? "is for synthetic sets: " + string.Join(", ", SyntheticSets.All.Select(s => s.Name))
                : $"has no meaning for {name}; its own keys: {string.Join(", ", own)}");
        if (set is null) return null;
        var examples = map["examples"]?.Count(1) ?? (train is { } n ? (long)n + (test ?? 0) : DefaultExamples);
        var values = set.Parameters.Select(p => map[p.Name] is { } node ? Value(node, p) : p.Default).ToArray();
        var numbers = (double)examples * InputsOf(set, values);
        return numbers <= Array.MaxLength ? new DrawnSet(set, (int)examples, values)
            : throw map.Node.Error(string.Create(CultureInfo.InvariantCulture,
                $"{examples} examples of {InputsOf(set, values)} inputs are ")
                + string.Create(CultureInfo.InvariantCulture, $"{numbers:g4} numbers; a data set has at most {Array.MaxLength}"));
    }

    /// <summary>d, the numbers of an example.</summary>
    public int Inputs => InputsOf(Set, Values);

    // A set without such a parameter lies in the plane.
    private static int InputsOf(SyntheticSet set, IReadOnlyList<double> values) =>
        set.Parameters.Zip(values).FirstOrDefault(static p => p.First.Name == "inputs") is { First: not null } given ? (int)given.Second
            : 2;

    internal void Write(ConfigWriter writer)
    {
        writer.Entry("examples", Examples);
        foreach (var (parameter, value) in Set.Parameters.Zip(Values)) writer.Entry(parameter.Name, value);
    }

    private static double Value(ConfigNode node, SyntheticParameter parameter)
    {
        if (parameter.Whole) return node.Count((int)parameter.Least);
        var value = node.Number();
        return value >= parameter.Least ? value
            : throw node.Error($"a number ≥ {parameter.Least.ToString(CultureInfo.InvariantCulture)} was expected; {node.Given} was given");
    }
}
