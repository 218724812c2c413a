using Rhoflow.Lab.Datasets;

namespace Rhoflow.Lab.Claims;

/// <summary>
/// What a claim or a figure gets to work with: whether it is to stop, quick or full size, and what the others have computed already.
/// Claims and figures share one store, so that the Iris trajectories are integrated once in a process.
/// </summary>
public sealed class StudyContext
{
    private readonly SharedStore _shared;
    private readonly Action<string>? _progress;

    /// <summary>A context of its own, as tests want it.</summary>
    /// <param name="shared">What others have computed already; null: nothing yet.</param>
    /// <param name="full">Whether the papers' own sizes are wanted.</param>
    /// <param name="progress">Told what is being done; null: nobody.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <param name="runs">The folder of the runs; null: one for temporary files.</param>
    /// <param name="data">Where data sets lie; null: where RHOFLOW_DATA says, or the user's cache.</param>
    public StudyContext(
        SharedStore? shared = null, bool full = false, Action<string>? progress = null, CancellationToken cancellation = default,
        string? runs = null, DataFolders? data = null)
    {
        RunsFolder = runs ?? Path.Combine(Path.GetTempPath(), "rhoflow-runs");
        Data = data ?? DataFolders.Of(null);
        _shared = shared ?? new SharedStore();
        _progress = progress;
        Full = full;
        Cancellation = cancellation;
    }

    /// <summary>The papers' own sizes (<c>--full</c>) rather than quick ones.</summary>
    public bool Full { get; }

    /// <summary>Where runs are written, resumed and found again when they are done.</summary>
    public string RunsFolder { get; }

    /// <summary>Where data sets lie.</summary>
    public DataFolders Data { get; }

    /// <summary>Ctrl-C. Long loops look at it; integrators take it.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>One of two values by size: <c>context.Size(quick: 1e4, full: 1e6)</c>.</summary>
    public T Size<T>(T quick, T full) => Full ? full : quick;

    internal T Shared<T>(object owner, object? key, Func<T> compute) where T : notnull => _shared.Get(owner, key, Full, compute);

    /// <summary>Says what is being done, in a few words; shown beside the claim while it runs.</summary>
    public void Progress(string what) => _progress?.Invoke(what);
}
