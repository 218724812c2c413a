using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>All kinds of experiments. Another joins by <see cref="Register"/>; nothing that reads configs changes for it.</summary>
public static class ExperimentKinds
{
    private static readonly string[] CommonKeys =
        ["name", "seed", "precision", "data", "network", "init", "loss", "observe", "figures", "slurm"];

    /// <summary>The keys of configs with what stands under them: those of every config around those of the kinds.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
    [
        new("name", ConfigForm.Text, "the name, and that of the folder of its runs") { Default = "that of the file", Example = "first" },
        new("seed", ConfigForm.Whole, "of the starting weights, and of data and descent unless they have their own")
        {
            Default = "0",
            Example = "1",
        },
        new("precision", ConfigForm.Word, "of outputs and gradients; flows need float64")
        {
            Words = ["float32", "float64"],
            Default = "float64 for flows, float32 for descents",
            Example = "float64",
        },
        new("data", ConfigForm.Map, "the examples, and what is done to them")
        {
            Keys = DataConfig.Described,
            Example = "{set: iris, classes: [setosa, rest]}",
        },
        new("network", ConfigForm.Map, "the layers") { Keys = NetworkConfig.Described, Example = "{layers: [ {dense: 1} ]}" },
        new("init", ConfigForm.Map, "the starting weights")
        {
            Keys = InitConfig.Described,
            Default = "{kind: kaiming}",
            Example = "{kind: normal, frobenius: 0.1}",
        },
        new("loss", ConfigForm.Word | ConfigForm.Map, "ℓ, and whether L is its sum or its mean")
        {
            Words = LossConfig.Described[0].Words,
            Keys = LossConfig.Described,
            Default = "exponential",
            Example = "{name: exponential, reduction: sum}",
        },
        .. s_all.Select(static kind => new ConfigKey(kind.Key, ConfigForm.Map, kind.Purpose) { Keys = kind.Keys() }),
        new("observe", ConfigForm.Map, "when the run is looked at, and what is measured")
        {
            Keys = ObserveConfig.Described,
            Example = "{at: {log-spaced: 50}, measures: [loss, margins]}",
        },
        new("figures", ConfigForm.List, "drawn when the run or the sweep ends (`rhoflow plot`)")
        {
            Keys = PlotWords.Described,
            Default = "[]",
            Example = "[ {x: epoch, y: rho, color: init.frobenius, band: seed} ]",
        },
        new("slurm", ConfigForm.Map, "options of sbatch, and groups-per-task; of no influence on results")
        {
            IsOpen = true,
            Default = "the cluster's own",
            Example = "{partition: long, time: 60, cpus: 2}",
        },
    ];

    // Replaced as a whole, so that readers need no lock.
    private static volatile ExperimentKind[] s_all = [FlowExperiment.Described, DescentExperiment.Described, WatchExperiment.Described];

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
