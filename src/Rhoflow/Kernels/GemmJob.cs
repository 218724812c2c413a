using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Rhoflow.Kernels;

/// <summary>The left-hand operand and the result of a product with packed panels.</summary>
/// <param name="m">Rows of A and of C.</param>
/// <param name="a">Element (i, p) of A is at a[i·aRow + p·aStep].</param>
/// <param name="c">Element (i, j) of C is at c[i·ldc + j], or at c[j·ldc + i] if transposed.</param>
/// <param name="add">C ← C + A·B instead of C ← A·B.</param>
internal readonly unsafe struct GemmOperands<T>(int m, T* a, nint aRow, nint aStep, T* c, nint ldc, bool cTransposed, bool add)
    where T : unmanaged
{
    public readonly T* A = a, C = c;
    public readonly nint ARow = aRow, AStep = aStep, Ldc = ldc;
    public readonly int M = m;
    public readonly bool CTransposed = cTransposed, Add = add;

    /// <summary>The same with C beginning that many of its columns further.</summary>
    public GemmOperands<T> Skip(int columns) => new(M, A, ARow, AStep, C + columns * (CTransposed ? Ldc : 1), Ldc, CTransposed, Add);
}

/// <summary>One product at a time, by one team: how the work is cut, and the memory that stays between calls.</summary>
internal abstract unsafe class GemmJob<T> where T : unmanaged
{
    /// <summary>Columns of a panel.</summary>
    public abstract int PanelColumns { get; }

    /// <summary>The team's job for one SIMD width.</summary>
    public static GemmJob<T> Of(Team team, SimdWidth width)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"kernels work on float and double, not on {typeof(T).Name}");
        return width switch
        {
            SimdWidth.Bits512 => team.Job<GemmJob<Lanes512<T>, Vector512<T>, T>>(),
            SimdWidth.Bits256 => team.Job<GemmJob<Lanes256<T>, Vector256<T>, T>>(),
            _ => team.Job<GemmJob<Lanes128<T>, Vector128<T>, T>>(),
        };
    }

    /// <summary>Fills panels with B.</summary>
    public abstract void Pack(PackSource<T> source, PanelLayout layout, T* panels, Team team);

    /// <summary>C ← A·B or C + A·B, with B in panels.</summary>
    public abstract void Multiply(GemmOperands<T> operands, PanelLayout layout, T* panels, Team team);

    /// <summary>The same with B packed into memory of the job.</summary>
    public abstract void Multiply(GemmOperands<T> operands, PackSource<T> source, int k, int n, Team team);
}

