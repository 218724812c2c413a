using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Networks;

/// <summary>
/// Matrix products for a flow's small networks: activations are feature-major (h × stride, one example a column), so that
/// examples fill the vector registers. The stride is a multiple of the vector width; padded columns hold zeros.
/// The readable reference stands in the tests.
/// </summary>
internal static class DenseKernels
{
    /// <summary>The number of columns that N examples are padded to.</summary>
    public static int Stride(int examples) => (examples + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;

    /// <summary>
    /// C (rows × stride) = [C +] M A with A (inner × stride) and M[i, j] = w[i·rowStep + j·columnStep], so that the same loop
    /// serves W A (forward) and Wᵀ δ (backward).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<double> w, int rowStep, int columnStep, int rows, int inner,
        ReadOnlySpan<double> a, Span<double> c, int stride, bool accumulate = false)
    {
        var width = Vector<double>.Count;
        ref var w0 = ref MemoryMarshal.GetReference(w);
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        var n = 0;
        for (; n + 2 * width <= stride; n += 2 * width)
        {
            var i = 0;
            for (; i + 4 <= rows; i += 4)
            {
                Vector<double> s00 = default, s01 = default, s10 = default, s11 = default;
                Vector<double> s20 = default, s21 = default, s30 = default, s31 = default;
                nint m0 = i * rowStep, m1 = m0 + rowStep, m2 = m1 + rowStep, m3 = m2 + rowStep;
                nint p = n;
                for (var j = 0; j < inner; j++, p += stride)
                {
                    var x = Vector.LoadUnsafe(ref a0, (nuint)p);
                    var y = Vector.LoadUnsafe(ref a0, (nuint)(p + width));
                    var k = new Vector<double>(Unsafe.Add(ref w0, m0));
                    s00 = Vector.FusedMultiplyAdd(k, x, s00); s01 = Vector.FusedMultiplyAdd(k, y, s01);
                    k = new Vector<double>(Unsafe.Add(ref w0, m1));
                    s10 = Vector.FusedMultiplyAdd(k, x, s10); s11 = Vector.FusedMultiplyAdd(k, y, s11);
                    k = new Vector<double>(Unsafe.Add(ref w0, m2));
                    s20 = Vector.FusedMultiplyAdd(k, x, s20); s21 = Vector.FusedMultiplyAdd(k, y, s21);
                    k = new Vector<double>(Unsafe.Add(ref w0, m3));
                    s30 = Vector.FusedMultiplyAdd(k, x, s30); s31 = Vector.FusedMultiplyAdd(k, y, s31);
                    m0 += columnStep; m1 += columnStep; m2 += columnStep; m3 += columnStep;
                }
                Store(ref c0, i * stride + n, s00, s01, accumulate);
                Store(ref c0, (i + 1) * stride + n, s10, s11, accumulate);
                Store(ref c0, (i + 2) * stride + n, s20, s21, accumulate);
                Store(ref c0, (i + 3) * stride + n, s30, s31, accumulate);
            }
            for (; i < rows; i++)
            {
                Vector<double> s0 = default, s1 = default;
                nint m = i * rowStep, p = n;
                for (var j = 0; j < inner; j++, p += stride, m += columnStep)
                {
                    var k = new Vector<double>(Unsafe.Add(ref w0, m));
                    s0 = Vector.FusedMultiplyAdd(k, Vector.LoadUnsafe(ref a0, (nuint)p), s0);
                    s1 = Vector.FusedMultiplyAdd(k, Vector.LoadUnsafe(ref a0, (nuint)(p + width)), s1);
                }
                Store(ref c0, i * stride + n, s0, s1, accumulate);
            }
        }
        for (; n < stride; n += width)
        {
            for (var i = 0; i < rows; i++)
            {
                Vector<double> s = default;
                nint m = i * rowStep, p = n;
                for (var j = 0; j < inner; j++, p += stride, m += columnStep)
                    s = Vector.FusedMultiplyAdd(new Vector<double>(Unsafe.Add(ref w0, m)), Vector.LoadUnsafe(ref a0, (nuint)p), s);
                var at = (nuint)(i * stride + n);
                if (accumulate) s += Vector.LoadUnsafe(ref c0, at);
                s.StoreUnsafe(ref c0, at);
            }
        }
    }

    /// <summary>G (rows × columns) = [G +] D Aᵀ: the weight gradient, D (rows × stride), A (columns × stride).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Outer(ReadOnlySpan<double> d, int rows, ReadOnlySpan<double> a, int columns, int stride, Span<double> g,
        bool accumulate = false)
    {
        var width = Vector<double>.Count;
        ref var d0 = ref MemoryMarshal.GetReference(d);
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var g0 = ref MemoryMarshal.GetReference(g);
        for (var i = 0; i < rows; i++)
        {
            nint row = i * stride;
            var j = 0;
            for (; j + 4 <= columns; j += 4)
            {
                Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
                nint p0 = j * stride, p1 = p0 + stride, p2 = p1 + stride, p3 = p2 + stride;
                for (nint n = 0; n < stride; n += width)
                {
                    var v = Vector.LoadUnsafe(ref d0, (nuint)(row + n));
                    s0 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a0, (nuint)(p0 + n)), s0);
                    s1 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a0, (nuint)(p1 + n)), s1);
                    s2 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a0, (nuint)(p2 + n)), s2);
                    s3 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a0, (nuint)(p3 + n)), s3);
                }
                ref var target = ref Unsafe.Add(ref g0, i * columns + j);
                Put(ref target, Vector.Sum(s0), accumulate);
                Put(ref Unsafe.Add(ref target, 1), Vector.Sum(s1), accumulate);
                Put(ref Unsafe.Add(ref target, 2), Vector.Sum(s2), accumulate);
                Put(ref Unsafe.Add(ref target, 3), Vector.Sum(s3), accumulate);
            }
            for (; j < columns; j++)
            {
                Vector<double> s = default;
                nint p = j * stride;
                for (nint n = 0; n < stride; n += width)
                    s = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref d0, (nuint)(row + n)), Vector.LoadUnsafe(ref a0, (nuint)(p + n)), s);
                Put(ref Unsafe.Add(ref g0, i * columns + j), Vector.Sum(s), accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref double c0, int at, Vector<double> s0, Vector<double> s1, bool accumulate)
    {
        var first = (nuint)at;
        var second = first + (nuint)Vector<double>.Count;
        if (accumulate)
        {
            s0 += Vector.LoadUnsafe(ref c0, first);
            s1 += Vector.LoadUnsafe(ref c0, second);
        }
        s0.StoreUnsafe(ref c0, first);
        s1.StoreUnsafe(ref c0, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref double target, double value, bool accumulate) => target = accumulate ? target + value : value;
}
