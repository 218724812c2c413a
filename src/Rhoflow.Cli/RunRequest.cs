using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Launching;

namespace Rhoflow.Cli;

/// <summary>What `run` was asked for.</summary>
internal sealed record RunRequest
{
    /// <summary>At least one; those of a sweep that are refused are among them.</summary>
    public required IReadOnlyList<PlannedRun> Runs { get; init; }

    /// <summary>What is to be run, in the order of the sweep.</summary>
    public IReadOnlyList<Experiment> Experiments => [.. Runs.Select(static r => r.Experiment).OfType<Experiment>()];

    /// <summary>The keys whose values differ between the runs of a sweep.</summary>
    public IReadOnlyList<string> Varied => SweepPlan.Varied([.. Runs.Select(static r => r.Assignments)]);

    /// <summary>True with -m: the output is about many runs, also if there is one.</summary>
    public bool Sweep { get; init; }

    /// <summary>The folder of all runs.</summary>
    public required string Root { get; init; }

    /// <summary>Where data sets lie.</summary>
    public required DataFolders Data { get; init; }

    /// <summary>Go on with interrupted runs.</summary>
    public bool Resume { get; init; }

    /// <summary>Stop at the first failure.</summary>
    public bool FailFast { get; init; }

    /// <summary>Runs at a time; 0 = one per core.</summary>
    public int Jobs { get; init; }

    /// <summary>Runs of a sweep are made by processes of their own.</summary>
    public bool Processes { get; init; }

    /// <summary>Runs are made by a cluster.</summary>
    public bool Slurm { get; init; }

    /// <summary>Watch what was submitted to a cluster until it has ended.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>One JSON document instead of tables.</summary>
    public bool Json { get; init; }

    /// <summary>No progress and no notes.</summary>
    public bool Quiet { get; init; }
}
