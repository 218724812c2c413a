using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>A number that a synthetic set is drawn with.</summary>
/// <param name="Name">As configs write it.</param>
/// <param name="Default">Where none is given.</param>
/// <param name="Least">The smallest that is allowed.</param>
/// <param name="Whole">Whether it is a whole number.</param>
/// <param name="About">What it is.</param>
public sealed record SyntheticParameter(string Name, double Default, double Least, bool Whole, string About);

/// <summary>A set that is drawn at random: the same parameters and seed give the same bits.</summary>
/// <param name="Name">As configs write it.</param>
/// <param name="Formula">How examples are drawn.</param>
/// <param name="Parameters">In addition to examples, which every set has.</param>
/// <param name="Draw">From the number of examples, the values of <paramref name="Parameters"/> in their order, and the seed.</param>
public sealed record SyntheticSet(string Name, string Formula, IReadOnlyList<SyntheticParameter> Parameters,
    Func<int, IReadOnlyList<double>, long, Dataset> Draw);

/// <summary>The synthetic sets, as data.</summary>
public static class SyntheticSets
{
    // Draws that are thrown away for their margin: more than this in a row means that the margin cannot be had.
    private const int Attempts = 10_000;

    private static readonly SyntheticParameter Inputs = new("inputs", 16, 1, true, "d");

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<SyntheticSet> All =
    [
        new("gaussian-teacher", "x uniform on the unit sphere; y = sign(g(x) − median), g(x) = Σ_j a_j max(0, u_j·x) with Gaussian a, u",
            [Inputs, new("units", 3, 1, true, "hidden units of the teacher")],
            static (n, p, seed) => GaussianTeacher.Draw(n, (int)p[0], seed, (int)p[1])),
        new("gaussian-mixture", "x = μ_c + ξ, ξ standard normal, μ_c the C corners of a centred regular simplex with ‖μ_c‖ = distance; "
            + "margin: x lies at least so far "
            + "on its side of the plane between μ_c and any other mean. C = 2: y = ±1, separable through 0 where margin > 0; else y = "
            + "0 … C−1",
            [Inputs with { Least = 2 }, new("components", 2, 2, true, "C ≤ inputs"), new("distance", 2, 0, false, "‖μ_c‖"),
                new("margin", 0, 0, false, "least distance from the planes between means")],
            static (n, p, seed) => GaussianMixture(n, (int)p[0], (int)p[1], p[2], p[3], seed)),
        new("xor", "x uniform on [−1, 1]^d with |x_1|, |x_2| ≥ margin; y = sign(x_1 x_2)",
            [Inputs with { Default = 2, Least = 2 }, new("margin", 0.1, 0, false, "half the width of the empty cross, below 1")],
            static (n, p, seed) => Xor(n, (int)p[0], p[1], seed)),
        new("two-moons", "a uniform on [0, π]; y = +1: x = (cos a, sin a), y = −1: x = (1 − cos a, 1/2 − sin a), plus noise · N(0, I)",
            [new("noise", 0.1, 0, false, "standard deviation")],
            static (n, p, seed) => TwoMoons(n, p[0], seed)),
        new("random-sphere", "x uniform on the unit sphere, y = ±1 by a fair coin: nothing to learn but to memorize",
            [Inputs], static (n, p, seed) => RandomSphere(n, (int)p[0], seed)),
    ];

