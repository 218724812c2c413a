namespace Rhoflow.Lab.Runs;

/// <summary>
/// When a run saves its state next: one clock for the whole run, however often it is observed, so that a kill loses no more than a period.
/// </summary>
/// <param name="period">From one saved state to the next.</param>
/// <param name="time">What time it is; the system's unless given.</param>
internal sealed class CheckpointClock(TimeSpan period, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _last = (time ?? TimeProvider.System).GetTimestamp();

    /// <summary>Whether a period has passed since the last state was saved, or since the run began.</summary>
    public bool IsDue => _time.GetElapsedTime(_last) >= period;

    /// <summary>A state has been saved.</summary>
    public void Saved() => _last = _time.GetTimestamp();
}
