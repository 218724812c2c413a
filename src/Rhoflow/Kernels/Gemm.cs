namespace Rhoflow.Kernels;

/// <summary>
/// Products of row-major matrices. Every element of a result is a sum in one fixed order (blocks of 256 terms, each a chain of fused
/// multiply-adds): it depends on its row, its column and k alone, not on the form, the other sizes, the SIMD width, the threads, or on
/// whether an operand was packed beforehand.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>C ← A·B, A·Bᵀ or Aᵀ·B, or that added to C.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="form">Which operand is stored transposed.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Terms of each sum; 0 is allowed and gives zeros.</param>
    /// <param name="lda">From one stored row of a to the next; so are ldb and ldc.</param>
    /// <param name="c">Must not overlap a or b.</param>
    /// <param name="accumulate">C ← C + product.</param>
    /// <param name="team">The threads that share the work.</param>
    /// <param name="width">SIMD width; by default the processor's widest.</param>
    /// <exception cref="ArgumentException">A span is too short, or a row longer than its stride.</exception>
    public static void Multiply<T>(
        GemmForm form, int m, int n, int k, ReadOnlySpan<T> a, int lda, ReadOnlySpan<T> b, int ldb, Span<T> c, int ldc,
        bool accumulate, Team team, SimdWidth? width = null) where T : unmanaged
    {
        if (form == GemmForm.TN) CheckMatrix(nameof(a), k, m, lda, a.Length);
        else CheckMatrix(nameof(a), m, k, lda, a.Length);
        if (form == GemmForm.NT) CheckMatrix(nameof(b), n, k, ldb, b.Length);
        else CheckMatrix(nameof(b), k, n, ldb, b.Length);
        CheckMatrix(nameof(c), m, n, ldc, c.Length);
        if (IsEmpty(m, n, k, c, ldc, accumulate)) return;

        var job = GemmJob<T>.Of(team, width ?? Simd.Best);
        fixed (T* pa = a, pb = b, pc = c)
        {
            bool ta = form == GemmForm.TN, tb = form == GemmForm.NT;
            if (Cost(m, n, tb, job.PanelColumns) <= Cost(n, m, !ta, job.PanelColumns) + m * n)
                job.Multiply(
                    new GemmOperands<T>(m, pa, ta ? 1 : lda, ta ? lda : 1, pc, ldc, false, accumulate),
                    new PackSource<T>(pb, ldb, tb, null), k, n, team);
            else
                job.Multiply(
                    new GemmOperands<T>(n, pb, tb ? ldb : 1, tb ? 1 : ldb, pc, ldc, true, accumulate),
                    new PackSource<T>(pa, lda, !ta, null), k, m, team);
        }
    }

    /// <summary>
    /// C ← AᵀA or AAᵀ, or that added to C, on and above the diagonal: half of the work of <see cref="Multiply{T}"/>, the same bits. Of what
    /// lies below the diagonal some is computed too, the rest stays as it is; <see cref="Mirror{T}"/> fills it.
    /// </summary>
    /// <param name="form">TN: AᵀA, a is k×n. NT: AAᵀ, a is n×k.</param>
    /// <param name="n">Rows and columns of C.</param>
    /// <param name="k">Terms of each sum; 0 is allowed and gives zeros.</param>
    /// <param name="lda">From one stored row of a to the next; so is ldc.</param>
    /// <param name="c">Must not overlap a.</param>
    /// <param name="accumulate">C ← C + product.</param>
    /// <param name="team">The threads that share the work.</param>
    /// <param name="width">SIMD width; by default the processor's widest.</param>
    /// <exception cref="ArgumentException">A·A is no such product, a span is too short, or a row longer than its stride.</exception>
    public static void Gram<T>(
        GemmForm form, int n, int k, ReadOnlySpan<T> a, int lda, Span<T> c, int ldc, bool accumulate, Team team, SimdWidth? width =
            null) where T : unmanaged
    {
        if (form == GemmForm.NN) throw new ArgumentException("A·A is not symmetric; AᵀA (TN) and AAᵀ (NT) are", nameof(form));
        var transposed = form == GemmForm.TN;
        if (transposed) CheckMatrix(nameof(a), k, n, lda, a.Length);
        else CheckMatrix(nameof(a), n, k, lda, a.Length);
        CheckMatrix(nameof(c), n, n, ldc, c.Length);
        if (IsEmpty(n, n, k, c, ldc, accumulate)) return;
        fixed (T* pa = a, pc = c)
            GemmJob<T>.Of(team, width ?? Simd.Best).Multiply(
                new GemmOperands<T>(n, pa, transposed ? 1 : lda, transposed ? lda : 1, pc, ldc, false, accumulate, upper: true),
                new PackSource<T>(pa, lda, !transposed, null), k, n, team);
    }

    /// <summary>C_ij ← C_ji below the diagonal.</summary>
    /// <param name="n">Rows and columns of C.</param>
    /// <param name="c">n×n, rows ldc apart.</param>
    /// <exception cref="ArgumentException">The span is too short, or a row longer than its stride.</exception>
    public static void Mirror<T>(int n, Span<T> c, int ldc) where T : unmanaged
    {
        CheckMatrix(nameof(c), n, n, ldc, c.Length);
        for (var i = 1; i < n; i++)
            for (var j = 0; j < i; j++) c[i * ldc + j] = c[j * ldc + i];
    }

    /// <summary>C ← A·B or Aᵀ·B for a packed B (K×N), or that added to C; the same bits as <see cref="Multiply{T}"/>.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="a">m×K, or K×m where <paramref name="aTransposed"/>.</param>
    /// <param name="c">m×N, or N×m where <paramref name="cTransposed"/>; must not overlap a.</param>
    /// <exception cref="ArgumentException">A span is too short, or a row longer than its stride.</exception>
    public static void MultiplyPacked<T>(
        int m, ReadOnlySpan<T> a, int lda, bool aTransposed, PackedMatrix<T> b, Span<T> c, int ldc, bool cTransposed,
        bool accumulate, Team team) where T : unmanaged
    {
        CheckMatrix(nameof(a), aTransposed ? b.K : m, aTransposed ? m : b.K, lda, a.Length);
        var (rows, columns) = cTransposed ? (b.N, m) : (m, b.N);
        CheckMatrix(nameof(c), rows, columns, ldc, c.Length);
        if (IsEmpty(rows, columns, b.K, c, ldc, accumulate)) return;
        fixed (T* pa = a, pc = c)
            GemmJob<T>.Of(team, b.Width).Multiply(
                new GemmOperands<T>(m, pa, aTransposed ? 1 : lda, aTransposed ? lda : 1, pc, ldc, cTransposed, accumulate),
                b.Layout, b.Panels, team);
    }

    /// <exception cref="ArgumentException">The stride is shorter than a row, or the span shorter than the matrix.</exception>
    internal static void CheckMatrix(string name, int rows, int columns, int ld, int length)
    {
        if (rows < 0 || columns < 0) throw new ArgumentException($"a matrix of {rows} × {columns} does not exist", name);
        if (ld < columns) throw new ArgumentException($"rows of {columns} numbers cannot begin {ld} numbers apart", name);
        if (rows > 0 && columns > 0 && length < (long)(rows - 1) * ld + columns)
            throw new ArgumentException($"{rows} rows of {columns} numbers, {ld} apart, do not fit into {length} numbers", name);
    }

    // Work for each of the k steps, in multiply-adds: the tiles, padding included (of few rows, a tile waits for its sums), and
    // packing n numbers, which costs more through a transpose. The numbers come from timings; only speed depends on them.
    private static long Cost(int m, int n, bool transposes, int panelColumns) =>
        Math.Max(m, 4L) * ((n + panelColumns - 1) / panelColumns * panelColumns) + (transposes ? 8L : 3L) * n;

    // Nothing to add: C is left alone, or cleared.
    private static bool IsEmpty<T>(int rows, int columns, int k, Span<T> c, int ldc, bool accumulate)
    {
        if (rows == 0 || columns == 0) return true;
        if (k > 0) return false;
        for (var i = 0; i < rows && !accumulate; i++) c.Slice(i * ldc, columns).Clear();
        return true;
    }
}
