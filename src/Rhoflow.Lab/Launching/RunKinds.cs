using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;
using Rhoflow.Lab.WatchRuns;

namespace Rhoflow.Lab.Launching;

/// <summary>All kinds of runs: flows, descents, watched checkpoints, and what joined by <see cref="Register"/>.</summary>
public static class RunKinds
{
    private static readonly Lock Adding = new();

    // Replaced as a whole, so that readers need no lock.
    private static volatile RunKind[] s_all = [FlowRunKind.Instance, DescentRunKind.Instance, WatchRunKind.Instance];

    /// <summary>Adds a kind, and how its configs are read, before the first config of that kind is read.</summary>
    /// <exception cref="ArgumentException">The key of its configs is taken.</exception>
    public static void Register(RunKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        lock (Adding)
        {
            ExperimentKinds.Register(kind.Experiments);
            if (!s_all.Contains(kind)) s_all = [.. s_all, kind];
        }
    }

    /// <summary>The kind that runs an experiment.</summary>
    /// <exception cref="ArgumentException">No kind takes it.</exception>
    public static RunKind Of(Experiment experiment) => s_all.FirstOrDefault(k => k.Takes(experiment))
        ?? throw new ArgumentException($"no kind of run takes a {experiment.GetType().Name}; add one with RunKinds.Register",
        nameof(experiment));
}
