using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rhoflow.Numerics;

/// <summary>Sums over float32 or float64 numbers, carried in float64: norms and inner products of weights.</summary>
internal static class Precise
{
    /// <summary>⟨a, b⟩.</summary>
    public static double Dot<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float)
        ? Dot(MemoryMarshal.Cast<T, float>(a), MemoryMarshal.Cast<T, float>(b))
        : TensorPrimitives.Dot(MemoryMarshal.Cast<T, double>(a), MemoryMarshal.Cast<T, double>(b));

    /// <summary>‖a‖².</summary>
    public static double SumOfSquares<T>(ReadOnlySpan<T> a) where T : unmanaged, IFloatingPointIeee754<T> => Dot(a, a);

    /// <summary>‖a‖, safe against overflow and underflow.</summary>
    public static double Norm<T>(ReadOnlySpan<T> a) where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Math.Sqrt(SumOfSquares(a))
        : Vectors.Norm(MemoryMarshal.Cast<T, double>(a));

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (s0, s1) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(a[i..]), out var a0, out var a1);
            Vector.Widen(new Vector<float>(b[i..]), out var b0, out var b1);
            s0 += a0 * b0;
            s1 += a1 * b1;
        }
        var sum = Vector.Sum(s0 + s1);
        for (; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
