using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rhoflow.Kernels;

/// <summary>
/// Passes over memory that do several things at once. T is float or double; spans of one call have one length; a team, where one is
/// given, shares the work of long spans, and the bits do not depend on it.
/// </summary>
internal static unsafe class Elementwise
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

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
    private static void Step<T>(Span<T> w, Span<T> m, ReadOnlySpan<T> g, in ElementJob<T>.T4 c) where T : unmanaged,
        IFloatingPointIeee754<T>
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

    private static void CheckLengths(int expected, int length)
    {
        if (length != expected) throw new ArgumentException($"spans of {expected} and of {length} numbers do not belong together");
    }
}
