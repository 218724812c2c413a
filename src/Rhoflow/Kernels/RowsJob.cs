namespace Rhoflow.Kernels;

/// <summary>
/// A pass over matrices of rows × columns, cut into bands of rows for the threads of a team. How many bands there are depends on the
/// number of rows alone; sums are taken band by band and then over the bands in order, so no team changes their bits.
/// </summary>
internal sealed unsafe class RowsJob<T> where T : unmanaged
{
    private const int MostBands = 64, SmallestBand = 64;

    private readonly Action<int, int> _part;
    private delegate*<RowsJob<T>, int, int, double*, void> _body;
    private AlignedBuffer<double> _partial = new(0);
    private int _sums, _band;

    public RowsJob() => _part = Part;

    public int Rows { get; private set; }
    public int Columns { get; private set; }

    /// <summary>Matrices that are read.</summary>
    public T* X, Y;

    /// <summary>Matrices that are written.</summary>
    public T* First, Second;

    /// <summary>Numbers for each column.</summary>
    public T* A, B, C, D;

    /// <summary>Float64 numbers for each column.</summary>
    public double* Mean;

    /// <summary>Calls body(job, first row, end, sums of the band); then adds up the sums.</summary>
    /// <param name="sums">Where the sums go; empty if there are none.</param>
    public void Run(Team team, int rows, int columns, Span<double> sums, delegate*<RowsJob<T>, int, int, double*, void> body)
    {
        (Rows, Columns, _sums) = (rows, columns, sums.Length);
        _body = body;
        _band = Math.Max(SmallestBand, (rows + MostBands - 1) / MostBands);
        var bands = (rows + _band - 1) / _band;
        if (_partial.Length < bands * _sums) _partial = new AlignedBuffer<double>(bands * _sums);
        _partial.Span[..(bands * _sums)].Clear();
        team.Run(bands, _part);
        sums.Clear();
        for (var band = 0; band < bands; band++)
            for (var i = 0; i < sums.Length; i++)
                sums[i] += _partial.Pointer[band * _sums + i];
    }

    private void Part(int task, int thread) =>
        _body(this, task * _band, Math.Min(Rows, (task + 1) * _band), _partial.Pointer + task * _sums);
}
