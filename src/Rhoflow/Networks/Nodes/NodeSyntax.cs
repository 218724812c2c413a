namespace Rhoflow.Networks;

/// <summary>A kind of node that says how it is written in configs.</summary>
internal interface INodeKind
{
    /// <summary>The words of <c>network.layers</c> that put such a node.</summary>
    static abstract IReadOnlyList<NodeSyntax> Syntax { get; }
}

/// <summary>What a setting takes.</summary>
public enum SettingKind
{
    /// <summary>A whole number ≥ 1.</summary>
    Count,

    /// <summary>A whole number ≥ 0.</summary>
    CountOrZero,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>A number ≥ 0.</summary>
    NonNegative,

    /// <summary>A number &gt; 0.</summary>
    Positive,

    /// <summary>true or false.</summary>
    Flag,
}

/// <summary>A number that a word of <c>network.layers</c> takes.</summary>
/// <param name="Key">Its key in configs.</param>
/// <param name="Kind">Which numbers are allowed.</param>
public sealed record NodeSetting(string Key, SettingKind Kind)
{
    /// <summary>What it is, for the error about its absence.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>Its value where it is not written, from those before it; null: it must be written. A flag is 0 or 1.</summary>
    public Func<NodeSettings, double>? Default { get; init; }
}

/// <summary>The values of a node's settings, by their keys.</summary>
public sealed class NodeSettings
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>A whole number.</summary>
    /// <exception cref="KeyNotFoundException">There is no such setting.</exception>
    public int Count(string key) => (int)_values[key];

    /// <summary>Any number.</summary>
    /// <exception cref="KeyNotFoundException">There is no such setting.</exception>
    public double Number(string key) => _values[key];

    /// <summary>true for 1.</summary>
    /// <exception cref="KeyNotFoundException">There is no such setting.</exception>
    public bool Flag(string key) => _values[key] != 0;

    /// <summary>Sets a value, or the default of the setting where <paramref name="value"/> is null.</summary>
    internal void Set(NodeSetting setting, double? value) => _values[setting.Key] = value ?? setting.Default!(this);
}

/// <summary>
/// A word of <c>network.layers</c>: what may be written with it, and what it adds to a network. Configs and lists are read off this, in
/// both directions. It takes either numbers (<see cref="Add"/>) or branches (<see cref="Join"/>).
/// </summary>
internal sealed record NodeSyntax
{
    /// <summary>Every word, in the order of lists and errors.</summary>
    public static IReadOnlyList<NodeSyntax> All =>
    [
        LinearNode.Dense, .. ConvolutionNode.Syntax, .. BiasNode.Syntax, .. ActivationNode.Syntax, .. ElementwiseNode.Syntax,
        LinearNode.Diagonal, .. BatchNormNode.Syntax, .. LayerNormNode.Syntax, .. PoolingNode.Syntax, .. GlobalAverageNode.Syntax,
        .. FlattenNode.Syntax, .. SumNode.Syntax, .. ConcatNode.Syntax, .. WeightLayerNode.Syntax,
    ];

    /// <summary>The word.</summary>
    public required string Word { get; init; }

    /// <summary>How it is written, for lists.</summary>
    public required string Example { get; init; }

    /// <summary>What it does, for lists.</summary>
    public required string Summary { get; init; }

    /// <summary>The numbers that it takes, in the order in which they are written back; one alone is written without its key.</summary>
    public IReadOnlyList<NodeSetting> Settings { get; init; } = [];

    /// <summary>What the word alone lacks, with an example; null where it can stand alone.</summary>
    public string? Needs { get; init; }

    /// <summary>Whether <c>{word: n}</c> means the first of several settings.</summary>
    public bool HasShortForm { get; init; }

    /// <summary>Adds the node.</summary>
    public Action<NetworkBuilder, NodeSettings>? Add { get; init; }

    /// <summary>The keys of lists of layers that it joins, its own word first; none for a plain node.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];

    /// <summary>Adds the branches and the node that joins them; null for a list that is missing or empty, but for the first.</summary>
    public Action<NetworkBuilder, IReadOnlyList<Action<NetworkBuilder>?>>? Join { get; init; }

    /// <summary>Whether anything can be written after <c>word:</c>.</summary>
    public bool TakesValues => Settings.Count > 0 || Branches.Count > 0;
}
