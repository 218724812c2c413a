using Rhoflow.Flows;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Runs;

/// <summary>Finds out whether a run is done already, can go on, or is new; then does what is left.</summary>
/// <param name="Root">The folder of all runs.</param>
/// <param name="Resume">Go on with an interrupted run of the same id instead of beginning anew.</param>
/// <param name="CommandLine">For environment.json.</param>
public sealed record RunLauncher(string Root, bool Resume, IReadOnlyList<string> CommandLine)
{
    /// <exception cref="ConfigException">The experiment is wrong.</exception>
    /// <exception cref="Data.DataException">Its data are.</exception>
    /// <exception cref="RunFolderException">Nothing can be written.</exception>
    public RunOutcome Launch(Experiment experiment, Action<Instant>? progress = null, CancellationToken cancellation = default)
    {
        var id = RunIdentity.Id(experiment);
        if (RunFolder.FindFinished(Root, experiment.Name, id) is { } finished) return new RunOutcome(finished, RunStatus.Finished, Reused: true);
        var run = PreparedRun.From(experiment);
        if (Resume && RunFolder.FindResumable(Root, experiment.Name, id) is { } started)
            return RunExecutor.Execute(run, started, resume: true, progress, cancellation);
        var folder = RunFolder.Create(Root, experiment.Name, id, experiment.ToYaml(), RunEnvironment.Describe(CommandLine), DateTime.Now);
        return RunExecutor.Execute(run, folder, resume: false, progress, cancellation);
    }
}
