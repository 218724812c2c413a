using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>All kinds of experiments. Another joins by <see cref="Register"/>; nothing that reads configs changes for it.</summary>
public static class ExperimentKinds
{
    private static readonly string[] CommonKeys =
        ["name", "seed", "precision", "data", "network", "init", "loss", "observe", "figures", "slurm"];

    // Replaced as a whole, so that readers need no lock.
    private static volatile ExperimentKind[] s_all = [FlowExperiment.Described, DescentExperiment.Described];

    /// <summary>All kinds, in the order in which they were registered.</summary>
    public static IReadOnlyList<ExperimentKind> All => s_all;

    /// <summary>
    /// The keys of configs, in the order in which they are written back: those of every config around those of the kinds.
    /// </summary>
    public static IReadOnlyList<string> Keys => [.. CommonKeys[..^3], .. s_all.Select(static k => k.Key), .. CommonKeys[^3..]];

    /// <summary>Adds a kind, before the first config of that kind is read. Adding the same kind again changes nothing.</summary>
    /// <exception cref="ArgumentException">The key is that of another kind, or one that every config may have.</exception>
    public static void Register(ExperimentKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        lock (CommonKeys)
        {
            if (s_all.Contains(kind)) return;
            if (CommonKeys.Contains(kind.Key) || s_all.Any(k => k.Key == kind.Key))
                throw new ArgumentException($"the key '{kind.Key}' has a meaning in configs already", nameof(kind));
            s_all = [.. s_all, kind];
        }
    }

    /// <summary>The kind that a config is of.</summary>
    /// <exception cref="ConfigException">It has the key of none, or of more than one.</exception>
    internal static ExperimentKind Of(ConfigMap map)
    {
        var present = s_all.Where(k => map.Has(k.Key)).ToArray();
        return present switch
        {
            [var kind] => kind,
            [] => throw map.Node.Error($"the key '{s_all[0].Key}' is missing ({string.Join("; or ", s_all.Select((k, i) =>
                i == 0 ? k.Purpose : $"'{k.Key}' {k.Purpose}"))})"),
            [var first, .., var last] => throw map[last.Key]!.Error($"stands beside '{first.Key}'; a run follows one of the two"),
        };
    }
}