/// <inheritdoc/>
internal sealed unsafe class GemmJob<TLanes, TVector, T> : GemmJob<T>
    where TLanes : struct, ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    // A block of B for that many panels fills about half of a second-level cache, and stays there while rows of A pass by.
    private const int PanelsTogether = 16;

    // Tiles below one another in a task.
    private const int TilesTogether = 8;

    // Multiplications (or numbers moved) below which waking other threads costs more than they help.
    private const long AloneBelow = 1 << 17;

    // Numbers of B that are packed at a time.
    private const int PackedAtOnce = 1 << 22;

    private static int TileRows => GemmTile<TLanes, TVector, T>.Rows;

    private readonly Action<int, int> _pack, _multiply;
    private AlignedBuffer<T> _buffer = new(0);
    private Team? _team;
    private PackSource<T> _source;
    private PanelLayout _layout;
    private GemmOperands<T> _operands;
    private T* _panels;
    private int _panelParts, _rowParts;

    public GemmJob()
    {
        _pack = PackPart;
        _multiply = MultiplyPart;
    }

    public override int PanelColumns => GemmTile<TLanes, TVector, T>.Columns;

    public override void Multiply(GemmOperands<T> operands, PackSource<T> source, int k, int n, Team team)
    {
        var together = Math.Max(PanelColumns * PanelsTogether, PackedAtOnce / Math.Max(k, 1) / PanelColumns * PanelColumns);
        for (var j = 0; j < n; j += together)
        {
            var layout = new PanelLayout(k, Math.Min(together, n - j), PanelColumns);
            if (_buffer.Length < layout.Length) _buffer = new AlignedBuffer<T>(layout.Length);
            Pack(source.Skip(j), layout, _buffer.Pointer, team);
            Multiply(operands.Skip(j), layout, _buffer.Pointer, team);
        }
    }

    public override void Pack(PackSource<T> source, PanelLayout layout, T* panels, Team team)
    {
        (_source, _layout) = (source, layout);
        _panels = panels;
        _panelParts = (layout.Panels + PanelsTogether - 1) / PanelsTogether;
        Run(layout.Blocks * _panelParts, layout.Length, _pack, team);
    }

    public override void Multiply(GemmOperands<T> operands, PanelLayout layout, T* panels, Team team)
    {
        (_operands, _layout, _team) = (operands, layout, team);
        _panels = panels;
        var tiles = (operands.M + TileRows - 1) / TileRows;
        _panelParts = (layout.Panels + PanelsTogether - 1) / PanelsTogether;
        // A multiple of the threads, so that all end together.
        _rowParts = (tiles + TilesTogether - 1) / TilesTogether;
        _rowParts = Math.Min(tiles, (_rowParts + team.Threads - 1) / team.Threads * team.Threads);
        Run(_panelParts * _rowParts, (long)operands.M * layout.Length, _multiply, team);
        _team = null;
    }

    private static void Run(int tasks, long work, Action<int, int> part, Team team)
    {
        if (work >= AloneBelow) team.Run(tasks, part);
        else
            for (var task = 0; task < tasks; task++) part(task, 0);
    }

    private void PackPart(int task, int thread)
    {
        var (block, part) = Math.DivRem(task, _panelParts);
        var (first, end) = Share(_layout.Panels, _panelParts, part);
        Packing<TLanes, TVector, T>.Pack(_source, _layout, block, first, end, _panels);
    }

    private void MultiplyPart(int task, int thread)
    {
        var (columnPart, rowPart) = Math.DivRem(task, _rowParts);
        var (firstTile, endTile) = Share((_operands.M + TileRows - 1) / TileRows, _rowParts, rowPart);
        int top = firstTile * TileRows, bottom = Math.Min(endTile * TileRows, _operands.M);
        var (first, end) = Share(_layout.Panels, _panelParts, columnPart);
        if (_operands.CTransposed) MultiplyTransposed(top, bottom, first, end, thread);
        else MultiplyRows(top, bottom, first, end, thread);
    }

    // Part i of n of that many things.
    private static (int First, int End) Share(int things, int n, int i) => ((int)((long)things * i / n), (int)((long)things * (i + 1) / n));

    // C is stored transposed: its part is formed in scratch with rows as rows, and goes out through registers.
    private void MultiplyTransposed(int top, int bottom, int first, int end, int thread)
    {
        var columns = (end - first) * PanelColumns;
        var used = Math.Min(columns, _layout.N - first * PanelColumns);
        var scratch = Scratch(thread, (bottom - top) * columns);
        var block = scratch + TileScratch;
        var c = _operands.C + first * PanelColumns * _operands.Ldc + top;
        if (_operands.Add) Transposition<T>.Matrix(c, _operands.Ldc, used, bottom - top, block, columns);
        for (var depth = 0; depth < _layout.Blocks; depth++)
            for (int i = top, rows; i < bottom; i += rows)
            {
                rows = GemmTile<TLanes, TVector, T>.Take(bottom - i);
                var a = Left(i, rows, depth, scratch, end - first, out var row, out var step);
                for (var panel = first; panel < end; panel++)
                    GemmTile<TLanes, TVector, T>.Multiply(
                        rows, _layout.DepthOf(depth), a, row, step, _panels + _layout.Offset(depth, panel),
                        block + (nint)(i - top) * columns + (panel - first) * PanelColumns, columns, _operands.Add || depth > 0);
            }
        Transposition<T>.Matrix(block, columns, bottom - top, used, c, _operands.Ldc);
    }

    private void MultiplyRows(int top, int bottom, int first, int end, int thread)
    {
        var scratch = Scratch(thread, 0);
        var edge = stackalloc T[TileRows * PanelColumns];
        for (var depth = 0; depth < _layout.Blocks; depth++)
            for (int i = top, rows; i < bottom; i += rows)
            {
                rows = GemmTile<TLanes, TVector, T>.Take(bottom - i);
                var a = Left(i, rows, depth, scratch, end - first, out var row, out var step);
                var add = _operands.Add || depth > 0;
                for (var panel = first; panel < end; panel++)
                {
                    var column = panel * PanelColumns;
                    var b = _panels + _layout.Offset(depth, panel);
                    var c = _operands.C + i * _operands.Ldc + column;
                    if (column + PanelColumns <= _layout.N)
                    {
                        GemmTile<TLanes, TVector, T>.Multiply(rows, _layout.DepthOf(depth), a, row, step, b, c, _operands.Ldc, add);
                        continue;
                    }
                    GemmTile<TLanes, TVector, T>.Multiply(rows, _layout.DepthOf(depth), a, row, step, b, edge, PanelColumns, false);
                    CopyEdge(edge, rows, _layout.N - column, c, add);
                }
            }
    }

    private void CopyEdge(T* edge, int rows, int columns, T* c, bool add)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                T* to = c + i * _operands.Ldc + j, from = edge + i * PanelColumns + j;
                if (!add) *to = *from;
                else if (typeof(T) == typeof(float)) *(float*)to += *(float*)from;
                else *(double*)to += *(double*)from;
            }
    }

    // Rows i … of A in one block of depth. Where a column of A is a row in memory, the tile's numbers are brought together first: they
    // lie far apart, often in the same set of the cache.
    private T* Left(int i, int rows, int depth, T* scratch, int panels, out nint row, out nint step)
    {
        (row, step) = (_operands.ARow, _operands.AStep);
        var a = _operands.A + i * row + (nint)depth * PanelLayout.Depth * step;
        if (step == 1 || panels == 1) return a;
        Gather(a, row, step, rows, _layout.DepthOf(depth), scratch);
        (row, step) = (1, rows);
        return scratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(T* a, nint row, nint step, int rows, int depth, T* result)
    {
        for (; depth > 0; depth--)
        {
            for (var i = 0; i < rows; i++) result[i] = a[i * row];
            a += step;
            result += rows;
        }
    }

    private static int TileScratch => PanelLayout.Depth * TileRows;

    private T* Scratch(int thread, int more) =>
        (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_team!.Scratch<T>(thread, TileScratch + more)));
}
