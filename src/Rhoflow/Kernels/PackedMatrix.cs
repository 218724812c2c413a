namespace Rhoflow.Kernels;

/// <summary>
/// A right-hand operand B (K×N) in the order in which <see cref="Gemm.MultiplyPacked{T}"/> reads it: packed once, used by many
/// products, such as a minibatch that several replicas of a network share. While it is only read, any number of teams may use it.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class PackedMatrix<T> where T : unmanaged
{
    private AlignedBuffer<T> _buffer = new(0);

    /// <param name="width">SIMD width of the products; by default the processor's widest.</param>
    public PackedMatrix(SimdWidth? width = null) => Width = width ?? Simd.Best;

    /// <summary>SIMD width of the products.</summary>
    public SimdWidth Width { get; }

    /// <summary>Rows.</summary>
    public int K => Layout.K;

    /// <summary>Columns.</summary>
    public int N => Layout.N;

    internal PanelLayout Layout { get; private set; }

    internal T* Panels => _buffer.Pointer;

    /// <summary>Packs a k×n matrix.</summary>
    /// <param name="b">Row-major.</param>
    /// <param name="ldb">From one stored row to the next.</param>
    public void Pack(int k, int n, ReadOnlySpan<T> b, int ldb, Team team)
    {
        Gemm.CheckMatrix(nameof(b), k, n, ldb, b.Length);
        Pack(k, n, b, ldb, false, [], team);
    }

    /// <summary>Packs the k×n matrix whose transpose is stored.</summary>
    /// <param name="b">n×k, row-major.</param>
    /// <param name="ldb">From one stored row to the next.</param>
    public void PackTransposed(int k, int n, ReadOnlySpan<T> b, int ldb, Team team)
    {
        Gemm.CheckMatrix(nameof(b), n, k, ldb, b.Length);
        Pack(k, n, b, ldb, true, [], team);
    }

    /// <summary>Packs the rows of b that <paramref name="rows"/> names, in that order: B is rows.Length × <paramref name="n"/>.</summary>
    /// <param name="b">Row-major; repeated rows are allowed.</param>
    public void PackRows(ReadOnlySpan<int> rows, int n, ReadOnlySpan<T> b, int ldb, Team team)
    {
        CheckRows(rows, n, ldb, b.Length);
        Pack(rows.Length, n, b, ldb, false, rows, team);
    }

    /// <summary>
    /// Packs the transpose of the rows of b that <paramref name="rows"/> names: B is <paramref name="k"/> × rows.Length. This gathers a
    /// shuffled minibatch and packs it in one pass.
    /// </summary>
    /// <param name="b">Rows of k numbers; repeated rows are allowed.</param>
    public void PackRowsTransposed(ReadOnlySpan<int> rows, int k, ReadOnlySpan<T> b, int ldb, Team team)
    {
        CheckRows(rows, k, ldb, b.Length);
        Pack(k, rows.Length, b, ldb, true, rows, team);
    }

    private void Pack(int k, int n, ReadOnlySpan<T> b, int ldb, bool transposed, ReadOnlySpan<int> rows, Team team)
    {
        var job = GemmJob<T>.Of(team, Width);
        Layout = new PanelLayout(k, n, job.PanelColumns);
        if (_buffer.Length < Layout.Length) _buffer = new AlignedBuffer<T>(Layout.Length);
        fixed (T* source = b)
        fixed (int* indices = rows)
            job.Pack(new PackSource<T>(source, ldb, transposed, indices), Layout, Panels, team);
    }

    private static void CheckRows(ReadOnlySpan<int> rows, int columns, int ldb, int length)
    {
        foreach (var row in rows)
        {
            if (row < 0) throw new ArgumentException($"row {row} is negative", nameof(rows));
            Gemm.CheckMatrix("b", row + 1, columns, ldb, length);
        }
    }
}
