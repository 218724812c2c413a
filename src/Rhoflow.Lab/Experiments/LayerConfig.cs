using Rhoflow.Lab.Config;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Experiments;

/// <summary>One entry of <c>network.layers</c>, read by what the kinds of nodes say of themselves (<see cref="NodeSyntax"/>).</summary>
/// <param name="Yaml">The entry fully resolved.</param>
/// <param name="Add">Puts it after what a builder has.</param>
/// <param name="Place">Where it was written, for errors about shapes.</param>
public sealed record LayerConfig(string Yaml, Action<NetworkBuilder> Add, ConfigNode Place)
{
    private static string[] Words => [.. NodeSyntax.All.Select(static s => s.Word)];
    private static string[] Maps => [.. NodeSyntax.All.Where(static s => s.TakesValues).Select(static s => s.Word)];

    /// <summary>The words of <c>network.layers</c>, as keys of one entry.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
    [
        .. NodeSyntax.All.Select(static syntax => new ConfigKey(syntax.Word,
            syntax.Branches.Count > 0 ? ConfigForm.List
            : syntax.Settings.Count == 0 ? ConfigForm.Word
            : syntax.Settings.Count == 1 ? FormOf(syntax.Settings[0].Kind)
            : syntax.HasShortForm ? FormOf(syntax.Settings[0].Kind) | ConfigForm.Map : ConfigForm.Map, syntax.Summary)
        {
            Example = syntax.Example,
            StandsAlone = syntax.Needs is null && syntax.Branches.Count == 0,
            Keys = syntax.Settings.Count < 2 ? []
                : [.. syntax.Settings.Select(static s => new ConfigKey(s.Key, FormOf(s.Kind), s.Meaning.Length > 0 ? s.Meaning : s.Key))],
        }),
        .. NodeSyntax.All.SelectMany(static s => s.Branches.Where(b => b != s.Word)).Distinct(StringComparer.Ordinal)
            .Select(static b => new ConfigKey(b, ConfigForm.List, "the other branch: layers, or nothing for the identity")),
    ];

    private static ConfigForm FormOf(SettingKind kind) => kind switch
    {
        SettingKind.Count or SettingKind.CountOrZero => ConfigForm.Whole,
        SettingKind.Flag => ConfigForm.Flag,
        _ => ConfigForm.Number,
    };

    /// <summary>Entries one after the other, those of branches too.</summary>
    /// <param name="nodes">As they are written.</param>
    /// <param name="withBiases">Whether a bias follows every dense and conv layer that no batch-norm, and no bias, follows.</param>
    internal static IReadOnlyList<LayerConfig> Read(IReadOnlyList<ConfigNode> nodes, bool withBiases)
    {
        var layers = new List<LayerConfig>();
        for (var i = 0; i < nodes.Count; i++)
        {
            layers.Add(Read(nodes[i], withBiases));
            var next = i + 1 < nodes.Count ? Head(nodes[i + 1]) : "";
            if (withBiases && Head(nodes[i]) is "dense" or "conv" && next is not ("batch-norm" or "bias"))
                layers.Add(Resolved(Of("bias"), new NodeSettings(), nodes[i]));
        }
        return layers;

        static string Head(ConfigNode node) => node.IsScalar ? node.Text() : node.Keys.FirstOrDefault() ?? "";
    }

    private static LayerConfig Read(ConfigNode node, bool withBiases)
    {
        if (node.IsScalar) return ReadWord(node);
        if (node.Keys is [var key] && !Maps.Contains(key, StringComparer.Ordinal) && Words.Contains(key, StringComparer.Ordinal))
            throw node.Error($"'{key}' stands alone, without a colon");
        if (NodeSyntax.All.FirstOrDefault(s => s.Branches.Count > 0 && node.Keys.Contains(s.Word)) is { } joining)
            return ReadBranches(node, joining, withBiases);
        if (node.Keys is [var unknown] && !Maps.Contains(unknown, StringComparer.Ordinal))
            throw node.Error($"'{unknown}' is not known{Nearest.Hint(unknown, Words)}");
        var map = node.Map(Maps);
        var word = map.OneOf(Maps);
        var syntax = Of(word);
        return ReadSettings(syntax, map[word]!, node);
    }

