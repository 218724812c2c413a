using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>
/// Finds out whether a run is done already, can go on, or is new; then does what is left. Runs of any <see cref="RunKind"/>.
/// </summary>
/// <param name="Root">The folder of all runs.</param>
/// <param name="Resume">Go on with an interrupted run of the same id instead of beginning anew.</param>
/// <param name="CommandLine">For environment.json.</param>
public sealed record RunLauncher(string Root, bool Resume, IReadOnlyList<string> CommandLine)
{
    /// <summary>Where data sets lie; unless given where RHOFLOW_DATA says, or the user's cache.</summary>
    public DataFolders Data { get; init; } = DataFolders.Of(null);

    /// <summary>Told how the data of a run were read, before it begins; a sweep may tell the same again for every run.</summary>
    public Action<string>? Said { get; init; }

    /// <summary>One run.</summary>
    /// <exception cref="Config.ConfigException">The experiment is wrong.</exception>
    /// <exception cref="Data.DataException">Its data are, or a saved state that it should go on from.</exception>
    /// <exception cref="RunFolderException">Nothing can be written.</exception>
    /// <exception cref="RunInterruptedException">Cancelled; the state is saved.</exception>
    public RunOutcome Launch(Experiment experiment, Action<string>? progress = null, CancellationToken cancellation = default) =>
        Launch([experiment], Environment.ProcessorCount, progress, cancellation)[0];

    /// <summary>A group of <see cref="RunGroups"/>: one flow, or descents that are trained together.</summary>
    /// <param name="group">Their outcomes come in this order.</param>
    /// <param name="threads">For descents; no influence on results.</param>
    /// <param name="progress">Told where the runs stand, in words.</param>
    /// <param name="cancellation">Stops the runs after their state is saved.</param>
    /// <inheritdoc cref="Launch(Experiment, Action{string}?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<RunOutcome> Launch(
        IReadOnlyList<Experiment> group, int threads, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        var outcomes = new RunOutcome?[group.Count];
        for (var i = 0; i < group.Count; i++)
            if (RunFolder.FindFinished(Root, group[i].Name, RunIdentity.Id(group[i])) is { } finished)
                outcomes[i] = new RunOutcome(finished, RunStatus.Finished, Reused: true);
        int[] left = [.. Enumerable.Range(0, group.Count).Where(i => outcomes[i] is null)];
        if (left.Length == 0) return outcomes!;
        var kind = RunKinds.Of(group[0]);
        RunMember[] members = [.. kind.Prepare([.. left.Select(i => group[i])], Data).Select(Member)];
        foreach (var note in members.SelectMany(m => m.Run.DataNotes).Distinct(StringComparer.Ordinal)) Said?.Invoke(note);
        try
        {
            Take(kind.Execute(members, threads, progress, cancellation));
        }
        catch (RunInterruptedException e)
        {
            Take(e.Outcomes);
            throw new RunInterruptedException(outcomes!, cancellation);
        }
        return outcomes!;

        void Take(IReadOnlyList<RunOutcome> ended)
        {
            for (var i = 0; i < left.Length; i++) outcomes[left[i]] = ended[i];
        }
    }

    private RunMember Member(PreparedRun run)
    {
        var e = run.Experiment;
        return Resume && RunFolder.FindResumable(Root, e.Name, run.Id) is { } started
            ? new RunMember(run, started, Resume: true)
            : new RunMember(run, RunFolder.Create(Root, e.Name, run.Id, e.ToYaml(), RunEnvironment.Describe(CommandLine), DateTime.Now),
            Resume: false);
    }
}
