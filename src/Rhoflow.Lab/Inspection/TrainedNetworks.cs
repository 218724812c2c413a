using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Inspection;

/// <summary>Trained networks from run folders, with the run's own data or with other data that are prepared as those were.</summary>
public static class TrainedNetworks
{
    /// <summary>The network that a run ended with (or stands at).</summary>
    /// <param name="folder">The run.</param>
    /// <param name="data">A set or path instead of the run's own data, prepared by what the run learned; null: the run's own.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="DataException">Its weights are not there or do not fit, or the data are not what it was trained on.</exception>
    /// <exception cref="ConfigException">Its config cannot be read, or there are no such data.</exception>
    public static TrainedNetwork OfRun(RunFolder folder, string? data, DataFolders? folders = null)
    {
        var experiment = Experiment.Load(folder.File("config.yaml"), []);
        if (experiment.Data is null || experiment.Network is null)
            throw new DataException($"{folder.Path}: the run follows scalar equations and has no network to look at");
        var prepared = data is null ? Own(folder, experiment, folders)
            : OtherData.Load(experiment.Data, data, Learned(folder, experiment, folders, out var notes), experiment.Precision, folders)
                is var other ? other with { Notes = [.. notes, .. other.Notes] } : null!;
        var network = RunKinds.Of(experiment).Trained(folder, experiment, prepared);
        return network with { Notes = [.. prepared.AllNotes, .. network.Notes] };
    }

    // The data of the run itself are drawn and chosen as they were for the run; a file that has changed since is prepared as it was.
    private static PreparedData Own(RunFolder folder, Experiment experiment, DataFolders? folders)
    {
        if (PreparationFile.Read(folder) is { Content: { } content } kept && content != PreparationFile.ContentOf(experiment))
        {
            var changed = Preparation.LoadBy(kept, experiment.Data!, experiment.Precision, folders);
            return changed with
            {
                Notes = [$"{experiment.Data!.Path} has changed since the run was made; it is prepared by what the run learned then",
                    .. changed.Notes],
            };
        }
        return Preparation.Load(experiment.Data!, experiment.Precision, folders);
    }

    private static FittedPreparation Learned(RunFolder folder, Experiment experiment, DataFolders? folders, out IReadOnlyList<string> notes)
    {
        notes = [];
        if (PreparationFile.Read(folder) is { } kept) return kept;
        notes = [$"the run is of a version that kept no {FittedPreparation.FileName}; what it learned is found from its own data again"
            + (RunIdentity.Id(experiment) == folder.Id ? "" : ", which may not be the same any more (their hash differs)")];
        var own = Preparation.Load(experiment.Data!, experiment.Precision, folders);
        return own.For(experiment, experiment.Network!.Build(own.Fitted.Input).Outputs).Fitted;
    }
}
