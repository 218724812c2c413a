using Rhoflow.Data;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.WatchRuns;

/// <summary>Checkpoints of another program: each is one row of the run.</summary>
public sealed class WatchRunKind : RunKind
{
    /// <summary>The kind.</summary>
    public static readonly WatchRunKind Instance = new();

    private WatchRunKind() { }

    /// <inheritdoc/>
    public override ExperimentKind Experiments => WatchExperiment.Described;

    /// <inheritdoc/>
    public override bool GoesOn => true;

    /// <inheritdoc/>
    public override bool Takes(Experiment experiment) => experiment is WatchExperiment;

    /// <inheritdoc/>
    public override IReadOnlyList<PreparedRun> Prepare(IReadOnlyList<Experiment> group, DataFolders folders) =>
        [.. group.Select(e => PreparedWatch.From((WatchExperiment)e, folders))];

    /// <inheritdoc/>
    public override IReadOnlyList<RunOutcome> Execute(
        IReadOnlyList<RunMember> members, int threads, Action<string>? progress, CancellationToken cancellation) =>
        RunInterruptedException.Check([.. members.Select(m => WatchExecutor.Execute(m, threads, progress, cancellation))], cancellation);

    /// <summary>The network of the last row, as long as its file is there.</summary>
    public override TrainedNetwork Trained(RunFolder folder, Experiment experiment, PreparedData data)
    {
        var e = (WatchExperiment)experiment;
        if (WatchState.Read(folder, e.Watch.Order).Measured is not [.., var last])
            throw new DataException($"{folder.Path}: no checkpoint was measured yet");
        var path = Path.Combine(e.Watch.Folder, last.File.Name);
        if (CheckpointFile.At(e.Watch.Folder, last.File.Name) != last.File)
            throw new DataException($"{folder.Path}: its last checkpoint, {path}, is not there any more, or is another file now; "
                + "`inspect FILE` takes another one");
        return PreparedWatch.Read(e, data, path) with { Source = path };
    }
}
