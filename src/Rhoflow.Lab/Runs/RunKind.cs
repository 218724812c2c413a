using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// How experiments of one kind are made ready and run. A kind from outside is one subclass of this, an <see cref="Experiment"/> and a
/// <see cref="PreparedRun"/>; the launcher takes it as it takes flows and descents.
/// </summary>
public abstract class RunKind
{
    /// <summary>How configs describe its experiments.</summary>
    public abstract ExperimentKind Experiments { get; }

    /// <summary>Whether an experiment is of this kind.</summary>
    public abstract bool Takes(Experiment experiment);

    /// <summary>
    /// What experiments that are run together have in common, as text; null: this one runs alone. Those with equal texts are handed to
    /// <see cref="Prepare"/> and <see cref="Execute"/> as one group.
    /// </summary>
    public virtual string? Together(Experiment experiment) => null;

    /// <summary>
    /// Whether a finished run is gone on with when it is launched again, since there may be more of what it looks at than when it ended.
    /// </summary>
    public virtual bool GoesOn => false;

    /// <summary>Makes a group ready, in its order.</summary>
    /// <param name="group">One experiment, or several that run together.</param>
    /// <param name="folders">Where data sets lie.</param>
    /// <exception cref="Config.ConfigException">One of them is wrong.</exception>
    /// <exception cref="Data.DataException">Its data are.</exception>
    public abstract IReadOnlyList<PreparedRun> Prepare(IReadOnlyList<Experiment> group, DataFolders folders);

    /// <summary>Runs what <see cref="Prepare"/> gave and writes the folders; outcomes come in the order of the members.</summary>
    /// <param name="members">Runs with their folders.</param>
    /// <param name="threads">Threads in all; no influence on results.</param>
    /// <param name="progress">Told where the run stands, in words.</param>
    /// <param name="cancellation">Stops the runs after their state is saved.</param>
    /// <exception cref="RunInterruptedException">Cancelled; the state of every member is saved.</exception>
    /// <exception cref="RunFolderException">A folder could not be written to.</exception>
    /// <exception cref="Data.DataException">A saved state cannot be gone on from.</exception>
    public abstract IReadOnlyList<RunOutcome> Execute(
        IReadOnlyList<RunMember> members, int threads, Action<string>? progress, CancellationToken cancellation);

    /// <summary>The network that a run ended with, or stands at, to look at it.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="experiment">Its config.</param>
    /// <param name="data">What to look at it with.</param>
    /// <exception cref="Data.DataException">Its weights are not there or do not fit, or this kind of run keeps none.</exception>
    public virtual TrainedNetwork Trained(RunFolder folder, Experiment experiment, PreparedData data) =>
        throw new Data.DataException($"{folder.Path}: runs of the kind '{experiment.Kind}' keep no network that can be looked at");
}

/// <summary>A run that is to be made, and its folder.</summary>
/// <param name="Run">What to do.</param>
/// <param name="Folder">Where to write.</param>
/// <param name="Resume">Go on from the state that the folder holds.</param>
public sealed record RunMember(PreparedRun Run, RunFolder Folder, bool Resume)
{
    /// <summary>Told what a person is to keep while the run goes on; null: nobody.</summary>
    public Action<string>? Said { get; init; }
}
