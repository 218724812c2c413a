using Rhoflow.Kernels;

namespace Rhoflow.Numerics;

/// <summary>
/// Work that cannot be stopped halfway: a decomposition by another library. Cancelled, it is left behind on a thread of its own, which ends
/// when it is done and holds up no process; its result is dropped. What it works on must therefore be its own.
/// </summary>
internal static class Unstoppable
{
    // Less is over before a thread is worth its start.
    private const double WorthAThread = 1e7;

    /// <summary>The result of work that takes nobody knows how long: reading and preparing data, for instance.</summary>
    /// <param name="work">Touches nothing that others write to, and nobody else's buffers.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static T Run<T>(Func<T> work, CancellationToken cancellation) => Run(double.PositiveInfinity, work, cancellation);

    /// <summary>The result of the work.</summary>
    /// <param name="operations">About how many it takes.</param>
    /// <param name="work">Touches nothing that others write to, and nobody else's buffers.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static T Run<T>(double operations, Func<T> work, CancellationToken cancellation)
    {
        cancellation.Look();
        if (!cancellation.CanBeCanceled || operations < WorthAThread) return work();
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // Exceptions of the work come out as they are, not in an aggregate.
        return task.WaitAsync(cancellation).GetAwaiter().GetResult();
    }
}
