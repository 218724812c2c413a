using System.Numerics;

namespace Rhoflow.Descents;

/// <summary>The inner loops of plain steps: every number is read and written once, in vectors.</summary>
internal static class Updates
{
    /// <summary>x ← x + η(pull·h − decay·x).</summary>
    public static void Plain<T>(Span<T> x, ReadOnlySpan<T> h, double pull, double decay, double eta) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = T.CreateTruncating(eta * pull), b = T.CreateTruncating(eta * decay);
        var i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var v = new Vector<T>(x[i..]);
            (v + (new Vector<T>(h[i..]) * a - v * b)).CopyTo(x[i..]);
        }
        for (; i < x.Length; i++) x[i] += h[i] * a - x[i] * b;
    }

    /// <summary>g = pull·h − decay·x; m ← μm + g; x ← x + ηm, or η(g + μm).</summary>
    public static void Momentum<T>(Span<T> x, Span<T> m, ReadOnlySpan<T> h, double pull, double decay, double eta, double mu, bool nesterov)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = T.CreateTruncating(pull), b = T.CreateTruncating(decay), e = T.CreateTruncating(eta), f = T.CreateTruncating(mu);
        var i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> v = new(x[i..]), g = new Vector<T>(h[i..]) * a - v * b, next = new Vector<T>(m[i..]) * f + g;
            next.CopyTo(m[i..]);
            (v + (nesterov ? g + next * f : next) * e).CopyTo(x[i..]);
        }
        for (; i < x.Length; i++)
        {
            var g = h[i] * a - x[i] * b;
            m[i] = m[i] * f + g;
            x[i] += (nesterov ? g + m[i] * f : m[i]) * e;
        }
    }
}
