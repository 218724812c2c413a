using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>Flows: each is followed alone.</summary>
public sealed class FlowRunKind : RunKind
{
    /// <summary>The kind.</summary>
    public static readonly FlowRunKind Instance = new();

    private FlowRunKind() { }

    /// <inheritdoc/>
    public override ExperimentKind Experiments => FlowExperiment.Described;

    /// <inheritdoc/>
    public override bool Takes(Experiment experiment) => experiment is FlowExperiment;

    /// <inheritdoc/>
    public override IReadOnlyList<PreparedRun> Prepare(IReadOnlyList<Experiment> group, DataFolders folders) =>
        [.. group.Select(e => PreparedFlow.From((FlowExperiment)e, folders))];

    /// <inheritdoc/>
    public override IReadOnlyList<RunOutcome> Execute(
        IReadOnlyList<RunMember> members, int threads, Action<string>? progress, CancellationToken cancellation) =>
        RunInterruptedException.Check(
            [.. members.Select(m => FlowExecutor.Execute((PreparedFlow)m.Run, m.Folder, m.Resume, progress, cancellation))], cancellation);

    /// <inheritdoc/>
    public override TrainedNetwork Trained(RunFolder folder, Experiment experiment, PreparedData data) =>
        FlowNetwork.Of(folder, (FlowExperiment)experiment, data);
}
