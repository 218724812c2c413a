using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>Descents: those that see the same minibatches of the same data with networks of one shape are trained together.</summary>
public sealed class DescentRunKind : RunKind
{
    /// <summary>The kind.</summary>
    public static readonly DescentRunKind Instance = new();

    private DescentRunKind() { }

    /// <inheritdoc/>
    public override ExperimentKind Experiments => DescentExperiment.Described;

    /// <inheritdoc/>
    public override bool Takes(Experiment experiment) => experiment is DescentExperiment;

    /// <summary>
    /// What replicas must have in common: the config without its name, its start, and the numbers of its step rule. Null for epochs that
    /// leave out examples, since each replica leaves out others.
    /// </summary>
    public override string? Together(Experiment experiment)
    {
        var own = (DescentExperiment)experiment;
        if (own.Descent.Schedule.Adaptive is { LeftOut: > 0 }) return null;
        return (own with
        {
            Name = "replicas",
            Seed = 0,
            Init = null,
            Descent = own.Descent with
            {
                LearningRate = 1,
                Schedule = RateConfig.Constant,
                Optimizer = OptimizerConfig.Default,
                WeightDecay = [0],
                Normalization = NormalizationKind.None,
                PerRow = false,
                Rho = RhoConfig.Constant,
                Temperature = 0,
                LabelNoise = LabelNoiseConfig.None,
                Perturbation = null,
                Stop = StopConfig.Never,
            },
        }).ToYaml() + experiment.Init?.Learned()?.ToJson();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PreparedRun> Prepare(IReadOnlyList<Experiment> group, DataFolders folders) =>
        PreparedDescent.From([.. group.Cast<DescentExperiment>()], folders);

    /// <inheritdoc/>
    public override IReadOnlyList<RunOutcome> Execute(
        IReadOnlyList<RunMember> members, int threads, Action<string>? progress, CancellationToken cancellation)
    {
        DescentMember[] descents = [.. members.Select(Member)];
        var outcomes = new RunOutcome[members.Count];
        // Replicas go on together from the same moment only: those that stand elsewhere after a crash come one after another.
        foreach (var together in Enumerable.Range(0, descents.Length).GroupBy(i => descents[i].Resume?.Moment ?? (0, 0)))
        {
            int[] indices = [.. together];
            var ended = DescentExecutor.Execute([.. indices.Select(i => descents[i])], threads, progress, cancellation);
            for (var i = 0; i < indices.Length; i++) outcomes[indices[i]] = ended[i];
        }
        return RunInterruptedException.Check(outcomes, cancellation);
    }

    /// <inheritdoc/>
    public override TrainedNetwork Trained(RunFolder folder, Experiment experiment, PreparedData data) =>
        DescentNetwork.Of(folder, (DescentExperiment)experiment, data);

    private static DescentMember Member(RunMember member)
    {
        var run = (PreparedDescent)member.Run;
        if (!member.Resume) return new DescentMember(run, member.Folder, null);
        var notes = new List<string>();
        var state = SavedStates.Newest(member.Folder, DescentCheckpoint.Name, path => DescentCheckpoint.Read(path, member.Folder.Id),
            s => run.Writer(member.Folder, s.Observed).Dispose(), notes);
        return new DescentMember(run, member.Folder, state) { Recovery = notes };
    }
}
