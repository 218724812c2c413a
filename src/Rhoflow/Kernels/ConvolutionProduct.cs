using System.Numerics;
using System.Runtime.Intrinsics;

namespace Rhoflow.Kernels;

/// <summary>
/// The product that every pass of a convolution is: C[r] = Σ_d A[Rows[r] + Depth[d]] · B[d], with vectors C[r] and B[d] of
/// <see cref="Columns"/> numbers. The matrix with entries A[Rows[r] + Depth[d]] is never formed: its rows are overlapping windows.
/// </summary>
internal unsafe struct ShiftedProduct<T> where T : unmanaged
{
    public T* A;

    /// <summary>Where each row begins in A.</summary>
    public int* Rows;
    public int RowCount;

    public int* Depth;
    public int DepthCount;

    /// <summary>DepthCount rows of as many numbers as the panel is wide, each <see cref="BStride"/> numbers after the one before.</summary>
    public T* B;
    public int BStride;

    /// <summary>Row r is stored at C + Targets[r].</summary>
    public T* C;
    public int* Targets;

    /// <summary>Columns to store: at most two vectors; at most one takes the narrow tile.</summary>
    public int Columns;

    /// <summary>Whether the product is added to what is stored.</summary>
    public bool Accumulate;

    /// <summary>
    /// Scratch of the calling thread for tiles that need more than storing: <see cref="ShiftedProducts{T}.EdgeSize"/> numbers.
    /// </summary>
    public T* Edge;
    internal int* EdgeTargets;
}

/// <summary>Computes <see cref="ShiftedProduct{T}"/> at one SIMD width.</summary>
internal abstract unsafe class ShiftedProducts<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows of the tallest tile, a multiple of those of the others.</summary>
    public const int RowMultiple = 12;

    private readonly AlignedBuffer<int> _narrow = new(RowMultiple), _wide = new(RowMultiple);

    protected ShiftedProducts(int lanes)
    {
        Lanes = lanes;
        for (var r = 0; r < RowMultiple; r++) (_narrow.Span[r], _wide.Span[r]) = (r * lanes, r * 2 * lanes);
    }

    /// <summary>Numbers in a vector.</summary>
    public int Lanes { get; }

    public int EdgeSize => RowMultiple * 2 * Lanes;

    public static ShiftedProducts<T> For(SimdWidth width) => width switch
    {
        SimdWidth.Bits512 => new ShiftedProducts<Lanes512<T>, Vector512<T>, T>(),
        SimdWidth.Bits256 => new ShiftedProducts<Lanes256<T>, Vector256<T>, T>(),
        SimdWidth.Bits128 => new ShiftedProducts<Lanes128<T>, Vector128<T>, T>(),
        _ => throw new ArgumentException($"no kernel is {(int)width} bits wide: 128, 256 and 512 are"),
    };

    /// <summary>How wide the panel is that begins at a column: two vectors, or one where the rest fits in it.</summary>
    public int PanelWidth(int columnsLeft) => columnsLeft > Lanes ? 2 * Lanes : Lanes;

    /// <summary>Columns of all panels together.</summary>
    public int PanelColumns(int columns) => (columns + Lanes - 1) / Lanes * Lanes;

    /// <summary>How many panels the columns make.</summary>
    public int Panels(int columns) => (columns + 2 * Lanes - 1) / (2 * Lanes);

    public void Run(ref ShiftedProduct<T> product)
    {
        var narrow = product.Columns <= Lanes;
        product.EdgeTargets = (narrow ? _narrow : _wide).Pointer;
        Multiply(product, narrow);
    }

    /// <summary>Copies the first numbers of rows that lie apart to rows of a panel's width, one after another.</summary>
    public abstract void Gather(T* from, int stride, int rows, int columns, T* to);

    protected abstract void Multiply(in ShiftedProduct<T> product, bool narrow);

    // The rows of a tile that reaches over the end: its last row stands for those that are not there.
    protected static int* Repeated(in ShiftedProduct<T> s, int t, int* rows, int count)
    {
        for (var r = 0; r < count; r++) rows[r] = s.Rows[Math.Min(t + r, s.RowCount - 1)];
        return rows;
    }
}
