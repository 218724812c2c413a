using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// What makes steps of gradients: `descent.rule` and the keys that this rule has. Nothing here knows any rule by its name: they and their
/// keys are those of <see cref="OptimizerKind"/>, so that one of another assembly needs no more than to be registered there.
/// </summary>
/// <param name="Kind">Which.</param>
/// <param name="Values">Of all its keys, by name; of a flag 0 or 1.</param>
public sealed record OptimizerConfig(OptimizerKind Kind, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Plain steps.</summary>
    public static OptimizerConfig Default { get; } = new(OptimizerKind.Default, Defaults(OptimizerKind.Default));

    /// <summary>The keys of all rules, with what they mean.</summary>
    internal static IEnumerable<ConfigKey> Described =>
        OptimizerKind.All.SelectMany(static kind => kind.Keys.Select(key => (Kind: kind, Key: key)))
            .GroupBy(static x => x.Key.Name, StringComparer.Ordinal).Select(static g => new ConfigKey(g.Key, g.First().Key.Type switch
            {
                OptimizerKeyType.Flag => ConfigForm.Flag,
                OptimizerKeyType.Whole => ConfigForm.Whole,
                _ => ConfigForm.Number,
            }, $"rule {string.Join(", ", g.Select(static x => x.Kind.Name))}: {g.First().Key.About}")
            {
                Default = string.Join(" or ", g.Select(static x => Written(x.Key)).Distinct(StringComparer.Ordinal)),
                Example = Written(g.First().Key),
            });

    private static string Written(OptimizerKey key) => key.Type == OptimizerKeyType.Flag ? key.Default != 0 ? "true" : "false"
        : ConfigWriter.Number(key.Default);

    /// <summary>The keys of all rules.</summary>
    internal static IEnumerable<string> Keys =>
        OptimizerKind.All.SelectMany(static k => k.Keys).Select(static k => k.Name).Distinct(StringComparer.Ordinal);

    /// <summary>The optimizer itself.</summary>
    public Optimizer Create(LearningRate rate, int batch) => Kind.Create(rate, batch, new OptimizerValues(Kind, Values));

    /// <param name="map">The map of `descent`.</param>
    internal static OptimizerConfig Read(ConfigMap map)
    {
        var all = OptimizerKind.All;
        var name = map["rule"]?.Word([.. all.Select(static k => k.Name)]) ?? OptimizerKind.Default.Name;
        var kind = all.First(k => k.Name == name);
        foreach (var key in Keys.Where(map.Has))
        {
            if (kind.Keys.Any(k => k.Name == key)) continue;
            var having = all.Where(k => k.Keys.Any(own => own.Name == key)).Select(static k => k.Name);
            throw map[key]!.NoMeaning($"has a meaning for rule: {string.Join(", ", having)} only; the keys of rule: {name} are "
                + string.Join(", ", kind.Keys.Select(static k => k.Name)));
        }
        var values = kind.Keys.ToDictionary(
            static k => k.Name, k => map[k.Name] is { } node ? Value(node, k) : k.Default, StringComparer.Ordinal);
        foreach (var key in kind.Keys)
            if (key.Needs is { } needed && values[key.Name] > 0 && values[needed] == 0)
                throw (map[key.Name] ?? map.Node).Error($"needs descent.{needed} > 0");
        if (Complaint(kind, values) is { } why)
        {
            // The key to blame is one that was given, and whose default would do.
            var key = kind.Keys.FirstOrDefault(k => map.Has(k.Name)
                && Complaint(kind, new Dictionary<string, double>(values) { [k.Name] = k.Default }) is null);
            throw key is null ? map.Node.Error(why) : map[key.Name]!.Error($"{why}; {map[key.Name]!.Given} was given");
        }
        return new OptimizerConfig(kind, values);
    }

    // What a rule has against its numbers; null: nothing.
    private static string? Complaint(OptimizerKind kind, IReadOnlyDictionary<string, double> values)
    {
        try
        {
            kind.Create(LearningRate.Constant(1), 0, new OptimizerValues(kind, values)).Check();
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    /// <summary>Writes the rule, if it is not the default, and its keys.</summary>
    internal void Write(ConfigWriter writer)
    {
        if (Kind != OptimizerKind.Default) writer.Entry("rule", Kind.Name);
        foreach (var key in Kind.Keys)
        {
            // A key that means nothing beside the value of another is left out.
            if (key.Needs is { } needed && Values[needed] == 0) continue;
            if (key.Type == OptimizerKeyType.Flag) writer.Entry(key.Name, Values[key.Name] != 0);
            else writer.Entry(key.Name, Values[key.Name]);
        }
    }

    private static double Value(ConfigNode node, OptimizerKey key) => key.Type switch
    {
        OptimizerKeyType.Share => node.NonNegative() is < 1 and var share
            ? share
            : throw node.Error($"a number in [0, 1) was expected; {node.Given} was given"),
        OptimizerKeyType.Positive => node.Positive(),
        OptimizerKeyType.Whole => node.Count(0),
        _ => node.Flag() ? 1 : 0,
    };

    private static Dictionary<string, double> Defaults(OptimizerKind kind) =>
        kind.Keys.ToDictionary(static k => k.Name, static k => k.Default, StringComparer.Ordinal);
}
