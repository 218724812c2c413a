using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Kernels;

/// <summary>
/// Passes over memory that do several things at once. T is float or double; spans of one call have one length; a team, where one is
/// given, shares the work of long spans, and the bits do not depend on it.
/// </summary>
public static unsafe class Elementwise
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>z ← max(z, slope·z), the leaky ReLU; slope 0 is the ReLU.</summary>
    /// <param name="slope">In [0, 1].</param>
    public static void LeakyRelu<T>(Span<T> z, T slope, Team? team = null) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!(slope >= T.Zero && slope <= T.One)) throw new ArgumentOutOfRangeException(nameof(slope), slope, "a slope lies in [0, 1]");
        ElementJob<T>.Run(team, z, [], [], new(slope), &Relu);
    }

    private static void Relu<T>(Span<T> z, Span<T> none, ReadOnlySpan<T> nothing, in ElementJob<T>.T4 c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // 0·∞ must not become NaN.
        if (c.A == T.Zero) TensorPrimitives.Max(z, T.Zero, z);
        else Leaky(z, c.A);
    }

    [MethodImpl(Hot)]
    private static void Leaky<T>(Span<T> z, T slope) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var slopes = new Vector<T>(slope);
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(z);
        for (var i = 0; i < vectors.Length; i++) vectors[i] = Vector.Max(vectors[i], slopes * vectors[i]);
        for (var i = vectors.Length * Vector<T>.Count; i < z.Length; i++) z[i] = T.Max(z[i], slope * z[i]);
    }

    /// <summary>δ ← δ·(a &gt; 0 ? 1 : slope): the leaky ReLU backward, from its output a, whose sign is that of its input.</summary>
    public static void LeakyReluBackward<T>(ReadOnlySpan<T> a, Span<T> delta, T slope, Team? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        CheckLengths(a.Length, delta.Length);
        ElementJob<T>.Run(team, delta, [], a, new(slope), &ReluBackward);
    }

    [MethodImpl(Hot)]
    private static void ReluBackward<T>(Span<T> delta, Span<T> none, ReadOnlySpan<T> a, in ElementJob<T>.T4 c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var slope = c.A;
        var slopes = new Vector<T>(slope);
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(delta);
        var outputs = MemoryMarshal.Cast<T, Vector<T>>(a);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = Vector.ConditionalSelect(Vector.GreaterThan(outputs[i], Vector<T>.Zero), vectors[i], slopes * vectors[i]);
        for (var i = vectors.Length * Vector<T>.Count; i < delta.Length; i++)
            if (!(a[i] > T.Zero)) delta[i] *= slope;
    }

    /// <summary>
    /// A step with momentum μ: g′ = scale·g + decay·w, m ← μ m + g′, w ← w − η m, or w ← w − η (g′ + μ m) after Nesterov.
    /// Weights, momenta and gradients are read once and written once.
    /// </summary>
    /// <param name="w">Weights.</param>
    /// <param name="m">Momenta; all zero at first.</param>
    /// <param name="g">The gradient; unchanged.</param>
    public static void MomentumStep<T>(
        Span<T> w, Span<T> m, ReadOnlySpan<T> g, T eta, T mu, T scale, T decay, bool nesterov, Team? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        CheckLengths(w.Length, m.Length);
        CheckLengths(w.Length, g.Length);
        ElementJob<T>.Run(team, w, m, g, new(eta, mu, scale, decay, nesterov), &Step);
    }

    [MethodImpl(Hot)]
    private static void Step<T>(Span<T> w, Span<T> m, ReadOnlySpan<T> g, in ElementJob<T>.T4 c) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (eta, mu, scale, decay, nesterov) = c;
        var (etas, mus, scales, decays) = (new Vector<T>(eta), new Vector<T>(mu), new Vector<T>(scale), new Vector<T>(decay));
        var ws = MemoryMarshal.Cast<T, Vector<T>>(w);
        var ms = MemoryMarshal.Cast<T, Vector<T>>(m);
        var gs = MemoryMarshal.Cast<T, Vector<T>>(g);
        for (var i = 0; i < ws.Length; i++)
        {
            var gradient = gs[i] * scales + decays * ws[i];
            var momentum = mus * ms[i] + gradient;
            ms[i] = momentum;
            ws[i] -= etas * (nesterov ? gradient + mus * momentum : momentum);
        }
        for (var i = ws.Length * Vector<T>.Count; i < w.Length; i++)
        {
            var gradient = g[i] * scale + decay * w[i];
            m[i] = mu * m[i] + gradient;
            w[i] -= eta * (nesterov ? gradient + mu * m[i] : m[i]);
        }
    }

    /// <summary>Σ xᵢ², summed in float64.</summary>
    public static double SquaredNorm<T>(ReadOnlySpan<T> x) where T : unmanaged, IFloatingPointIeee754<T> => Dot(x, x);

    /// <summary>Σ xᵢ yᵢ: products and sum in float64.</summary>
    [MethodImpl(Hot)]
    public static double Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        CheckLengths(x.Length, y.Length);
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        var ys = MemoryMarshal.Cast<T, Vector<T>>(y);
        var i = 0;
        for (; i + 2 <= xs.Length; i += 2)
        {
            s0 += Wide<T>.Low(xs[i]) * Wide<T>.Low(ys[i]);
            s1 += Wide<T>.High(xs[i]) * Wide<T>.High(ys[i]);
            s2 += Wide<T>.Low(xs[i + 1]) * Wide<T>.Low(ys[i + 1]);
            s3 += Wide<T>.High(xs[i + 1]) * Wide<T>.High(ys[i + 1]);
        }
        var sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (i *= Vector<T>.Count; i < x.Length; i++) sum += double.CreateTruncating(x[i]) * double.CreateTruncating(y[i]);
        return sum;
    }

    private static void CheckLengths(int expected, int length)
    {
        if (length != expected) throw new ArgumentException($"spans of {expected} and of {length} numbers do not belong together");
    }
}

/// <summary>Vectors of T as float64: the two halves of a vector of floats; a vector of doubles and nothing.</summary>
internal static class Wide<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Low(Vector<T> x) => typeof(T) == typeof(float) ? Vector.WidenLower(x.As<T, float>()) : x.As<T, double>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> High(Vector<T> x) => typeof(T) == typeof(float) ? Vector.WidenUpper(x.As<T, float>()) : default;
}
