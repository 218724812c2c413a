using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rhoflow.Kernels;

/// <summary>
/// Left-hand operands A whose columns are rows in memory. What a tile reads lies far apart there, often in the same set of the cache, so
/// some tiles' numbers are brought together before panels pass by.
/// </summary>
internal static unsafe class GemmLeft<TLanes, TVector, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    // Bytes that are moved at a time: more rows than the tile has, rather than number by number.
    private const int Unit = 32;

    // Tiles that are brought together at a time, so that whole cache lines are used.
    private const int Together = 8;

    // Columns of A between what is moved and what is fetched: they lie on different pages, where the processor does not foresee the next.
    private const int Ahead = 16;

    private static int TileRows => GemmTile<TLanes, TVector, T>.Rows;

    private static int TileUnits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TileRows * sizeof(T) + Unit - 1) / Unit;
    }

    // From one tile to the next: its numbers, and space for what the last unit moves in excess.
    private static int TileLength => PanelLayout.Depth * TileRows + 64 / sizeof(T);

    /// <summary>Numbers that the result of <see cref="Bring"/> may have.</summary>
    public static int Length => Together * TileLength;

    /// <summary>Rows to bring at a time.</summary>
    public static int Rows => Together * TileRows;

    /// <summary>Where the tile that begins with row i of those brought has its numbers.</summary>
    public static T* Tile(T* brought, int i) => brought + i / TileRows * TileLength + i % TileRows * PanelLayout.Depth;

    /// <summary>Brings rows together: in each tile, its columns are consecutive.</summary>
    /// <param name="a">Element (i, p) is at a[i + p·step].</param>
    /// <param name="rows">At most <see cref="Rows"/>.</param>
    /// <param name="readable">Rows from here to the end of A.</param>
    public static void Bring(T* a, nint step, int rows, int readable, int depth, T* result)
    {
        var units = rows / TileRows;
        while (units > 0 && (units - 1) * TileRows + TileUnits * (Unit / sizeof(T)) > readable) units--;
        Units(a, step, units, depth, result);
        for (int i = units * TileRows, taken; i < rows; i += taken)
        {
            taken = GemmTile<TLanes, TVector, T>.Take(rows - i);
            Numbers(a + i, step, taken, depth, Tile(result, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Units(T* a, nint step, int tiles, int depth, T* result)
    {
        nint rows = TileRows, length = TileLength;
        for (; depth > 0; depth--)
        {
            T* from = a, to = result;
            for (var tile = 0; tile < tiles; tile++)
            {
                if (Sse.IsSupported) Sse.Prefetch0(from + Ahead * step);
                Move(from, to);
                if (TileUnits > 1) Move(from + Unit / sizeof(T), to + Unit / sizeof(T));
                if (TileUnits > 2) Move(from + 2 * Unit / sizeof(T), to + 2 * Unit / sizeof(T));
                from += rows;
                to += length;
            }
            a += step;
            result += rows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(T* from, T* to) => Vector256.Store(Vector256.Load(from), to);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Numbers(T* a, nint step, int rows, int depth, T* result)
    {
        for (; depth > 0; depth--)
        {
            for (var i = 0; i < rows; i++) result[i] = a[i];
            a += step;
            result += rows;
        }
    }
}
