namespace Rhoflow.Tests;

/// <summary>
/// The bytes that this thread allocates in a window, the least of several windows. One window is not enough: a collection that other
/// threads bring about in between gives up the rest of this thread's allocation buffer (8 KiB at most), and the runtime counts that rest
/// as allocated. What a step does allocate, it allocates in every window.
/// </summary>
internal sealed class AllocationCount
{
    private long _before;

    public long Least { get; private set; } = long.MaxValue;

    public void Open() => _before = GC.GetAllocatedBytesForCurrentThread();

    public void Close() => Least = Math.Min(Least, GC.GetAllocatedBytesForCurrentThread() - _before);

    /// <summary>What one call of <paramref name="step"/> allocates after a first call.</summary>
    public static long Of(Action step)
    {
        step();
        var count = new AllocationCount();
        for (var window = 0; window < 5 && count.Least > 0; window++)
        {
            count.Open();
            step();
            count.Close();
        }
        return count.Least;
    }
}
