using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Rhoflow.Kernels;

/// <summary>The left-hand operand and the result of a product with packed panels.</summary>
/// <param name="m">Rows of A and of C.</param>
/// <param name="a">Element (i, p) of A is at a[i·aRow + p·aStep].</param>
/// <param name="c">Element (i, j) of C is at c[i·ldc + j], or at c[j·ldc + i] if transposed.</param>
/// <param name="add">C ← C + A·B instead of C ← A·B.</param>
/// <param name="upper">C is symmetric: only tiles that reach the diagonal or lie right of it are computed.</param>
internal readonly unsafe struct GemmOperands<T>(int m, T* a, nint aRow, nint aStep, T* c, nint ldc, bool cTransposed, bool add,
    bool upper = false)
    where T : unmanaged
{
    public readonly T* A = a, C = c;
    public readonly nint ARow = aRow, AStep = aStep, Ldc = ldc;
    public readonly int M = m;
    public readonly bool CTransposed = cTransposed, Add = add, Upper = upper;
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

    /// <summary>The same with B as it is stored: each task packs what it needs, while that is in the cache.</summary>
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

    // Tiles in a column of a task: few, so that threads end together; but so many that packing B for each of them is cheap.
    private const int TilesTogether = 8, TilesForPacking = 176;

    // Multiplications (or numbers moved) below which waking other threads costs more than they help.
    private const long AloneBelow = 1 << 17;

    private static int TileRows => GemmTile<TLanes, TVector, T>.Rows;

    private readonly Action<int, int> _pack, _multiply;
    private Team? _team;
    private PackSource<T> _source;
    private PanelLayout _layout;
    private GemmOperands<T> _operands;
    private T* _panels;
    private int _panelParts, _rowParts, _packedLength, _scratchLength;

    public GemmJob()
    {
        _pack = PackPart;
        _multiply = MultiplyPart;
    }

    public override int PanelColumns => GemmTile<TLanes, TVector, T>.Columns;

    public override void Pack(PackSource<T> source, PanelLayout layout, T* panels, Team team)
    {
        (_source, _layout) = (source, layout);
        _panels = panels;
        _panelParts = (layout.Panels + PanelsTogether - 1) / PanelsTogether;
        Run(layout.Blocks * _panelParts, layout.Length, _pack, team);
    }

    public override void Multiply(GemmOperands<T> operands, PanelLayout layout, T* panels, Team team)
    {
        _panels = panels;
        Multiply(operands, layout, team);
    }

    public override void Multiply(GemmOperands<T> operands, PackSource<T> source, int k, int n, Team team)
    {
        _panels = null;
        _source = source;
        Multiply(operands, new PanelLayout(k, n, PanelColumns), team);
    }

    // The result is cut so that the threads have about the same to do; a task that packs for itself is rather narrow than flat.
    private void Multiply(GemmOperands<T> operands, PanelLayout layout, Team team)
    {
        (_operands, _layout, _team) = (operands, layout, team);
        var tiles = Parts(operands.M, TileRows);
        _panelParts = Parts(layout.Panels, PanelsTogether);
        _rowParts = Parts(tiles, _panels == null ? TilesForPacking : TilesTogether);
        if (_panels == null && _panelParts * _rowParts < 4 * team.Threads)
            _panelParts = Math.Min(layout.Panels, Parts(_panelParts, team.Threads) * team.Threads);
        // Columns of a triangle are not equally long: more parts, of which the last are the largest.
        if (operands.Upper) _panelParts = Math.Min(layout.Panels, Math.Max(_panelParts, 4 * team.Threads));
        if (_panels != null || _panelParts < team.Threads)
            _rowParts = Math.Min(tiles, Parts(_rowParts, team.Threads) * team.Threads);
        int columns = Parts(layout.Panels, _panelParts) * PanelColumns, rows = Parts(tiles, _rowParts) * TileRows;
        _packedLength = _panels == null ? Math.Min(PanelLayout.Depth, layout.K) * columns : 0;
        _scratchLength = _packedLength + GemmLeft<TLanes, TVector, T>.Length + (operands.CTransposed ? rows * columns : 0);
        // Here, so that what is allocated does not depend on which thread takes which task.
        for (var thread = 0; thread < team.Threads; thread++) team.Scratch<T>(thread, _scratchLength);
        Run(_panelParts * _rowParts, (long)operands.M * layout.N * layout.K, _multiply, team);
        _team = null;
    }

    private static void Run(int tasks, long work, Action<int, int> part, Team team)
    {
        if (work >= AloneBelow) team.Run(tasks, part);
        else
            for (var task = 0; task < tasks; task++) part(task, 0);
    }

    private static int Parts(int things, int together) => (things + together - 1) / together;

    // Part i of n of that many things.
    private static (int First, int End) Share(int things, int n, int i) => ((int)((long)things * i / n), (int)((long)things * (i + 1) / n));

    private void PackPart(int task, int thread)
    {
        var (block, part) = Math.DivRem(task, _panelParts);
        var (first, end) = Share(_layout.Panels, _panelParts, part);
        Packing<TLanes, TVector, T>.Pack(_source, _layout, block, first, end, _panels + _layout.Offset(block, first));
    }

    // Scratch holds the part of B, where it is not packed yet; some tiles' rows of A, where they are columns in memory; and the part of C,
    // where C is stored transposed: it is formed with rows as rows, and comes and goes through registers.
    private void MultiplyPart(int task, int thread)
    {
        var (columnPart, rowPart) = Math.DivRem(_operands.Upper ? _panelParts * _rowParts - 1 - task : task, _rowParts);
        var (firstTile, endTile) = Share(Parts(_operands.M, TileRows), _rowParts, rowPart);
        var (first, end) = Share(_layout.Panels, _panelParts, columnPart);
        int top = firstTile * TileRows, rows = Math.Min(endTile * TileRows, _operands.M) - top;
        int columns = (end - first) * PanelColumns, used = Math.Min(columns, _layout.N - first * PanelColumns);
        var transposed = _operands.CTransposed;
        if (_operands.Upper) rows = Math.Min(rows, first * PanelColumns + used - top);
        if (rows <= 0) return;

        var scratch = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_team!.Scratch<T>(thread, _scratchLength)));
        T* left = scratch + _packedLength, result = left + GemmLeft<TLanes, TVector, T>.Length;

        var c = _operands.C + first * PanelColumns * (transposed ? _operands.Ldc : 1) + top * (transposed ? 1 : _operands.Ldc);
        if (transposed && _operands.Add) Transposition<T>.Matrix(c, _operands.Ldc, used, rows, result, columns);
        for (var block = 0; block < _layout.Blocks; block++)
        {
            if (_panels == null) Packing<TLanes, TVector, T>.Pack(_source, _layout, block, first, end, scratch);
            var b = _panels == null ? scratch : _panels + _layout.Offset(block, first);
            if (transposed) MultiplyBlock(top, rows, first, columns, block, b, result, columns, left);
            else MultiplyBlock(top, rows, first, used, block, b, c, _operands.Ldc, left);
        }
        if (transposed) Transposition<T>.Matrix(result, columns, rows, used, c, _operands.Ldc);
    }

    // Rows of A, in one block of its columns, times consecutive panels, the first of them with that number.
    private void MultiplyBlock(int top, int rows, int first, int columns, int block, T* panels, T* c, nint ldc, T* left)
    {
        var edge = stackalloc T[TileRows * PanelColumns];
        var depth = _layout.DepthOf(block);
        var add = _operands.Add || block > 0;
        nint row = _operands.ARow, step = _operands.AStep;
        var from = _operands.A + top * row + (nint)block * PanelLayout.Depth * step;
        var bring = step != 1 && columns > PanelColumns;
        for (int i = 0, taken; i < rows; i += taken)
        {
            taken = GemmTile<TLanes, TVector, T>.Take(rows - i);
            var a = from + i * row;
            if (bring)
            {
                var begun = i % GemmLeft<TLanes, TVector, T>.Rows;
                if (begun == 0)
                    GemmLeft<TLanes, TVector, T>.Bring(
                        a, step, Math.Min(rows - i, GemmLeft<TLanes, TVector, T>.Rows), _operands.M - top - i, depth, left);
                a = GemmLeft<TLanes, TVector, T>.Tile(left, begun);
            }
            var j = _operands.Upper ? Math.Max(0, (top + i) / PanelColumns - first) * PanelColumns : 0;
            T* b = panels + j * depth, to = c + i * ldc + j;
            for (; j + PanelColumns <= columns; j += PanelColumns)
            {
                GemmTile<TLanes, TVector, T>.Multiply(taken, depth, a, row, bring ? taken : step, b, to, ldc, add);
                b += depth * PanelColumns;
                to += PanelColumns;
            }
            if (j == columns) continue;
            GemmTile<TLanes, TVector, T>.Multiply(taken, depth, a, row, bring ? taken : step, b, edge, PanelColumns, false);
            CopyEdge(edge, taken, columns - j, to, ldc, add);
        }
    }

    private static void CopyEdge(T* edge, int rows, int columns, T* c, nint ldc, bool add)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                T* to = c + i * ldc + j, from = edge + i * GemmTile<TLanes, TVector, T>.Columns + j;
                if (!add) *to = *from;
                else if (typeof(T) == typeof(float)) *(float*)to += *(float*)from;
                else *(double*)to += *(double*)from;
            }
    }
}
