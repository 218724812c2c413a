using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>
/// <see cref="ShiftedProduct{T}"/> in tiles that stay in registers: for each d the vectors of B are loaded once and every row of the
/// tile adds its broadcast number times them. 6 × 2 and 12 × 1 fill the 16 registers of AVX2, 12 × 2 the 32 of AVX-512.
/// </summary>
internal sealed unsafe class ShiftedProducts<TL, TLanes, T>() : ShiftedProducts<T>(TL.Count)
    where TL : struct, ILanes<TLanes, T> where TLanes : unmanaged where T : unmanaged, IFloatingPointIeee754<T>
{
    protected override void Multiply(in ShiftedProduct<T> product, bool narrow)
    {
        if (narrow) Tile12x1(product);
        else if (sizeof(TLanes) == 64) Tile12x2(product);
        else Tile6x2(product);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gather(T* from, int stride, int rows, int columns, T* to)
    {
        var width = PanelWidth(columns);
        if (columns < width)
        {
            for (var r = 0; r < rows; r++, from += stride, to += width)
                for (var j = 0; j < columns; j++) to[j] = from[j];
        }
        else if (columns == TL.Count)
        {
            for (var r = 0; r < rows; r++, from += stride, to += width) TL.Store(to, TL.Load(from));
        }
        else
        {
            for (var r = 0; r < rows; r++, from += stride, to += width)
            {
                TLanes a = TL.Load(from), b = TL.Load(from + TL.Count);
                TL.Store(to, a);
                TL.Store(to + TL.Count, b);
            }
        }
    }

    // A tile that reaches over the end was stored in the scratch buffer; from there its valid part is copied to the result.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(in ShiftedProduct<T> s, int t, int rows)
    {
        rows = Math.Min(rows, s.RowCount - t);
        for (var r = 0; r < rows; r++)
        {
            T* from = s.Edge + s.EdgeTargets[r], to = s.C + s.Targets[t + r];
            var j = 0;
            for (; j + TL.Count <= s.Columns; j += TL.Count)
                TL.Store(to + j, s.Accumulate ? TL.Add(TL.Load(to + j), TL.Load(from + j)) : TL.Load(from + j));
            for (; j < s.Columns; j++) to[j] = s.Accumulate ? to[j] + from[j] : from[j];
        }
    }

    // Whether tiles of this product are stored directly in the result, except those that reach over the last row.
    private static bool IsPlain(in ShiftedProduct<T> s, int vectors) => s.Columns == vectors * TL.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* address, TLanes c, bool accumulate) =>
        TL.Store(address, accumulate ? TL.Add(TL.Load(address), c) : c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* address, TLanes c, TLanes d, bool accumulate)
    {
        Put(address, c, accumulate);
        Put(address + TL.Count, d, accumulate);
    }

    // 6 rows × two vectors of columns in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x2(in ShiftedProduct<T> s)
    {
        nint depthCount = s.DepthCount, stride = s.BStride;
        var depth = s.Depth;
        var plain = IsPlain(s, 2);
        var last = stackalloc int[6];
        for (var t = 0; t < s.RowCount; t += 6)
        {
            var rows = t + 6 <= s.RowCount ? s.Rows + t : Repeated(s, t, last, 6);
            T* a0 = s.A + rows[0], a1 = s.A + rows[1], a2 = s.A + rows[2], a3 = s.A + rows[3], a4 = s.A + rows[4], a5 = s.A + rows[5];
            TLanes c0 = TL.Zero, c1 = TL.Zero, c2 = TL.Zero, c3 = TL.Zero, c4 = TL.Zero, c5 = TL.Zero;
            TLanes d0 = TL.Zero, d1 = TL.Zero, d2 = TL.Zero, d3 = TL.Zero, d4 = TL.Zero, d5 = TL.Zero;
            var b = s.B;
            for (nint i = 0; i < depthCount; i++, b += stride)
            {
                nint k = depth[i];
                TLanes b0 = TL.Load(b), b1 = TL.Load(b + TL.Count), a;
                a = TL.Broadcast(a0[k]);
                (c0, d0) = (TL.MultiplyAdd(a, b0, c0), TL.MultiplyAdd(a, b1, d0));
                a = TL.Broadcast(a1[k]);
                (c1, d1) = (TL.MultiplyAdd(a, b0, c1), TL.MultiplyAdd(a, b1, d1));
                a = TL.Broadcast(a2[k]);
                (c2, d2) = (TL.MultiplyAdd(a, b0, c2), TL.MultiplyAdd(a, b1, d2));
                a = TL.Broadcast(a3[k]);
                (c3, d3) = (TL.MultiplyAdd(a, b0, c3), TL.MultiplyAdd(a, b1, d3));
                a = TL.Broadcast(a4[k]);
                (c4, d4) = (TL.MultiplyAdd(a, b0, c4), TL.MultiplyAdd(a, b1, d4));
                a = TL.Broadcast(a5[k]);
                (c5, d5) = (TL.MultiplyAdd(a, b0, c5), TL.MultiplyAdd(a, b1, d5));
            }
            var whole = plain && t + 6 <= s.RowCount;
            var accumulate = s.Accumulate && whole;
            var c = whole ? s.C : s.Edge;
            var targets = whole ? s.Targets + t : s.EdgeTargets;
            Put(c + targets[0], c0, d0, accumulate);
            Put(c + targets[1], c1, d1, accumulate);
            Put(c + targets[2], c2, d2, accumulate);
            Put(c + targets[3], c3, d3, accumulate);
            Put(c + targets[4], c4, d4, accumulate);
            Put(c + targets[5], c5, d5, accumulate);
            if (!whole) Finish(s, t, 6);
        }
    }

    // 12 rows × one vector of columns in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12x1(in ShiftedProduct<T> s)
    {
        nint depthCount = s.DepthCount, stride = s.BStride;
        var depth = s.Depth;
        var plain = IsPlain(s, 1);
        var last = stackalloc int[12];
        for (var t = 0; t < s.RowCount; t += 12)
        {
            var rows = t + 12 <= s.RowCount ? s.Rows + t : Repeated(s, t, last, 12);
            T* a0 = s.A + rows[0], a1 = s.A + rows[1], a2 = s.A + rows[2], a3 = s.A + rows[3], a4 = s.A + rows[4], a5 = s.A + rows[5];
            T* a6 = s.A + rows[6], a7 = s.A + rows[7], a8 = s.A + rows[8], a9 = s.A + rows[9], a10 = s.A + rows[10], a11 = s.A + rows[11];
            TLanes c0 = TL.Zero, c1 = TL.Zero, c2 = TL.Zero, c3 = TL.Zero, c4 = TL.Zero, c5 = TL.Zero;
            TLanes c6 = TL.Zero, c7 = TL.Zero, c8 = TL.Zero, c9 = TL.Zero, c10 = TL.Zero, c11 = TL.Zero;
            var b = s.B;
            for (nint i = 0; i < depthCount; i++, b += stride)
            {
                nint k = depth[i];
                var b0 = TL.Load(b);
                c0 = TL.MultiplyAdd(TL.Broadcast(a0[k]), b0, c0);
                c1 = TL.MultiplyAdd(TL.Broadcast(a1[k]), b0, c1);
                c2 = TL.MultiplyAdd(TL.Broadcast(a2[k]), b0, c2);
                c3 = TL.MultiplyAdd(TL.Broadcast(a3[k]), b0, c3);
                c4 = TL.MultiplyAdd(TL.Broadcast(a4[k]), b0, c4);
                c5 = TL.MultiplyAdd(TL.Broadcast(a5[k]), b0, c5);
                c6 = TL.MultiplyAdd(TL.Broadcast(a6[k]), b0, c6);
                c7 = TL.MultiplyAdd(TL.Broadcast(a7[k]), b0, c7);
                c8 = TL.MultiplyAdd(TL.Broadcast(a8[k]), b0, c8);
                c9 = TL.MultiplyAdd(TL.Broadcast(a9[k]), b0, c9);
                c10 = TL.MultiplyAdd(TL.Broadcast(a10[k]), b0, c10);
                c11 = TL.MultiplyAdd(TL.Broadcast(a11[k]), b0, c11);
            }
            var whole = plain && t + 12 <= s.RowCount;
            var accumulate = s.Accumulate && whole;
            var c = whole ? s.C : s.Edge;
            var targets = whole ? s.Targets + t : s.EdgeTargets;
            Put(c + targets[0], c0, accumulate);
            Put(c + targets[1], c1, accumulate);
            Put(c + targets[2], c2, accumulate);
            Put(c + targets[3], c3, accumulate);
            Put(c + targets[4], c4, accumulate);
            Put(c + targets[5], c5, accumulate);
            Put(c + targets[6], c6, accumulate);
            Put(c + targets[7], c7, accumulate);
            Put(c + targets[8], c8, accumulate);
            Put(c + targets[9], c9, accumulate);
            Put(c + targets[10], c10, accumulate);
            Put(c + targets[11], c11, accumulate);
            if (!whole) Finish(s, t, 12);
        }
    }

    // 12 rows × two vectors of columns in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12x2(in ShiftedProduct<T> s)
    {
        nint depthCount = s.DepthCount, stride = s.BStride;
        var depth = s.Depth;
        var plain = IsPlain(s, 2);
        var last = stackalloc int[12];
        for (var t = 0; t < s.RowCount; t += 12)
        {
            var rows = t + 12 <= s.RowCount ? s.Rows + t : Repeated(s, t, last, 12);
            T* a0 = s.A + rows[0], a1 = s.A + rows[1], a2 = s.A + rows[2], a3 = s.A + rows[3], a4 = s.A + rows[4], a5 = s.A + rows[5];
            T* a6 = s.A + rows[6], a7 = s.A + rows[7], a8 = s.A + rows[8], a9 = s.A + rows[9], a10 = s.A + rows[10], a11 = s.A + rows[11];
            TLanes c0 = TL.Zero, c1 = TL.Zero, c2 = TL.Zero, c3 = TL.Zero, c4 = TL.Zero, c5 = TL.Zero;
            TLanes c6 = TL.Zero, c7 = TL.Zero, c8 = TL.Zero, c9 = TL.Zero, c10 = TL.Zero, c11 = TL.Zero;
            TLanes d0 = TL.Zero, d1 = TL.Zero, d2 = TL.Zero, d3 = TL.Zero, d4 = TL.Zero, d5 = TL.Zero;
            TLanes d6 = TL.Zero, d7 = TL.Zero, d8 = TL.Zero, d9 = TL.Zero, d10 = TL.Zero, d11 = TL.Zero;
            var b = s.B;
            for (nint i = 0; i < depthCount; i++, b += stride)
            {
                nint k = depth[i];
                TLanes b0 = TL.Load(b), b1 = TL.Load(b + TL.Count), a;
                a = TL.Broadcast(a0[k]);
                (c0, d0) = (TL.MultiplyAdd(a, b0, c0), TL.MultiplyAdd(a, b1, d0));
                a = TL.Broadcast(a1[k]);
                (c1, d1) = (TL.MultiplyAdd(a, b0, c1), TL.MultiplyAdd(a, b1, d1));
                a = TL.Broadcast(a2[k]);
                (c2, d2) = (TL.MultiplyAdd(a, b0, c2), TL.MultiplyAdd(a, b1, d2));
                a = TL.Broadcast(a3[k]);
                (c3, d3) = (TL.MultiplyAdd(a, b0, c3), TL.MultiplyAdd(a, b1, d3));
                a = TL.Broadcast(a4[k]);
                (c4, d4) = (TL.MultiplyAdd(a, b0, c4), TL.MultiplyAdd(a, b1, d4));
                a = TL.Broadcast(a5[k]);
                (c5, d5) = (TL.MultiplyAdd(a, b0, c5), TL.MultiplyAdd(a, b1, d5));
                a = TL.Broadcast(a6[k]);
                (c6, d6) = (TL.MultiplyAdd(a, b0, c6), TL.MultiplyAdd(a, b1, d6));
                a = TL.Broadcast(a7[k]);
                (c7, d7) = (TL.MultiplyAdd(a, b0, c7), TL.MultiplyAdd(a, b1, d7));
                a = TL.Broadcast(a8[k]);
                (c8, d8) = (TL.MultiplyAdd(a, b0, c8), TL.MultiplyAdd(a, b1, d8));
                a = TL.Broadcast(a9[k]);
                (c9, d9) = (TL.MultiplyAdd(a, b0, c9), TL.MultiplyAdd(a, b1, d9));
                a = TL.Broadcast(a10[k]);
                (c10, d10) = (TL.MultiplyAdd(a, b0, c10), TL.MultiplyAdd(a, b1, d10));
                a = TL.Broadcast(a11[k]);
                (c11, d11) = (TL.MultiplyAdd(a, b0, c11), TL.MultiplyAdd(a, b1, d11));
            }
            var whole = plain && t + 12 <= s.RowCount;
            var accumulate = s.Accumulate && whole;
            var c = whole ? s.C : s.Edge;
            var targets = whole ? s.Targets + t : s.EdgeTargets;
            Put(c + targets[0], c0, d0, accumulate);
            Put(c + targets[1], c1, d1, accumulate);
            Put(c + targets[2], c2, d2, accumulate);
            Put(c + targets[3], c3, d3, accumulate);
            Put(c + targets[4], c4, d4, accumulate);
            Put(c + targets[5], c5, d5, accumulate);
            Put(c + targets[6], c6, d6, accumulate);
            Put(c + targets[7], c7, d7, accumulate);
            Put(c + targets[8], c8, d8, accumulate);
            Put(c + targets[9], c9, d9, accumulate);
            Put(c + targets[10], c10, d10, accumulate);
            Put(c + targets[11], c11, d11, accumulate);
            if (!whole) Finish(s, t, 12);
        }
    }
}
