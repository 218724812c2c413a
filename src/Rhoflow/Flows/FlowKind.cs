using System.Reflection;

namespace Rhoflow.Flows;

/// <summary>A value that does not go with the others.</summary>
/// <param name="Key">The key that is at fault.</param>
/// <param name="Why">The sentence that says why.</param>
public sealed record FlowConflict(string Key, string Why);

/// <summary>
/// What configs and lists need to know of a flow: its name, equations, source and keys, and how it is built. It stands in the flow's own
/// file as a public static property of type <see cref="FlowKind"/>; the library's are found there, others by <see cref="Register"/>.
/// </summary>
/// <param name="Name">In configs: <c>flow.kind</c>.</param>
/// <param name="Equations">Corrected, in the papers' letters.</param>
/// <param name="Source">Paper and equation.</param>
/// <param name="Keys">Its own keys under <c>flow</c>, beyond those of every flow.</param>
/// <param name="Build">The flow of these settings. An ArgumentException says what is wrong with a value.</param>
public sealed record FlowKind(
    string Name, string Equations, string Source, IReadOnlyList<FlowKey> Keys, Func<FlowSettings, FlowProblem, Flow> Build)
{
    private static readonly Lock s_lock = new();
    private static volatile FlowKind[]? s_all;

    /// <summary>True if W_k = ρ_k V_k must have a direction at the start: no zero layer.</summary>
    public bool NeedsDirection { get; init; } = true;

    /// <summary>True for equations of ρ_k alone: data, network and init only say what f_n and the ρ_k of the start are.</summary>
    public bool IsScalar { get; init; }

    /// <summary>Other names for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Where it stands in lists; kinds without a place come last, in the order of their names.</summary>
    public int Place { get; init; } = int.MaxValue;

    /// <summary>The norms ρ_k that the initial weights are scaled to, one for all layers or one per layer; null leaves them.</summary>
    public Func<FlowSettings, double[]?> StartNorms { get; init; } = static _ => null;

    /// <summary>Values that do not go together; null if they do.</summary>
    public Func<FlowSettings, FlowConflict?> Check { get; init; } = static _ => null;

    /// <summary>All kinds: the library's, then those registered.</summary>
    public static IReadOnlyList<FlowKind> All => s_all ?? Load();

    /// <summary>Adds a kind of another assembly, so that configs and lists know it. Thread-safe; once more does nothing.</summary>
    /// <exception cref="ArgumentException">Its name is taken.</exception>
    public static void Register(FlowKind kind)
    {
        lock (s_lock)
        {
            var known = s_all ?? Load();
            if (known.Contains(kind)) return;
            string[] names = [kind.Name, .. kind.Aliases];
            if (Array.Find(names, n => Find(n) is not null) is { } taken)
                throw new ArgumentException($"a kind of flow named '{taken}' exists already", nameof(kind));
            s_all = Ordered([.. known, kind]);
        }
    }

    /// <summary>The kind of a name or another name; null where there is none.</summary>
    public static FlowKind? Find(string name) => All.FirstOrDefault(k => k.Name == name || k.Aliases.Contains(name));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static FlowKind[] Load()
    {
        lock (s_lock)
        {
            return s_all ??= Ordered(typeof(Flow).Assembly.GetTypes()
                .Where(static t => t.IsSubclassOf(typeof(Flow)))
                .SelectMany(static t => t.GetProperties(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .Where(static p => p.PropertyType == typeof(FlowKind))
                .Select(static p => (FlowKind)p.GetValue(null)!));
        }
    }

    private static FlowKind[] Ordered(IEnumerable<FlowKind> kinds) =>
        [.. kinds.OrderBy(static k => k.Place).ThenBy(static k => k.Name, StringComparer.Ordinal)];
}
