using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;

namespace Rhoflow.Lab.Launching;

/// <summary>A run before it is made: whether it is done already, and what it would cost.</summary>
public sealed record RunPlan
{
    /// <summary>What is to be run.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>The identity by which a finished run is found again.</summary>
    public required string Id { get; init; }

    /// <summary>A finished run lies in the folder.</summary>
    public required bool Done { get; init; }

    /// <summary>Coordinates of the flow, or weights.</summary>
    public required int Unknowns { get; init; }

    /// <summary>Training examples; null where there are none.</summary>
    public int? Examples { get; init; }

    /// <summary>How often it is looked at.</summary>
    public required int Observations { get; init; }

    /// <summary>About how long it takes on one core, from its first steps, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>What its measures have to say.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The plans of experiments; of replicas, which differ in seed and start only, one is timed for all.</summary>
    /// <param name="experiments">What is to be run.</param>
    /// <param name="root">The folder of the runs.</param>
    /// <param name="folders">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    /// <exception cref="Config.ConfigException">A config cannot be run.</exception>
    /// <exception cref="Data.DataException">Data cannot be used.</exception>
    public static IReadOnlyList<RunPlan> Of(IReadOnlyList<Experiment> experiments, string root, DataFolders? folders = null) =>
        [.. RunGroups.Of(experiments).SelectMany(g => Plans(g, root, folders ?? DataFolders.Of(null)))];

    // Plans keep numbers only: a prepared run holds its data.
    private static RunPlan[] Plans(IReadOnlyList<Experiment> group, string root, DataFolders folders)
    {
        var prepared = RunKinds.Of(group[0]).Prepare(group, folders);
        var seconds = prepared[0].ForecastSeconds();
        return [.. prepared.Select(run => new RunPlan
        {
            Experiment = run.Experiment,
            Id = run.Id,
            Done = RunFolder.FindFinished(root, run.Experiment.Name, run.Id) is not null,
            Unknowns = run.Unknowns,
            Examples = run.Examples,
            Observations = run.Observations,
            Seconds = seconds,
            Notes = run.Notes,
        })];
    }
}
