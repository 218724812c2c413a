using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>Finds out whether a run is done already, can go on, or is new; then does what is left.</summary>
/// <param name="Root">The folder of all runs.</param>
/// <param name="Resume">Go on with an interrupted run of the same id instead of beginning anew.</param>
/// <param name="CommandLine">For environment.json.</param>
public sealed record RunLauncher(string Root, bool Resume, IReadOnlyList<string> CommandLine)
{
    /// <summary>One run.</summary>
    /// <exception cref="ConfigException">The experiment is wrong.</exception>
    /// <exception cref="Data.DataException">Its data are.</exception>
    /// <exception cref="RunFolderException">Nothing can be written.</exception>
    public RunOutcome Launch(Experiment experiment, Action<string>? progress = null, CancellationToken cancellation = default) =>
        Launch([experiment], Environment.ProcessorCount, progress, cancellation)[0];

    /// <summary>A group of <see cref="ReplicaGroups"/>: one flow, or descents that are trained together.</summary>
    /// <param name="group">Their outcomes come in this order.</param>
    /// <param name="threads">For descents; without influence on the results.</param>
    /// <inheritdoc cref="Launch(Experiment, Action{string}?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<RunOutcome> Launch(IReadOnlyList<Experiment> group, int threads, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        var outcomes = new RunOutcome?[group.Count];
        for (var i = 0; i < group.Count; i++)
            if (RunFolder.FindFinished(Root, group[i].Name, RunIdentity.Id(group[i])) is { } finished) outcomes[i] = new RunOutcome(finished, RunStatus.Finished, Reused: true);
        int[] left = [.. Enumerable.Range(0, group.Count).Where(i => outcomes[i] is null)];
        if (left.Length == 0) return outcomes!;
        if (group[0].Descent is null)
        {
            outcomes[left[0]] = Follow(group[left[0]], progress, cancellation);
            return outcomes!;
        }
        var prepared = PreparedDescent.From([.. left.Select(i => group[i])]);
        DescentMember[] members = [.. prepared.Select(Member)];
        // Replicas go on together from the same moment only: those that stand elsewhere after a crash come one after another.
        foreach (var together in Enumerable.Range(0, members.Length).GroupBy(i => members[i].Resume?.Moment ?? (0, 0)))
        {
            int[] indices = [.. together];
            var ended = DescentExecutor.Execute([.. indices.Select(i => members[i])], threads, progress, cancellation);
            for (var i = 0; i < indices.Length; i++) outcomes[left[indices[i]]] = ended[i];
        }
        return outcomes!;
    }

    private RunOutcome Follow(Experiment experiment, Action<string>? progress, CancellationToken cancellation)
    {
        var run = PreparedFlow.From(experiment);
        return Resumable(experiment) is { } started
            ? FlowExecutor.Execute(run, started, resume: true, progress, cancellation)
            : FlowExecutor.Execute(run, Create(experiment), resume: false, progress, cancellation);
    }

    private DescentMember Member(PreparedDescent run) => Resumable(run.Experiment) is { } started
        ? new DescentMember(run, started, DescentCheckpoint.Read(started.Path))
        : new DescentMember(run, Create(run.Experiment), null);

    private RunFolder? Resumable(Experiment e) => Resume ? RunFolder.FindResumable(Root, e.Name, RunIdentity.Id(e)) : null;

    private RunFolder Create(Experiment e) => RunFolder.Create(Root, e.Name, RunIdentity.Id(e), e.ToYaml(), RunEnvironment.Describe(CommandLine), DateTime.Now);
}
