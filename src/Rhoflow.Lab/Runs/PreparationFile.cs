using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Files;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// preparation.json of a run folder: what the preparation of its data learned, for whatever data its network meets later.
/// </summary>
public static class PreparationFile
{
    /// <summary>Writes it, unless the folder has it already.</summary>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    public static void Keep(RunFolder folder, PreparedRun run)
    {
        var path = folder.File(FittedPreparation.FileName);
        if (run.Fitted is not { } fitted || File.Exists(path)) return;
        try
        {
            AtomicFile.Write(path, (fitted with { Content = ContentOf(run.Experiment) }).ToJson());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"the run folder '{folder.Path}' cannot be written: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>What the run kept; null in folders of versions that kept nothing.</summary>
    /// <exception cref="Data.DataException">It is damaged.</exception>
    public static FittedPreparation? Read(RunFolder folder) => FittedPreparation.Read(folder.File(FittedPreparation.FileName));

    /// <summary>The hash of the content of an experiment's data file; null where its data are no file.</summary>
    /// <exception cref="Data.DataException">The file is not there any more.</exception>
    internal static string? ContentOf(Experiment experiment) => experiment.Data?.Path is { } path ? DataFiles.Identity(path) : null;
}
