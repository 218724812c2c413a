using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Rhoflow.Kernels;

/// <summary>
/// The innermost product: a tile of C, a few rows high and two vectors wide, whose sums stay in registers. Every sum is one chain of
/// fused multiply-adds in the order of k, so an element has the same bits at any width, in any tile, on either side of a transpose.
/// </summary>
internal static unsafe class GemmTile<TLanes, TVector, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Columns of a tile.</summary>
    public static int Columns => 2 * TLanes.Count;

    /// <summary>Rows of a full tile: 24 sums where there are 32 vector registers, 12 where there are 16.</summary>
    public static int Rows => TLanes.Count * sizeof(T) == 64 || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>How many of the rows that are left the next tile takes.</summary>
    public static int Take(int left) => left >= Rows ? Rows : Math.Min(left, 6);

    /// <summary>C ← A·B, or C ← C + A·B with <paramref name="add"/>.</summary>
    /// <param name="rows">Rows of the tile, a result of <see cref="Take"/>.</param>
    /// <param name="k">Terms of every sum.</param>
    /// <param name="a">Element (i, p) is at a[i·row + p·step].</param>
    /// <param name="b">Element (p, j) is at b[p·<see cref="Columns"/> + j].</param>
    /// <param name="c">Element (i, j) is at c[i·ldc + j].</param>
    public static void Multiply(int rows, int k, T* a, nint row, nint step, T* b, T* c, nint ldc, bool add)
    {
        switch (rows)
        {
            case 1: Multiply<One>(k, a, row, step, b, c, ldc, add); break;
            case 2: Multiply<Two>(k, a, row, step, b, c, ldc, add); break;
            case 3: Multiply<Three>(k, a, row, step, b, c, ldc, add); break;
            case 4: Multiply<Four>(k, a, row, step, b, c, ldc, add); break;
            case 5: Multiply<Five>(k, a, row, step, b, c, ldc, add); break;
            case 6: Multiply<Six>(k, a, row, step, b, c, ldc, add); break;
            default: Multiply<Twelve>(k, a, row, step, b, c, ldc, add); break;
        }
    }

    // The number of rows is a type, so each instance keeps only its own rows. Strides are turned into bytes, since addresses of the
    // form x + s and x + 2s then cost nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TRows>(int k, T* a, nint row, nint step, T* b, T* c, nint ldc, bool add) where TRows : struct, IRows
    {
        TVector c00 = TLanes.Zero, c01 = TLanes.Zero, c10 = TLanes.Zero, c11 = TLanes.Zero, c20 = TLanes.Zero, c21 = TLanes.Zero;
        TVector c30 = TLanes.Zero, c31 = TLanes.Zero, c40 = TLanes.Zero, c41 = TLanes.Zero, c50 = TLanes.Zero, c51 = TLanes.Zero;
        TVector c60 = TLanes.Zero, c61 = TLanes.Zero, c70 = TLanes.Zero, c71 = TLanes.Zero, c80 = TLanes.Zero, c81 = TLanes.Zero;
        TVector c90 = TLanes.Zero, c91 = TLanes.Zero, cA0 = TLanes.Zero, cA1 = TLanes.Zero, cB0 = TLanes.Zero, cB1 = TLanes.Zero;

        row *= sizeof(T);
        step *= sizeof(T);
        byte* a0 = (byte*)a, a3 = a0 + 3 * row, a6 = a3 + 3 * row, a9 = a6 + 3 * row;
        // C is fetched while the sums are taken: its rows lie on different pages. For short sums the prefetch gains nothing.
        if (Sse.IsSupported && k >= 32)
            for (var i = 0; i < TRows.Count; i++)
            {
                Sse.Prefetch0(c + i * ldc);
                Sse.Prefetch0(c + i * ldc + Columns - 1);
            }
        for (; k > 0; k--)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + TLanes.Count);
            Add(a0, b0, b1, ref c00, ref c01);
            if (TRows.Count > 1) Add(a0 + row, b0, b1, ref c10, ref c11);
            if (TRows.Count > 2) Add(a0 + 2 * row, b0, b1, ref c20, ref c21);
            if (TRows.Count > 3) Add(a3, b0, b1, ref c30, ref c31);
            if (TRows.Count > 4) Add(a3 + row, b0, b1, ref c40, ref c41);
            if (TRows.Count > 5) Add(a3 + 2 * row, b0, b1, ref c50, ref c51);
            if (TRows.Count > 6)
            {
                Add(a6, b0, b1, ref c60, ref c61);
                Add(a6 + row, b0, b1, ref c70, ref c71);
                Add(a6 + 2 * row, b0, b1, ref c80, ref c81);
                Add(a9, b0, b1, ref c90, ref c91);
                Add(a9 + row, b0, b1, ref cA0, ref cA1);
                Add(a9 + 2 * row, b0, b1, ref cB0, ref cB1);
                a6 += step;
                a9 += step;
            }
            a0 += step;
            if (TRows.Count > 3) a3 += step;
            b += 2 * TLanes.Count;
        }

        Store(c, c00, c01, add);
        if (TRows.Count > 1) Store(c + ldc, c10, c11, add);
        if (TRows.Count > 2) Store(c + 2 * ldc, c20, c21, add);
        if (TRows.Count > 3) Store(c + 3 * ldc, c30, c31, add);
        if (TRows.Count > 4) Store(c + 4 * ldc, c40, c41, add);
        if (TRows.Count > 5) Store(c + 5 * ldc, c50, c51, add);
        if (TRows.Count > 6)
        {
            Store(c + 6 * ldc, c60, c61, add);
            Store(c + 7 * ldc, c70, c71, add);
            Store(c + 8 * ldc, c80, c81, add);
            Store(c + 9 * ldc, c90, c91, add);
            Store(c + 10 * ldc, cA0, cA1, add);
            Store(c + 11 * ldc, cB0, cB1, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(byte* a, TVector b0, TVector b1, ref TVector c0, ref TVector c1)
    {
        var x = TLanes.Broadcast(*(T*)a);
        c0 = TLanes.MultiplyAdd(x, b0, c0);
        c1 = TLanes.MultiplyAdd(x, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* c, TVector c0, TVector c1, bool add)
    {
        TLanes.Store(c, add ? TLanes.Add(TLanes.Load(c), c0) : c0);
        TLanes.Store(c + TLanes.Count, add ? TLanes.Add(TLanes.Load(c + TLanes.Count), c1) : c1);
    }

    private interface IRows
    {
        static abstract int Count { get; }
    }

    private readonly struct One : IRows { public static int Count => 1; }
    private readonly struct Two : IRows { public static int Count => 2; }
    private readonly struct Three : IRows { public static int Count => 3; }
    private readonly struct Four : IRows { public static int Count => 4; }
    private readonly struct Five : IRows { public static int Count => 5; }
    private readonly struct Six : IRows { public static int Count => 6; }
    private readonly struct Twelve : IRows { public static int Count => 12; }
}
