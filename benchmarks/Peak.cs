using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Rhoflow.Kernels;

namespace Rhoflow.Benchmarks;

/// <summary>
/// Floating-point operations a second that this processor reaches with fused multiply-adds in registers: what shares are shares of.
/// </summary>
public static class Peak
{
    private const int Turns = 2_000_000, Trials = 10;

    /// <summary>So many threads at the same time, float32 or float64, at the widest SIMD: the best of several trials.</summary>
    public static double Flops<T>(int threads) where T : unmanaged
    {
        var best = 0.0;
        for (var trial = 0; trial < Trials; trial++) best = Math.Max(best, Together<T>(threads));
        return best;
    }

    // Two cores may be two threads of one, or share its clock: what both reach is less than twice what one does.
    private static double Together<T>(int threads) where T : unmanaged
    {
        if (threads == 1) return One<T>();
        using var start = new Barrier(threads);
        var rates = new double[threads];
        var all = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            var index = i;
            all[i] = new Thread(() =>
            {
                start.SignalAndWait();
                rates[index] = One<T>();
            })
            { IsBackground = true };
            all[i].Start();
        }
        foreach (var thread in all) thread.Join();
        return rates.Sum();
    }

    private static double One<T>() where T : unmanaged
    {
        // Neighbours on a shared machine do not count.
        var begin = ThreadClock.Seconds;
        var operations = Simd.Best switch
        {
            SimdWidth.Bits512 => Loop<Lanes512<T>, Vector512<T>, T>(),
            SimdWidth.Bits256 => Loop<Lanes256<T>, Vector256<T>, T>(),
            _ => Loop<Lanes128<T>, Vector128<T>, T>(),
        };
        return operations / (ThreadClock.Seconds - begin);
    }

    // Ten independent chains: more than latency × units of any processor known.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe double Loop<TLanes, TVector, T>() where TLanes : ILanes<TVector, T> where TVector : unmanaged where T : unmanaged
    {
        var m = TLanes.Broadcast((T)Convert.ChangeType(0.9999, typeof(T), System.Globalization.CultureInfo.InvariantCulture));
        TVector a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m;
        for (var turn = 0; turn < Turns; turn++)
        {
            a = TLanes.MultiplyAdd(a, m, m); b = TLanes.MultiplyAdd(b, m, m);
            c = TLanes.MultiplyAdd(c, m, m); d = TLanes.MultiplyAdd(d, m, m);
            e = TLanes.MultiplyAdd(e, m, m); f = TLanes.MultiplyAdd(f, m, m);
            g = TLanes.MultiplyAdd(g, m, m); h = TLanes.MultiplyAdd(h, m, m);
            i = TLanes.MultiplyAdd(i, m, m); j = TLanes.MultiplyAdd(j, m, m);
        }
        var sink = stackalloc T[TLanes.Count];
        TLanes.Store(sink, TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)),
            TLanes.Add(TLanes.Add(TLanes.Add(e, f), TLanes.Add(g, h)), TLanes.Add(i, j))));
        if (EqualityComparer<T>.Default.Equals(sink[0], default)) throw new InvalidOperationException("the peak loop was removed");
        return 2.0 * 10 * TLanes.Count * Turns;
    }
}
