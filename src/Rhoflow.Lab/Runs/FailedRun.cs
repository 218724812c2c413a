using System.Text.Json.Nodes;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>What is kept of a run that an exception has ended: its rows, its last saved state, and why.</summary>
internal static class FailedRun
{
    /// <summary>
    /// The outcome. A folder that cannot be written, and data or states that cannot be read, leave the run as it is, to go on once that is
    /// mended; anything else makes it a failed run, with a summary and where it happened in log.txt.
    /// </summary>
    public static RunOutcome End(RunFolder folder, Experiment experiment, Exception why)
    {
        try
        {
            folder.RequireOurs();
        }
        catch (RunFolderException e)
        {
            // The first cause of whatever could not be written.
            return new RunOutcome(folder, RunStatus.Failed, e.Message) { Cause = e };
        }
        if (why is RunFolderException or Rhoflow.Data.DataException or Config.ConfigException)
            return new RunOutcome(folder, RunStatus.Failed, why.Message) { Cause = why };
        var sentence = why is OutOfMemoryException
            ? "the run needs more memory than there is"
            : $"this should not have happened, please report it: {why.GetType().Name}: {why.Message.TrimEnd('.')}. What was computed is "
            + $"kept; where it happened stands in {folder.File("log.txt")}";
        try
        {
            folder.Log($"failed: {why}");
            AtomicFile.Write(folder.File("summary.json"), Summary(folder, experiment, sentence).ToJsonString(RunFolder.Indented) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new RunOutcome(folder, RunStatus.Failed, $"{sentence}. The folder cannot be written any more: {e.Message}")
            {
                Cause = why
            };
        }
        return new RunOutcome(folder, RunStatus.Failed, sentence) { Cause = why };
    }

    /// <summary>
    /// The outcome of a run whose process was ended from outside. It is a failed one, and the same command goes on from its last saved
    /// state.
    /// </summary>
    /// <param name="folder">What the process left.</param>
    /// <param name="experiment">What was run.</param>
    /// <param name="why">What ended it, in a sentence.</param>
    public static RunOutcome Crashed(RunFolder folder, Experiment experiment, string why)
    {
        try
        {
            using var held = folder.TryLock(new LockWatch(), out _)?.Lock;
            // Otherwise another process goes on with it, or cannot be known to have ended.
            if (held is not null && folder.Said is RunStatus.Unfinished or RunStatus.Interrupted)
            {
                folder.Log($"failed: {why}");
                var summary = Summary(folder, experiment, why);
                summary[RunFolder.CrashedKey] = true;
                AtomicFile.Write(folder.File("summary.json"), summary.ToJsonString(RunFolder.Indented) + "\n");
            }
            return new RunOutcome(folder, RunStatus.Failed, why);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or RunFolderException)
        {
            return new RunOutcome(folder, RunStatus.Failed, $"{why}. The folder cannot be written any more: {e.Message}") { Cause = e };
        }
    }

    private static JsonObject Summary(RunFolder folder, Experiment experiment, string error)
    {
        var file = folder.File("metrics.csv");
        var (columns, rows) = File.Exists(file) ? MetricsFile.Read(file) : ([], []);
        return new JsonObject
        {
            ["name"] = experiment.Name,
            ["id"] = folder.Id,
            ["status"] = "failed",
            ["error"] = error,
            ["kind"] = experiment.Kind,
            ["observations"] = rows.Count,
            ["last"] = rows.Count > 0 ? RunDocument.Row(columns, rows[^1]) : null,
        };
    }
}
