namespace Rhoflow.Lab.Runs;

/// <summary>
/// Shows other hosts that this process lives: a thread of its own (the pool's may all be at work) counts a heartbeat in every lock that the
/// process holds.
/// </summary>
internal static class Heartbeat
{
    /// <summary>Between two of them.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private static readonly Lock Guard = new();
    private static readonly Dictionary<string, RunLock> Held = new(StringComparer.Ordinal);
    private static Thread? s_thread;

    /// <summary>Whether this process holds the lock with that token.</summary>
    public static bool Knows(string token)
    {
        lock (Guard) return Held.ContainsKey(token);
    }

    /// <summary>Beats for a lock from now on.</summary>
    public static void Add(RunLock held)
    {
        lock (Guard)
        {
            Held[held.Owner.Token] = held;
            if (s_thread is not null) return;
            s_thread = new Thread(Beat) { IsBackground = true, Name = "heartbeat of run locks" };
            s_thread.Start();
        }
    }

    /// <summary>Beats no longer for it.</summary>
    public static void Remove(RunLock held)
    {
        lock (Guard) Held.Remove(held.Owner.Token);
    }

    private static void Beat()
    {
        for (long beats = 1; ; beats++)
        {
            Thread.Sleep(Interval);
            RunLock[] all;
            lock (Guard)
            {
                if (Held.Count == 0)
                {
                    s_thread = null;
                    return;
                }
                all = [.. Held.Values];
            }
            foreach (var held in all) held.Beat(beats);
        }
    }
}
