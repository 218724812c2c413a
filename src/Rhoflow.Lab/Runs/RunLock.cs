namespace Rhoflow.Lab.Runs;

/// <summary>
/// The right to write in a run folder: a file that one process at a time can make, on this machine or on any that shares the file system.
/// A lock whose process has ended is taken away by the next that wants it; one that cannot be looked up (another host, another container)
/// when its heartbeat stands still.
/// </summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The name in a run folder.</summary>
    public const string Name = "lock.json";

    private readonly Lock _guard = new();
    private string _path;
    private bool _released;

    private RunLock(string path, RunOwner owner)
    {
        (_path, Owner) = (path, owner);
        Heartbeat.Add(this);
    }

    /// <summary>This process.</summary>
    public RunOwner Owner { get; }

    /// <summary>Takes the lock, unless another holds it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="watch">What has been seen of the locks of other hosts.</param>
    /// <param name="atWork">Who holds it, if it could not be taken.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static RunLock? TryTake(string path, LockWatch watch, out RunOwner? atWork)
    {
        atWork = null;
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (Make(path) is { } mine) return mine;
            // Released in this moment: once more.
            if (LockFile.Read(path) is not { } there) continue;
            if (!watch.IsStale(path, there))
            {
                atWork = OwnerOf(there);
                return null;
            }
            LockFile.Break(path, there);
        }
        throw new IOException($"the lock '{path}' can neither be made nor read");
    }

    /// <summary>Puts a lock into a folder that nobody knows of yet.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static RunLock Begin(string folder) => Make(Path.Combine(folder, Name)) is { } mine ? mine
        : throw new IOException($"'{Path.Combine(folder, Name)}' is there already");

    /// <summary>Its folder has got another name.</summary>
    public void MovedTo(string folder)
    {
        lock (_guard) _path = Path.Combine(folder, Name);
    }

    /// <summary>
    /// Whether the lock still lies where it was put: its folder may have been deleted, or taken over after a long standstill.
    /// </summary>
    /// <param name="now">What lies there.</param>
    public bool IsOurs(out LockFile? now)
    {
        now = LockFile.Read(_path);
        return now?.Token == Owner.Token;
    }

    /// <summary>One heartbeat.</summary>
    public void Beat(long beats)
    {
        try
        {
            lock (_guard)
                if (!_released) LockFile.Beat(_path, Owner, beats);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, a server that does not answer: the next one may succeed.
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        lock (_guard)
        {
            if (_released) return;
            _released = true;
            try
            {
                if (IsOurs(out _)) File.Delete(_path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is stale as soon as this process does not know it any more.
            }
            Heartbeat.Remove(this);
        }
    }

    // Known to this process before others can see it: its other threads would take it for one that was left behind.
    private static RunLock? Make(string path)
    {
        var mine = new RunLock(path, RunOwner.Here());
        var made = false;
        try
        {
            made = LockFile.TryCreate(path, mine.Owner);
            return made ? mine : null;
        }
        finally
        {
            if (!made) Heartbeat.Remove(mine);
        }
    }

    /// <summary>Whose lock it is; of one that cannot be read, nobody in particular.</summary>
    public static RunOwner OwnerOf(LockFile there) => there.Owner
        ?? new("an unknown host", "", "", "", 0, 0, new DateTimeOffset(there.Touched), there.Token);
}
