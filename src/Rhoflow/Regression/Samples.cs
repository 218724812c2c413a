using Rhoflow.Numerics;

namespace Rhoflow.Regression;

/// <summary>Points on [−1, 1] and what a target function is there, with a given number of bits.</summary>
public static class Samples
{
    /// <summary>cos((2i−1)π/2N), i = N … 1: the N Chebyshev nodes of the first kind, ascending. T3b Fig 4 and 6 train on them.</summary>
    public static BigFloat[] Chebyshev(int count, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var circle = new BigTrigonometry(bits);
        var nodes = new BigFloat[count];
        for (var i = 0; i < count; i++)
        {
            // −cos((2i+1)π/2N) written as a sine, so that nodes near 0 keep all their bits.
            nodes[i] = circle.SinPi(BigFloat.Of(2 * i + 1 - count, bits) / BigFloat.Of(2 * count, bits));
        }
        return nodes;
    }

    /// <summary>−1 + 2i/(N−1), i = 0 … N−1: N ≥ 2 equally spaced points, both ends included.</summary>
    public static BigFloat[] Even(int count, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        return [.. Enumerable.Range(0, count).Select(i => BigFloat.Of(2 * i + 1 - count, bits) / BigFloat.Of(count - 1, bits))];
    }

    /// <summary>sin(2π f x) at every x (T3b Fig 4 and 6: f = 4).</summary>
    public static BigFloat[] Sine(double frequency, IReadOnlyList<BigFloat> x)
    {
        if (x.Count == 0) return [];
        var bits = x.Max(static p => p.Bits);
        var circle = new BigTrigonometry(bits);
        return [.. x.Select(p => circle.SinPi(BigFloat.Of(2 * frequency, bits) * p))];
    }

    /// <summary>The nearest doubles.</summary>
    public static double[] ToDouble(IReadOnlyList<BigFloat> x) => [.. x.Select(static p => p.ToDouble())];
}
