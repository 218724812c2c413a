using System.Diagnostics;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// Tells stale locks from living ones. Where the owner's process can be looked up, that decides. Elsewhere the heartbeat does: it has to
/// stand still for a while in which it was looked at again and again. Clocks of hosts are never compared.
/// </summary>
internal sealed class LockWatch
{
    /// <summary>How long the heartbeat of a process that cannot be looked up has to stand still.</summary>
    public TimeSpan Patience { get; init; } = 10 * Heartbeat.Interval;

    /// <summary>The same, if its host seems to have been started anew.</summary>
    public TimeSpan PatienceAfterReboot { get; init; } = 3 * Heartbeat.Interval;

    // A longer pause between two looks counts as so much: this host or its file server may have stood still itself.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly Lock _guard = new();
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    private sealed record Seen(string Text, TimeSpan Still, long Looked);

    /// <summary>Whether the owner of a lock is gone, as far as is known by now.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="there">What lies there.</param>
    public bool IsStale(string path, LockFile there)
    {
        var standing = there.Owner?.Standing ?? OwnerStanding.Unknown;
        if (standing is OwnerStanding.AtWork or OwnerStanding.Gone) return standing == OwnerStanding.Gone;
        lock (_guard)
        {
            Look(path, there);
            return _seen[path].Still >= (standing == OwnerStanding.Rebooted ? PatienceAfterReboot : Patience);
        }
    }

    /// <summary>Looks again at every lock whose heartbeat counts, so that all are watched while one is waited for.</summary>
    public void LookAgain()
    {
        lock (_guard)
        {
            foreach (var path in _seen.Keys.ToArray())
            {
                if (LockFile.Read(path) is { } there) Look(path, there);
                else _seen.Remove(path);
            }
        }
    }

    /// <summary>
    /// Whether somebody seems to be at work there, by one look: for what is shown only. A heartbeat of the last minute, by this host's
    /// clock, counts.
    /// </summary>
    public static bool SeemsAtWork(LockFile there) => (there.Owner?.Standing ?? OwnerStanding.Unknown) switch
    {
        OwnerStanding.AtWork => true,
        OwnerStanding.Gone => false,
        _ => DateTime.UtcNow - there.Touched < TimeSpan.FromMinutes(1),
    };

    private void Look(string path, LockFile there)
    {
        var now = Stopwatch.GetTimestamp();
        if (_seen.TryGetValue(path, out var before) && before.Text == there.Text)
        {
            var pause = Stopwatch.GetElapsedTime(before.Looked, now);
            _seen[path] = before with { Still = before.Still + (pause < LongestLook ? pause : LongestLook), Looked = now };
        }
        else
        {
            _seen[path] = new Seen(there.Text, TimeSpan.Zero, now);
        }
    }
}
