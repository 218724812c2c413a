namespace Rhoflow.Lab.Claims;

/// <summary>
/// What a claim or a figure gets to work with: whether it is to stop, quick or full size, and what the others have computed already.
/// Claims and figures share one store, so that the Iris trajectories are integrated once in a process.
/// </summary>
public sealed class StudyContext
{
    private readonly SharedResults _shared;
    private readonly Action<string>? _progress;

    /// <summary>A context of its own, as tests want it.</summary>
    public StudyContext(SharedResults? shared = null, bool full = false, Action<string>? progress = null, CancellationToken cancellation = default, string? runs = null)
    {
        RunsFolder = runs ?? Path.Combine(Path.GetTempPath(), "rhoflow-runs");
        _shared = shared ?? new SharedResults();
        _progress = progress;
        Full = full;
        Cancellation = cancellation;
    }

    /// <summary>The papers' own sizes (<c>--full</c>) rather than quick ones.</summary>
    public bool Full { get; }

    /// <summary>Where runs are written, resumed and found again when they are done.</summary>
    public string RunsFolder { get; }

    /// <summary>Ctrl-C. Long loops look at it; integrators take it.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>One of two values by size: <c>context.Size(quick: 1e4, full: 1e6)</c>.</summary>
    public T Size<T>(T quick, T full) => Full ? full : quick;

    /// <summary>
    /// The value known as <paramref name="key"/>, computed by the first who asks while the others wait. The key names everything that
    /// the value depends on (<c>"iris/setosa/gd/w0=(.3,-.2,.1,.4)"</c>). Whoever changes a shared value changes it for all: do not.
    /// </summary>
    public T Shared<T>(string key, Func<T> compute) where T : notnull => _shared.Get($"{(Full ? "full" : "quick")}/{key}", compute);

    /// <summary>Says what is being done, in a few words; shown beside the claim while it runs.</summary>
    public void Progress(string what) => _progress?.Invoke(what);
}
