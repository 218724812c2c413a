using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rhoflow.Kernels;

/// <summary>
/// What follows a convolution channel by channel while its outputs are in a cache: y ← s (y − μ) + t, then max(0, y) if rectified. The
/// bits are those of <see cref="ChannelMap{T}"/> and a rectifier one after the other.
/// </summary>
/// <param name="mu">μ of every channel, valid during the call; null: no such map.</param>
/// <param name="scale">s.</param>
/// <param name="shift">t.</param>
/// <param name="isRectified">Whether negative numbers become 0.</param>
internal readonly unsafe struct Epilogue<T>(T* mu, T* scale, T* shift, bool isRectified) where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T* _mu = mu, _scale = scale, _shift = shift;
    private readonly bool _isRectified = isRectified;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _mu == null && !_isRectified;

    /// <summary>Of a vector whose first number is of channel c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Apply(Vector<T> y, int c)
    {
        if (_mu != null) y = Vector.Load(_scale + c) * (y - Vector.Load(_mu + c)) + Vector.Load(_shift + c);
        return _isRectified ? Vector.ConditionalSelect(Vector.LessThanOrEqual(y, Vector<T>.Zero), Vector<T>.Zero, y) : y;
    }

    /// <summary>In place on rows of that many channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(T* y, int rows, int channels)
    {
        for (; rows > 0; rows--, y += channels)
        {
            var c = 0;
            for (; c <= channels - Vector<T>.Count; c += Vector<T>.Count) Apply(Vector.Load(y + c), c).Store(y + c);
            for (; c < channels; c++)
            {
                var v = _mu == null ? y[c] : _scale[c] * (y[c] - _mu[c]) + _shift[c];
                y[c] = _isRectified && v <= T.Zero ? T.Zero : v;
            }
        }
    }
}
