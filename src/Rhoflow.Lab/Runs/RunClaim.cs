namespace Rhoflow.Lab.Runs;

/// <summary>
/// Held for the moment in which a process looks whether a run is finished, at work or left, and makes or takes its folder: two processes
/// that want the same new run do so one after the other.
/// </summary>
internal sealed class RunClaim : IDisposable
{
    private readonly RunLock _held;

    private RunClaim(RunLock held) => _held = held;

    /// <summary>Waits for the claim on a run.</summary>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while another process held it.</exception>
    public static RunClaim Take(string root, string name, string id, LockWatch watch, CancellationToken cancellation)
    {
        var parent = Path.GetFullPath(Path.Combine(root, name));
        var began = !Directory.Exists(parent);
        try
        {
            while (true)
            {
                Directory.CreateDirectory(parent);
                try
                {
                    if (RunLock.TryTake(Path.Combine(parent, $".{id}.lock"), watch, out _) is { } held) return new RunClaim(held);
                }
                catch (DirectoryNotFoundException)
                {
                    // Another process has removed the folder that it had begun and could not use.
                    continue;
                }
                cancellation.WaitHandle.WaitOne(Random.Shared.Next(10, 40));
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (began) RunFolder.RemoveBestEffort(parent, recursive: false);
            throw RunFolder.CannotWrite(parent, e);
        }
    }

    /// <summary>Gives it back.</summary>
    public void Dispose() => _held.Dispose();
}
