namespace Rhoflow.Lab.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Folder">Where its result lies.</param>
/// <param name="Status">
/// Finished or failed; interrupted in a <see cref="RunInterruptedException"/> only; running where another process is at work.
/// </param>
/// <param name="Error">The sentence that says why it failed; null otherwise.</param>
/// <param name="Reused">True if a finished run was found and nothing was computed.</param>
public sealed record RunOutcome(RunFolder Folder, RunStatus Status, string? Error = null, bool Reused = false)
{
    /// <summary>Which saved states were damaged, and what the run did then: sentences.</summary>
    public IReadOnlyList<string> Recovery { get; init; } = [];

    /// <summary>What ended the run, where it was an exception.</summary>
    public Exception? Cause { get; init; }

    /// <summary>Who is at work, where it is running.</summary>
    public RunOwner? AtWork { get; init; }
}

/// <summary>
/// Runs were cancelled. Their state is saved: started again with --resume, they give the bits of a run that was never stopped.
/// </summary>
public sealed class RunInterruptedException : OperationCanceledException
{
    /// <param name="outcomes">Of all runs of the group, in its order: some may have finished.</param>
    /// <param name="cancellation">What cancelled them.</param>
    public RunInterruptedException(IReadOnlyList<RunOutcome> outcomes, CancellationToken cancellation)
        : base(outcomes.Any(IsInterrupted)
            ? $"interrupted; the state is saved in {string.Join(", ", outcomes.Where(IsInterrupted).Select(static o => o.Folder.Path))}"
            : "interrupted while another process was at work", cancellation) =>
        Outcomes = outcomes;

    /// <summary>How each run of the group stands, in its order.</summary>
    public IReadOnlyList<RunOutcome> Outcomes { get; }

    /// <summary>The outcomes, if none of the runs was interrupted.</summary>
    /// <exception cref="RunInterruptedException">One was.</exception>
    internal static IReadOnlyList<RunOutcome> Check(IReadOnlyList<RunOutcome> outcomes, CancellationToken cancellation) =>
        outcomes.Any(IsInterrupted) ? throw new RunInterruptedException(outcomes, cancellation) : outcomes;

    private static bool IsInterrupted(RunOutcome outcome) => outcome.Status == RunStatus.Interrupted;
}