    private static Dataset GaussianMixture(int examples, int inputs, int components, double distance, double margin, long seed)
    {
        if (components > inputs)
            throw new DataException($"data 'gaussian-mixture': {components} components need at least as many inputs; {inputs} were given");
        var random = new RandomStream(seed, stream: 10);
        var means = Simplex(components, inputs, distance, random);
        double[] x = new double[examples * inputs], y = new double[examples];
        for (var n = 0; n < examples; n++)
        {
            var c = n % components;
            var row = x.AsSpan(n * inputs, inputs);
            var attempts = 0;
            do
            {
                if (attempts++ == Attempts)
                    throw new DataException($"data 'gaussian-mixture': a margin of {margin} is too rare at distance {distance}; lower it, "
                        + "or raise the distance");
                for (var i = 0; i < inputs; i++) row[i] = means[c][i] + random.NextNormal();
            }
            while (margin > 0 && Clearance(row, means, c) < margin);
            y[n] = components == 2 ? 1 - 2 * c : c;
        }
        return new Dataset($"gaussian-mixture (N = {examples}, d = {inputs}, seed {seed})", x, y, inputs,
            components == 2 ? null : [.. Enumerable.Range(0, components)
                .Select(c => c.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
    }

    // μ_c = distance √(C/(C−1)) (q_c − Σ q/C) with orthonormal q: all norms and all angles are equal, and Σ μ = 0.
    private static double[][] Simplex(int components, int inputs, double distance, RandomStream random)
    {
        var q = new double[components][];
        for (var c = 0; c < components; c++)
        {
            q[c] = new double[inputs];
            foreach (ref var v in q[c].AsSpan()) v = random.NextNormal();
            for (var twice = 0; twice < 2; twice++)
                for (var b = 0; b < c; b++) Vectors.Add(-Vectors.Dot(q[b], q[c]), q[b], q[c]);
            Vectors.Scale(1 / Vectors.Norm(q[c]), q[c], q[c]);
        }
        var factor = distance * Math.Sqrt(components / (components - 1.0));
        return [.. q.Select(own => Enumerable.Range(0, inputs).Select(i => factor * (own[i] - q.Average(v => v[i]))).ToArray())];
    }

    // The least distance of x from a plane halfway between its own mean and another, positive on its own side.
    private static double Clearance(ReadOnlySpan<double> x, double[][] means, int c)
    {
        var least = double.PositiveInfinity;
        for (var b = 0; b < means.Length; b++)
            if (b != c)
            {
                var (dot, norm) = (0.0, 0.0);
                for (var i = 0; i < x.Length; i++)
                {
                    var w = means[c][i] - means[b][i];
                    dot += w * (x[i] - (means[c][i] + means[b][i]) / 2);
                    norm += w * w;
                }
                least = Math.Min(least, norm > 0 ? dot / Math.Sqrt(norm) : 0);
            }
        return least;
    }

    private static Dataset Xor(int examples, int inputs, double margin, long seed)
    {
        if (margin >= 1) throw new DataException($"data 'xor': a margin of {margin} leaves nothing of [−1, 1]; below 1 is allowed");
        var random = new RandomStream(seed, stream: 10);
        double[] x = new double[examples * inputs], y = new double[examples];
        for (var n = 0; n < examples; n++)
        {
            var row = x.AsSpan(n * inputs, inputs);
            for (var i = 0; i < inputs; i++)
            {
                var u = 2 * random.NextDouble() - 1;
                row[i] = i < 2 ? (u < 0 ? -1 : 1) * (margin + (1 - margin) * Math.Abs(u)) : u;
            }
            y[n] = row[0] * row[1] > 0 ? 1 : -1;
        }
        return new Dataset($"xor (N = {examples}, d = {inputs}, seed {seed})", x, y, inputs);
    }

    private static Dataset TwoMoons(int examples, double noise, long seed)
    {
        var random = new RandomStream(seed, stream: 10);
        double[] x = new double[2 * examples], y = new double[examples];
        for (var n = 0; n < examples; n++)
        {
            var (sin, cos) = Math.SinCos(Math.PI * random.NextDouble());
            y[n] = n % 2 == 0 ? 1 : -1;
            x[2 * n] = (y[n] > 0 ? cos : 1 - cos) + noise * random.NextNormal();
            x[2 * n + 1] = (y[n] > 0 ? sin : .5 - sin) + noise * random.NextNormal();
        }
        return new Dataset($"two-moons (N = {examples}, seed {seed})", x, y, 2);
    }

    private static Dataset RandomSphere(int examples, int inputs, long seed)
    {
        RandomStream directions = new(seed, stream: 10), coins = new(seed, stream: 11);
        double[] x = new double[examples * inputs], y = new double[examples];
        for (var n = 0; n < examples; n++)
        {
            var row = x.AsSpan(n * inputs, inputs);
            foreach (ref var v in row) v = directions.NextNormal();
            Vectors.Scale(1 / Vectors.Norm(row), row, row);
            y[n] = coins.NextInt(2) == 0 ? -1 : 1;
        }
        return new Dataset($"random-sphere (N = {examples}, d = {inputs}, seed {seed})", x, y, inputs);
    }
}
