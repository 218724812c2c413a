using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>A trace from products with random vectors.</summary>
/// <param name="Value">Unbiased.</param>
/// <param name="StandardError">From the spread of the samples; 0 where none was needed.</param>
/// <param name="Products">Products with A.</param>
public readonly record struct TraceEstimate(double Value, double StandardError, int Products)
{
    /// <summary>
    /// Hutch++ (Meyer, Musco, Musco and Woodruff 2021): Q spans A S for a third of the products; tr A = tr QᵀAQ + tr (I − QQᵀ)A(I − QQᵀ),
    /// the first exactly and the second by the mean of gᵀAg over random signs g without their part in Q. Exact where rank A is at most a
    /// third of the products; the error otherwise falls with 1/products where Hutchinson's falls with its square root.
    /// </summary>
    /// <param name="a">A.</param>
    /// <param name="products">At least 6: a third for S, one for Q, one for g.</param>
    /// <param name="seed">The seed of the random vectors.</param>
    /// <param name="team">The threads that work on vectors; no influence on results.</param>
    /// <param name="cancellation">Looked at between products.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TraceEstimate HutchPlusPlus(ISymmetricOperator a, int products, long seed, Team team,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(products, 6);
        var n = a.Size;
        var random = new RandomStream(seed, stream: 32);
        var sketch = Math.Min(n, products / 3);
        var q = new OrthonormalBasis(n, sketch, team);
        double[] g = new double[n], image = new double[n], h = new double[sketch];
        for (var i = 0; i < sketch; i++)
        {
            cancellation.Look();
            // Normal, not signs: few signs are linearly dependent with a chance that counts.
            foreach (ref var v in g.AsSpan()) v = random.NextNormal();
            a.Apply(g, image);
            q.TryAppend(image, 1e-10);
        }
        var exact = 0.0;
        for (var i = 0; i < q.Count; i++)
        {
            cancellation.Look();
            a.Apply(q[i], image);
            exact += Vectors.Dot(q[i], image);
        }
        // Q is everything: nothing is left to sample.
        if (q.Count == n) return new TraceEstimate(exact, 0, sketch + n);
        var samples = new double[products - 2 * (products / 3)];
        for (var i = 0; i < samples.Length; i++)
        {
            cancellation.Look();
            Signs(random, g);
            q.Orthogonalize(g, h);
            a.Apply(g, image);
            samples[i] = Vectors.Dot(g, image);
        }
        var (mean, error) = Mean(samples);
        return new TraceEstimate(exact + mean, error, sketch + q.Count + samples.Length);
    }

    /// <summary>The mean of gᵀAg over random signs g (Hutchinson 1990).</summary>
    /// <param name="a">A.</param>
    /// <param name="products">At least 2.</param>
    /// <param name="seed">The seed of the random vectors.</param>
    /// <param name="cancellation">Looked at between products.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TraceEstimate Hutchinson(ISymmetricOperator a, int products, long seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(products, 2);
        var random = new RandomStream(seed, stream: 33);
        double[] g = new double[a.Size], image = new double[a.Size], samples = new double[products];
        for (var i = 0; i < products; i++)
        {
            cancellation.Look();
            Signs(random, g);
            a.Apply(g, image);
            samples[i] = Vectors.Dot(g, image);
        }
        var (mean, error) = Mean(samples);
        return new TraceEstimate(mean, error, products);
    }

    /// <summary>Random signs, ±1.</summary>
    internal static void Signs(RandomStream random, Span<double> g)
    {
        var bits = 0UL;
        for (var i = 0; i < g.Length; i++)
        {
            if (i % 64 == 0) bits = random.NextBits();
            g[i] = (bits & 1) == 0 ? -1 : 1;
            bits >>= 1;
        }
    }

    /// <summary>Mean and its standard error.</summary>
    internal static (double Mean, double Error) Mean(ReadOnlySpan<double> samples)
    {
        double mean = 0, square = 0;
        foreach (var s in samples) mean += s / samples.Length;
        foreach (var s in samples) square += (s - mean) * (s - mean);
        return (mean, samples.Length < 2 ? double.NaN : Math.Sqrt(square / (samples.Length - 1) / samples.Length));
    }
}
