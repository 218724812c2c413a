using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rhoflow.Numerics;

/// <summary>Small operations on spans that the papers' formulas are written with.</summary>
internal static class Vectors
{
    /// <summary>⟨a, b⟩.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => TensorPrimitives.Dot(a, b);

    /// <summary>‖a‖₂, safe against overflow and underflow.</summary>
    public static double Norm(ReadOnlySpan<double> a)
    {
        var sum = TensorPrimitives.SumOfSquares(a);
        if (sum is > 1e-280 and < 1e280) return Math.Sqrt(sum);
        var largest = a.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(a));
        if (largest == 0 || !double.IsFinite(largest)) return largest;
        var scaled = 0.0;
        foreach (var v in a) scaled += v / largest * (v / largest);
        return largest * Math.Sqrt(scaled);
    }

    /// <summary>‖a − b‖₂, safe against overflow and underflow.</summary>
    public static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Combined(a, 1, b, -1);

    /// <summary>y ← y + c·x.</summary>
    public static void Add(double c, ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.MultiplyAdd(x, c, y, y);

    /// <summary>y ← c·x.</summary>
    public static void Scale(double c, ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.Multiply(x, c, y);

    /// <summary>
    /// x ← e^x for x ≤ 0, and 0 where that is below 1e-307: terms of a sum whose largest is 1, with the same bits wherever x lies in
    /// memory.
    /// </summary>
    /// <remarks>
    /// The library's exponential rounds a whole vector differently as soon as one of its lanes lies beyond ±708, and which numbers share a
    /// vector depends on the array's address. So no lane is let go that far.
    /// </remarks>
    public static void ExpOfNegatives(Span<double> x)
    {
        Replace(x, -708, -708);
        TensorPrimitives.Exp(x, x);
        Replace(x, 1e-307, 0);
    }

    /// <summary>log Σ e^{a_i}, never overflowing; −∞ for an empty span.</summary>
    public static double LogSumExp(ReadOnlySpan<double> a)
    {
        var max = double.NegativeInfinity;
        foreach (var v in a) max = Math.Max(max, v);
        if (!double.IsFinite(max)) return max;
        var sum = 0.0;
        foreach (var v in a) sum += Math.Exp(v - max);
        return max + Math.Log(sum);
    }

    /// <summary>log(e^a + e^b), never overflowing.</summary>
    public static double LogAddExp(double a, double b)
    {
        double high = Math.Max(a, b), low = Math.Min(a, b);
        return double.IsInfinity(high) || double.IsNegativeInfinity(low) ? high : high + double.LogP1(Math.Exp(low - high));
    }

    /// <summary>
    /// The angle between two directions, accurate also when it is tiny: 2 atan2(‖a−b‖, ‖a+b‖) of the normalized vectors. Radians.
    /// </summary>
    public static double Angle(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double na = Norm(a), nb = Norm(b);
        return 2 * Math.Atan2(Combined(a, na, b, -nb), Combined(a, na, b, nb));
    }

    // x ← value where x < bound.
    private static void Replace(Span<double> x, double bound, double value)
    {
        var (bounds, values) = (new Vector<double>(bound), new Vector<double>(value));
        foreach (ref var v in MemoryMarshal.Cast<double, Vector<double>>(x))
            v = Vector.ConditionalSelect(Vector.LessThan(v, bounds), values, v);
        for (var n = x.Length - x.Length % Vector<double>.Count; n < x.Length; n++)
            if (x[n] < bound) x[n] = value;
    }

    // ‖a/p + b/q‖₂; scaled by its largest component where squares would leave the range (angles of 1e-300 are real here).
    private static double Combined(ReadOnlySpan<double> a, double p, ReadOnlySpan<double> b, double q)
    {
        double sum = 0, largest = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var d = a[i] / p + b[i] / q;
            sum += d * d;
            largest = Math.Max(largest, Math.Abs(d));
        }
        if (sum is > 1e-280 and < 1e280 || largest == 0 || !double.IsFinite(largest)) return Math.Sqrt(sum);
        sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var d = (a[i] / p + b[i] / q) / largest;
            sum += d * d;
        }
        return largest * Math.Sqrt(sum);
    }
}
