using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Kernels;

/// <summary>
/// result = [result +] a₁ u₁ + a₂ u₂ + a₃ u₃ + b (x − μ) + d on rows of C numbers, with coefficients for every channel: every
/// pass of batch normalization has this form.
/// </summary>
internal sealed unsafe class ChannelMap<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkSize = 8192;

    private readonly int _channels;
    private readonly Chunks _chunks;
    private readonly T[] _mu, _b, _d, _a1, _a2, _a3;
    private T* _x, _u1, _u2, _u3, _result;
    private bool _accumulate;

    public ChannelMap(int channels, Team team)
    {
        _channels = channels;
        _chunks = new Chunks(team, Math.Max(1, ChunkSize / channels), Chunk);
        (_mu, _b, _d) = (Pinned(), Pinned(), Pinned());
        (_a1, _a2, _a3) = (new T[channels], new T[channels], new T[channels]);
        T[] Pinned() => GC.AllocateArray<T>(channels, pinned: true);
    }

    /// <summary>
    /// The coefficients of channel <paramref name="c"/>: b = <paramref name="centred"/>, d = <paramref name="constant"/>, then a₁, a₂, a₃.
    /// </summary>
    public void Set(int c, double mu, double centred, double constant, double first = 0, double second = 0, double third = 0)
    {
        (_mu[c], _b[c], _d[c]) = (T.CreateTruncating(mu), T.CreateTruncating(centred), T.CreateTruncating(constant));
        (_a1[c], _a2[c], _a3[c]) = (T.CreateTruncating(first), T.CreateTruncating(second), T.CreateTruncating(third));
    }

    /// <summary>b (x − μ) + d as what follows a convolution; valid until the coefficients change, while this object is reachable.</summary>
    public Epilogue<T> After(bool isRectified) => new(Address(_mu), Address(_b), Address(_d), isRectified);

    /// <summary>Applies it; an empty u drops its term.</summary>
    public void Run(int rows, ReadOnlySpan<T> x, ReadOnlySpan<T> u1, ReadOnlySpan<T> u2, ReadOnlySpan<T> u3, Span<T> result,
        bool accumulate)
    {
        fixed (T* px = x, p1 = u1, p2 = u2, p3 = u3, pr = result)
        {
            _x = px;
            _u1 = p1;
            _u2 = p2;
            _u3 = p3;
            _result = pr;
            _accumulate = accumulate;
            _chunks.Run(rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Chunk(int first, int rows, int chunk)
    {
        var c = 0;
        bool has1 = _u1 != null, has2 = _u2 != null, has3 = _u3 != null, accumulate = _accumulate;
        for (; c <= _channels - Vector<T>.Count; c += Vector<T>.Count)
        {
            Vector<T> mu = Load(_mu, c), b = Load(_b, c), d = Load(_d, c), a1 = Load(_a1, c), a2 = Load(_a2, c), a3 = Load(_a3, c);
            var at = (nint)first * _channels + c;
            for (var i = 0; i < rows; i++, at += _channels)
            {
                var v = b * (Vector.Load(_x + at) - mu) + d;
                if (has1) v += a1 * Vector.Load(_u1 + at);
                if (has2) v += a2 * Vector.Load(_u2 + at);
                if (has3) v += a3 * Vector.Load(_u3 + at);
                if (accumulate) v += Vector.Load(_result + at);
                v.Store(_result + at);
            }
        }
        for (; c < _channels; c++)
        {
            var at = (nint)first * _channels + c;
            for (var i = 0; i < rows; i++, at += _channels)
            {
                var v = _b[c] * (_x[at] - _mu[c]) + _d[c];
                if (has1) v += _a1[c] * _u1[at];
                if (has2) v += _a2[c] * _u2[at];
                if (has3) v += _a3[c] * _u3[at];
                _result[at] = accumulate ? _result[at] + v : v;
            }
        }
    }

    private static T* Address(T[] pinned) => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static Vector<T> Load(T[] coefficients, int c) =>
        Vector.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(coefficients), (nuint)c);
}
