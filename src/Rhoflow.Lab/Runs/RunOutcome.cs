namespace Rhoflow.Lab.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Error">The sentence that says why it failed; null otherwise.</param>
/// <param name="Reused">True if a finished run was found and nothing was computed.</param>
public sealed record RunOutcome(RunFolder Folder, RunStatus Status, string? Error = null, bool Reused = false);
