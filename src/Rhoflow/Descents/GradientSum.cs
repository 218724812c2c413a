using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>Sums of gradients that carry scales of their own.</summary>
internal static class GradientSum
{
    /// <summary>e^{s} h ← e^{s} h + e^{s'} h', on the larger of the two scales.</summary>
    /// <param name="h">Changed in place.</param>
    /// <param name="value">L and s of h.</param>
    /// <param name="other">h'.</param>
    /// <param name="more">L' and s' of h'.</param>
    /// <returns>L + L' and the scale of the sum.</returns>
    public static LossValue Add<T>(Span<T> h, LossValue value, ReadOnlySpan<T> other, LossValue more)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var scale = Math.Max(value.LogScale, more.LogScale);
        if (scale > value.LogScale) Spheres.Scale(h, Math.Exp(value.LogScale - scale), h);
        TensorPrimitives.MultiplyAdd(other, T.CreateTruncating(Math.Exp(more.LogScale - scale)), h, h);
        return new LossValue(Vectors.LogAddExp(value.LogLoss, more.LogLoss), scale);
    }
}