    /// <summary>Puts it after what the builder has; errors about shapes name the entry.</summary>
    internal void AddTo(NetworkBuilder builder)
    {
        try
        {
            Add(builder);
        }
        catch (ArgumentException e)
        {
            throw Place.Error(e.Message);
        }
        catch (OverflowException)
        {
            throw Place.Error($"with this layer the network has more than {int.MaxValue} weights or units, the most that it may have");
        }
    }

    private static NodeSyntax Of(string word) => NodeSyntax.All.First(s => s.Word == word);

    private static LayerConfig ReadWord(ConfigNode node)
    {
        var word = node.Word(Words, static w => w == "dropout" ? "is not here: the theory is about deterministic networks" : null);
        var syntax = Of(word);
        if (syntax.Needs is { } needs) throw node.Error($"'{word}' needs its {needs}");
        var settings = new NodeSettings();
        foreach (var setting in syntax.Settings) settings.Set(setting, null);
        return Resolved(syntax, settings, node);
    }

    private static LayerConfig ReadSettings(NodeSyntax syntax, ConfigNode value, ConfigNode node)
    {
        var settings = new NodeSettings();
        var isShort = syntax.Settings.Count == 1 || (syntax.HasShortForm && value.IsScalar);
        var map = isShort ? null : value.Map([.. syntax.Settings.Select(static s => s.Key)]);
        foreach (var setting in syntax.Settings)
        {
            var given = isShort ? setting == syntax.Settings[0] ? value : null
                : setting.Default is null ? map!.Required(setting.Key, setting.Meaning) : map![setting.Key];
            settings.Set(setting, given is null ? null : Number(given, setting.Kind));
        }
        return Resolved(syntax, settings, node);
    }

    private static double Number(ConfigNode value, SettingKind kind) => kind switch
    {
        SettingKind.Count => value.Count(1),
        SettingKind.CountOrZero => value.Count(0),
        SettingKind.Number => value.Number(),
        SettingKind.NonNegative => value.NonNegative(),
        SettingKind.Positive => value.Positive(),
        SettingKind.Flag => value.Flag() ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind of setting that configs cannot read"),
    };

    private static LayerConfig Resolved(NodeSyntax syntax, NodeSettings settings, ConfigNode node)
    {
        string Value(NodeSetting s) =>
            s.Kind == SettingKind.Flag ? settings.Flag(s.Key) ? "true" : "false" : ConfigWriter.Number(settings.Number(s.Key));
        var yaml = syntax.Settings switch
        {
            [] => syntax.Word,
            [var only] => $"{{{syntax.Word}: {Value(only)}}}",
            var several => $"{{{syntax.Word}: {{{string.Join(", ", several.Select(s => $"{s.Key}: {Value(s)}"))}}}}}",
        };
        return new LayerConfig(yaml, builder => syntax.Add!(builder, settings), node);
    }

    private static LayerConfig ReadBranches(ConfigNode node, NodeSyntax syntax, bool withBiases)
    {
        var map = node.Map([.. syntax.Branches]);
        var branches = syntax.Branches
            .Select(key => map[key] is { } side ? Read(side.List("layers"), withBiases).ToArray() : []).ToArray();
        var written = syntax.Branches.Zip(branches).Where((b, i) => i == 0 || b.Second.Length > 0);
        var yaml =
            $"{{{string.Join(", ", written.Select(static b => $"{b.First}: {ConfigWriter.List(b.Second.Select(static l => l.Yaml))}"))}}}";
        Action<NetworkBuilder>?[] adds = [.. branches.Select((branch, i) => i > 0 && branch.Length == 0
            ? null
            : (Action<NetworkBuilder>)(builder => Array.ForEach(branch, l => l.AddTo(builder))))];
        return new LayerConfig(yaml, builder => syntax.Join!(builder, adds), node);
    }
}
