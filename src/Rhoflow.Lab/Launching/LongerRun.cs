using System.Globalization;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>--resume where no run of the same config was interrupted: perhaps a shorter one can be gone on with.</summary>
public static class LongerRun
{
    /// <summary>
    /// Makes a shorter run's state the beginning of a longer one, which the launcher then resumes; says what was found, in a sentence.
    /// Null: the run itself is there, finished or not, and nothing was to be done.
    /// </summary>
    /// <param name="experiment">The run that is wanted.</param>
    /// <param name="root">The folder of all runs.</param>
    /// <param name="folders">Where data sets lie.</param>
    /// <param name="commandLine">For environment.json.</param>
    /// <exception cref="Config.ConfigException">There is a shorter one that the wanted run would not have done like that.</exception>
    /// <exception cref="Data.DataException">Its state is damaged.</exception>
    /// <exception cref="RunFolderException">The folder cannot be written.</exception>
    public static string? Begin(Experiment experiment, string root, DataFolders? folders, IReadOnlyList<string> commandLine)
    {
        var id = RunIdentity.Id(experiment);
        if (RunFolder.Of(root, experiment.Name).Any(f => f.Id == id && f.Status != RunStatus.Failed)) return null;
        if (experiment is DescentExperiment e && LongerDescent.Find(e, root) is { } shorter)
        {
            // Of two processes that find the shorter run one makes the folder, and the launcher of the other meets it there.
            using var claim = RunClaim.Take(root, e.Name, id, new LockWatch(), CancellationToken.None);
            if (RunFolder.Of(root, e.Name).Any(f => f.Id == id && f.Status != RunStatus.Failed)) return null;
            var epoch = LongerDescent.Begin(e, shorter, root, folders, commandLine);
            return string.Create(CultureInfo.InvariantCulture, $"goes on from epoch {epoch:g6} of the run in {shorter.Folder.Path}");
        }
        return $"there is no interrupted run of this config in {root} to go on with"
            + (experiment is FlowExperiment ? ", and a flow that ended is followed anew, since its last steps depend on where it ends" : "")
            + "; it starts from its beginning";
    }
}
