namespace Rhoflow.Kernels;

/// <summary>An elementwise pass over up to three spans, cut into pieces of fixed length for the threads of a team.</summary>
internal sealed unsafe class ElementJob<T> where T : unmanaged
{
    // Numbers of a piece: three spans of them fit into a second-level cache.
    private const int Piece = 1 << 14;

    private readonly Action<int, int> _part;
    private delegate*<Span<T>, Span<T>, ReadOnlySpan<T>, in T4, void> _body;
    private T* _x, _y;
    private T* _z;
    private T4 _numbers;
    private int _length;

    public ElementJob() => _part = Part;

    /// <summary>Numbers that a pass needs.</summary>
    internal readonly record struct T4(T A, T B = default, T C = default, T D = default, bool Flag = false);

    /// <summary>Calls the body for pieces of x, y and z, which are of one length or empty.</summary>
    public static void Run(
        Team? team, Span<T> x, Span<T> y, ReadOnlySpan<T> z, in T4 numbers, delegate*<Span<T>, Span<T>, ReadOnlySpan<T>, in T4, void> body)
    {
        if (team is null || team.Threads == 1 || x.Length <= Piece)
        {
            body(x, y, z, numbers);
            return;
        }
        fixed (T* px = x, py = y, pz = z)
        {
            var job = team.Job<ElementJob<T>>();
            (job._numbers, job._length) = (numbers, x.Length);
            job._x = px;
            job._y = py;
            job._z = pz;
            job._body = body;
            team.Run((x.Length + Piece - 1) / Piece, job._part);
        }
    }

    private void Part(int task, int thread)
    {
        var start = task * Piece;
        var length = Math.Min(Piece, _length - start);
        _body(Of(_x), Of(_y), Of(_z), _numbers);

        Span<T> Of(T* p) => p == null ? [] : new Span<T>(p + start, length);
    }
}
