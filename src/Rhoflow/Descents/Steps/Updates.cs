using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Descents;

/// <summary>The inner loops of plain steps, but the one with momentum, which is a kernel.</summary>
internal static class Updates
{
    /// <summary>x ← x + η(pull·h − decay·x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Plain<T>(Span<T> x, ReadOnlySpan<T> h, double pull, double decay, double eta)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = T.CreateTruncating(eta * pull), b = T.CreateTruncating(eta * decay);
        Vector<T> pulls = new(a), decays = new(b);
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        var hs = MemoryMarshal.Cast<T, Vector<T>>(h);
        for (var i = 0; i < xs.Length; i++) xs[i] += hs[i] * pulls - xs[i] * decays;
        for (var i = xs.Length * Vector<T>.Count; i < x.Length; i++) x[i] += h[i] * a - x[i] * b;
    }

    /// <summary>‖h‖², summed in the precision of h: fast, and good enough for a bound while it is not near the ends of its range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T SumOfSquares<T>(ReadOnlySpan<T> h) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> s0 = default, s1 = default, s2 = default, s3 = default;
        var hs = MemoryMarshal.Cast<T, Vector<T>>(h);
        var i = 0;
        for (; i + 4 <= hs.Length; i += 4)
        {
            s0 += hs[i] * hs[i];
            s1 += hs[i + 1] * hs[i + 1];
            s2 += hs[i + 2] * hs[i + 2];
            s3 += hs[i + 3] * hs[i + 3];
        }
        var sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (i *= Vector<T>.Count; i < h.Length; i++) sum += h[i] * h[i];
        return sum;
    }
}
