using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>
/// Vectors of n numbers, with what Krylov methods do to all of them at once. Sums are taken over pieces of fixed length in their order, so
/// a team changes no bit.
/// </summary>
internal sealed class VectorSet
{
    private const int Piece = 2048;

    // A rotation holds a piece of every result.
    private const int RotatedPiece = 512;

    private readonly Team _team;
    private readonly List<double[]> _vectors = [];
    private readonly Action<int, int> _dots, _subtract, _rotate;
    private readonly double[] _sums;
    private double[] _w = [], _h = [], _rotation = [];
    private int _kept;

    public VectorSet(int size, int capacity, Team team)
    {
        (Size, Capacity, _team) = (size, capacity, team);
        _sums = new double[Pieces(Piece) * (long)capacity];
        (_dots, _subtract, _rotate) = (DotsOfPiece, SubtractPiece, RotatePiece);
    }

    /// <summary>n.</summary>
    public int Size { get; }

    /// <summary>The most vectors.</summary>
    public int Capacity { get; }

    public int Count { get; private set; }

    public double[] this[int i] => _vectors[i];

    /// <summary>Adds scale·w.</summary>
    public void Append(ReadOnlySpan<double> w, double scale)
    {
        if (Count == _vectors.Count) _vectors.Add(new double[Size]);
        Vectors.Scale(scale, w, _vectors[Count++]);
    }

    /// <summary>Forgets all but the first; their memory stays.</summary>
    public void Keep(int count) => Count = count;

    /// <summary>h ← Vᵀ w.</summary>
    public void Dots(double[] w, double[] h)
    {
        (_w, _h) = (w, h);
        var pieces = Pieces(Piece);
        _team.Run(pieces, _dots);
        Array.Clear(h, 0, Count);
        for (var p = 0; p < pieces; p++)
            for (var i = 0; i < Count; i++) h[i] += _sums[(long)p * Capacity + i];
    }

    /// <summary>w ← w − V h.</summary>
    public void Subtract(double[] h, double[] w)
    {
        (_w, _h) = (w, h);
        _team.Run(Pieces(Piece), _subtract);
    }

    /// <summary>V ← V S: the first <paramref name="kept"/> columns of S, row-major Count × kept; so many vectors are left.</summary>
    public void Rotate(double[] s, int kept)
    {
        (_rotation, _kept) = (s, kept);
        _team.Run(Pieces(RotatedPiece), _rotate);
        Count = kept;
    }

    private int Pieces(int length) => (Size + length - 1) / length;

    private void DotsOfPiece(int task, int thread)
    {
        var (start, length) = (task * Piece, Math.Min(Piece, Size - task * Piece));
        for (var i = 0; i < Count; i++)
            _sums[(long)task * Capacity + i] = Vectors.Dot(_vectors[i].AsSpan(start, length), _w.AsSpan(start, length));
    }

    private void SubtractPiece(int task, int thread)
    {
        var (start, length) = (task * Piece, Math.Min(Piece, Size - task * Piece));
        for (var i = 0; i < Count; i++) Vectors.Add(-_h[i], _vectors[i].AsSpan(start, length), _w.AsSpan(start, length));
    }

    private void RotatePiece(int task, int thread)
    {
        var (start, length) = (task * RotatedPiece, Math.Min(RotatedPiece, Size - task * RotatedPiece));
        var results = _team.Scratch<double>(thread, _kept * RotatedPiece)[..(_kept * length)];
        results.Clear();
        for (var i = 0; i < Count; i++)
            for (var r = 0; r < _kept; r++)
                if (_rotation[i * _kept + r] is var c and not 0)
                    Vectors.Add(c, _vectors[i].AsSpan(start, length), results.Slice(r * length, length));
        for (var r = 0; r < _kept; r++) results.Slice(r * length, length).CopyTo(_vectors[r].AsSpan(start, length));
    }
}
