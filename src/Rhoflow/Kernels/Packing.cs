using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>A stored matrix that is to become B (K×N).</summary>
/// <param name="address">Row-major.</param>
/// <param name="ld">From one stored row to the next.</param>
/// <param name="transposed">Stored rows are columns of B.</param>
/// <param name="rows">Which stored rows, in which order; null for all.</param>
internal readonly unsafe struct PackSource<T>(T* address, nint ld, bool transposed, int* rows) where T : unmanaged
{
    private readonly T* _address = address;
    private readonly nint _ld = ld;
    private readonly int* _rows = rows;

    public readonly bool Transposed = transposed;

    public T* Row(int i) => _address + (_rows == null ? i : _rows[i]) * _ld;
}

/// <summary>Fills the panels of a <see cref="PanelLayout"/>; columns beyond N become zeros.</summary>
internal static unsafe class Packing<TLanes, TVector, T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    // Panels that are filled together, so that a stored row is read some cache lines at a time.
    private const int Together = 4;

    /// <summary>Fills panels first … end−1 of one block, consecutive in memory.</summary>
    public static void Pack(PackSource<T> source, PanelLayout layout, int block, int first, int end, T* panels)
    {
        var panelLength = layout.DepthOf(block) * layout.PanelColumns;
        var together = source.Transposed ? 1 : Together;
        for (var panel = first; panel < end; panel += together)
        {
            if (source.Transposed) Transpose(source, layout, block, panel, panels);
            else Copy(source, layout, block, panel, Math.Min(panel + together, end), panels);
            panels += together * panelLength;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(PackSource<T> source, PanelLayout layout, int block, int first, int end, T* panels)
    {
        int width = layout.PanelColumns, depth = layout.DepthOf(block);
        var columns = Math.Min(layout.N - first * width, (end - first) * width);
        var full = columns / width;
        var stride = (nint)depth * width;
        for (var p = 0; p < depth; p++)
        {
            var from = source.Row(block * PanelLayout.Depth + p) + (nint)first * width;
            var to = panels + (nint)p * width;
            for (var panel = 0; panel < full; panel++)
            {
                TLanes.Store(to, TLanes.Load(from));
                TLanes.Store(to + TLanes.Count, TLanes.Load(from + TLanes.Count));
                from += width;
                to += stride;
            }
            if (full == end - first) continue;
            for (var j = 0; j < width; j++) to[j] = j < columns - full * width ? from[j] : default;
        }
    }

    private static void Transpose(PackSource<T> source, PanelLayout layout, int block, int panel, T* result)
    {
        int width = layout.PanelColumns, depth = layout.DepthOf(block), column = panel * width;
        var count = Math.Min(width, layout.N - column);
        if (count < width) new Span<T>(result, depth * width).Clear();
        var strip = stackalloc T*[Transposition<T>.Strip];
        for (var j = 0; j < count; j += Transposition<T>.Strip)
        {
            var rows = Math.Min(Transposition<T>.Strip, count - j);
            for (var r = 0; r < rows; r++) strip[r] = source.Row(column + j + r) + (nint)block * PanelLayout.Depth;
            Transposition<T>.Rows(strip, rows, depth, result + j, width);
        }
    }
}
