using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// What configs and lists need to know of a <see cref="WeightLayer"/>: a word of <c>network.layers</c>, its numbers, and how the layer is
/// made. It stands in the layer's own file as a public static property of this type; <see cref="Register"/> makes it known.
/// </summary>
/// <param name="Name">The word, in small letters, digits and '-'.</param>
/// <param name="Formula">What it does, for lists.</param>
/// <param name="Settings">The numbers that it takes; the first may be written alone where the others have defaults.</param>
/// <param name="Create">
/// The layer after examples of a shape, with the values of the settings. An ArgumentException says what does not fit.
/// </param>
public sealed record WeightLayerKind(
    string Name, string Formula, IReadOnlyList<NodeSetting> Settings, Func<TensorShape, NodeSettings, WeightLayer> Create)
{
    private static readonly Lock Adding = new();

    // Replaced as a whole, so that readers need no lock.
    private static volatile WeightLayerKind[] s_all = [];

    /// <summary>Those registered.</summary>
    public static IReadOnlyList<WeightLayerKind> All => s_all;

    /// <summary>Adds one of another assembly, so that configs and lists know it. Thread-safe; once more does nothing.</summary>
    /// <exception cref="ArgumentException">Its name is no word, or that of another layer.</exception>
    public static void Register(WeightLayerKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        lock (Adding)
        {
            if (s_all.Contains(kind)) return;
            if (kind.Name.Length == 0 || !kind.Name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                throw new ArgumentException($"a layer's name is a word in small letters, digits and '-', not '{kind.Name}'", nameof(kind));
            if (NodeSyntax.All.Any(s => s.Word == kind.Name))
                throw new ArgumentException($"a layer named '{kind.Name}' exists already", nameof(kind));
            s_all = [.. s_all, kind];
        }
    }

    internal NodeSyntax Syntax => new()
    {
        Word = Name,
        Example = Example,
        Summary = Formula,
        Settings = Settings,
        Needs = Settings.FirstOrDefault(static s => s.Default is null) is { } first ? $"{first.Key}: {Example}" : null,
        HasShortForm = Settings.Count > 1 && Settings.Skip(1).All(static s => s.Default is not null),
        Add = (builder, settings) => builder.Then(shape => Create(shape, settings)),
    };

    // With the defaults of the settings before them where those are written out.
    private string Example
    {
        get
        {
            var values = new NodeSettings();
            string Of(NodeSetting s)
            {
                values.Set(s, s.Default is null ? 1 : null);
                return s.Default is null ? $"{s.Key}: n" : FormattableString.Invariant($"{s.Key}: {Shown(s, values)}");
            }
            string[] parts = [.. Settings.Select(Of)];
            return parts switch
            {
                [] => Name,
                [var only] => $"{{{Name}: {only[(only.IndexOf(':', StringComparison.Ordinal) + 2)..]}}}",
                _ => $"{{{Name}: {{{string.Join(", ", parts)}}}}}",
            };
        }
    }

    private static object Shown(NodeSetting s, NodeSettings values) =>
        s.Kind == SettingKind.Flag ? values.Flag(s.Key) ? "true" : "false" : values.Number(s.Key);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
