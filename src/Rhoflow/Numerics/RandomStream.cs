namespace Rhoflow.Numerics;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64: the same seed gives the same numbers, whatever the
/// machine, the thread count or the .NET version. Streams of one seed are independent for practical purposes.
/// </summary>
public sealed class RandomStream
{
    private ulong _s0, _s1, _s2, _s3;
    private double _spare = double.NaN;

    /// <param name="seed">Any integer.</param>
    /// <param name="stream">Which of the seed's streams (initialization, data order …).</param>
    public RandomStream(long seed, int stream = 0)
    {
        var state = (ulong)seed;
        Fill(SplitMix(ref state) ^ (ulong)(uint)stream);
    }

    /// <summary>
    /// Restarts as number <paramref name="index"/> of the family (seed, stream): the noise of step 1000 is drawn without that of the steps
    /// before it, and nothing needs to be stored.
    /// </summary>
    public void Restart(long seed, int stream, long index)
    {
        var state = (ulong)seed;
        state = SplitMix(ref state) ^ (ulong)(uint)stream;
        Fill(SplitMix(ref state) ^ (ulong)index);
        _spare = double.NaN;
    }

    private void Fill(ulong state)
    {
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var result = ulong.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform on [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on {0 … n−1}, without bias.</summary>
    public int NextInt(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var limit = ulong.MaxValue - ulong.MaxValue % (ulong)n;
        ulong bits;
        do bits = NextBits();
        while (bits >= limit);
        return (int)(bits % (ulong)n);
    }

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spare))
        {
            var kept = _spare;
            _spare = double.NaN;
            return kept;
        }
        double u, v, s;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        var scale = Math.Sqrt(-2 * Math.Log(s) / s);
        _spare = v * scale;
        return u * scale;
    }

    /// <summary>A random order of 0 … n−1.</summary>
    public int[] Permutation(int n)
    {
        var order = Enumerable.Range(0, n).ToArray();
        Shuffle(order);
        return order;
    }

    /// <summary>Puts the items in a random order (Fisher–Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
