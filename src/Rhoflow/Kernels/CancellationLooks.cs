namespace Rhoflow.Kernels;

/// <summary>
/// Where long work looks at its token. Tests count the looks of a thread and cancel at any one of them, so that work which looks before it
/// begins and never again is found.
/// </summary>
internal static class CancellationLooks
{
    [ThreadStatic]
    private static Action? s_looked;

    /// <summary>Called at every look of this thread; null: nobody counts.</summary>
    public static Action? Looked
    {
        get => s_looked;
        set => s_looked = value;
    }

    /// <summary>Ends the work if it is asked to end.</summary>
    /// <exception cref="OperationCanceledException">It is.</exception>
    public static void Look(this CancellationToken cancellation)
    {
        s_looked?.Invoke();
        cancellation.ThrowIfCancellationRequested();
    }
}
