using System.Diagnostics;
using System.Globalization;

namespace Rhoflow.Benchmarks;

/// <summary>CPU time of the current thread, in which neighbours on a shared machine do not count; where the system does not tell it, the
/// clock's.</summary>
internal static class ThreadClock
{
    // Nanoseconds on a processor, then waiting for one, then how often.
    private const string File = "/proc/thread-self/schedstat";

    private static readonly bool s_isTold = System.IO.File.Exists(File) && Read() > 0;

    /// <summary>Seconds since some time.</summary>
    public static double Seconds
    {
        get
        {
            if (!s_isTold) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            // What the scheduler has counted stands there as of the last time that the thread gave its processor away.
            Thread.Yield();
            return Read();
        }
    }

    private static double Read()
    {
        var text = System.IO.File.ReadAllText(File);
        return long.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture) * 1e-9;
    }
}
