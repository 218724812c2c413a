using System.Reflection;

namespace Rhoflow.Descents;

/// <summary>
/// What configs and lists need to know of an optimizer: its name, formula, source and keys, and how it is made. It stands in the
/// optimizer's own file as a public static property of this type; the library's are found there, others by <see cref="Register"/>.
/// </summary>
/// <param name="Name">In configs: <c>descent.rule</c>; a word of its own among all kinds.</param>
/// <param name="Formula">What a step does.</param>
/// <param name="Source">Paper and equation or algorithm.</param>
/// <param name="Keys">The numbers that it takes beyond those of every optimizer.</param>
/// <param name="Create">From η, the examples of a minibatch, and the values of the keys.</param>
public sealed record OptimizerKind(
    string Name, string Formula, string Source, IReadOnlyList<OptimizerKey> Keys,
    Func<LearningRate, int, OptimizerValues, Optimizer> Create)
{
    private static readonly Lock s_lock = new();
    private static volatile OptimizerKind[]? s_all;

    /// <summary>The one that is meant where no other is named: gradient steps, with or without momentum.</summary>
    public static OptimizerKind Default => Sgd.Kind;

    /// <summary>All of them: the default first, then by their names.</summary>
    public static IReadOnlyList<OptimizerKind> All => s_all ?? Load();

    /// <summary>Adds an optimizer of another assembly, so that configs and lists know it. Thread-safe; once more does nothing.</summary>
    /// <exception cref="ArgumentException">Another one has its name.</exception>
    public static void Register(OptimizerKind kind)
    {
        lock (s_lock)
        {
            var all = s_all ?? Load();
            if (Array.Find(all, k => k.Name == kind.Name) is not { } known) s_all = Ordered([.. all, kind]);
            else if (known != kind) throw new ArgumentException($"an optimizer named '{kind.Name}' exists already", nameof(kind));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static OptimizerKind[] Load()
    {
        lock (s_lock)
        {
            return s_all ??= Ordered(typeof(Optimizer).Assembly.GetTypes()
                .Where(static t => t.IsSubclassOf(typeof(Optimizer)))
                .SelectMany(static t => t.GetProperties(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .Where(static p => p.PropertyType == typeof(OptimizerKind))
                .Select(static p => (OptimizerKind)p.GetValue(null)!));
        }
    }

    private static OptimizerKind[] Ordered(IEnumerable<OptimizerKind> kinds) =>
        [.. kinds.OrderBy(static k => k.Name != Default.Name).ThenBy(static k => k.Name, StringComparer.Ordinal)];
}

/// <summary>A number or a flag that an optimizer is made with.</summary>
/// <param name="Name">In small letters and '-'.</param>
/// <param name="Default">Where none is given; of a flag 0 or 1.</param>
/// <param name="About">What it is.</param>
public sealed record OptimizerKey(string Name, double Default, string About)
{
    /// <summary>What may be given.</summary>
    public OptimizerKeyType Type { get; init; } = OptimizerKeyType.Share;

    /// <summary>Another key that must be above 0 where this one is given as true or above 0; null: none.</summary>
    public string? Needs { get; init; }
}

/// <summary>The values that an <see cref="OptimizerKey"/> takes.</summary>
public enum OptimizerKeyType
{
    /// <summary>A number in [0, 1).</summary>
    Share,

    /// <summary>A number above 0.</summary>
    Positive,

    /// <summary>0, 1, 2, …</summary>
    Whole,

    /// <summary>true or false.</summary>
    Flag,
}

/// <summary>The values of an optimizer's keys.</summary>
public sealed class OptimizerValues
{
    private readonly Dictionary<string, double> _values;

    /// <summary>The defaults, where nothing else is given.</summary>
    /// <param name="kind">Whose keys.</param>
    /// <param name="given">By name; of a flag 0 or 1.</param>
    /// <exception cref="ArgumentException">A name that is none of the keys'.</exception>
    public OptimizerValues(OptimizerKind kind, IReadOnlyDictionary<string, double> given)
    {
        _values = kind.Keys.ToDictionary(static k => k.Name, static k => k.Default, StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (!_values.ContainsKey(name)) throw new ArgumentException($"{kind.Name} has no key '{name}'");
            _values[name] = value;
        }
    }

    /// <summary>A number.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no such key.</exception>
    public double Number(string key) => _values[key];

    /// <summary>A whole number.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no such key.</exception>
    public int Whole(string key) => (int)_values[key];

    /// <summary>True or false.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no such key.</exception>
    public bool Flag(string key) => _values[key] != 0;
}
