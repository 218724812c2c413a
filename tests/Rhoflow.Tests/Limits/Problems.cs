using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Tests.Limits;

/// <summary>Problems and independent solvers that several of these tests need.</summary>
internal static class Problems
{
    /// <summary>An instance of two examples: z = (1, .5), (.4, 1.2).</summary>
    public static Dataset TwoByTwo => new("two by two", [1, .5, .4, 1.2], [1, 1], 2);

    public static Dataset Setosa => Iris.Load().Binary("setosa");

    public static double[] Normal(Random random, int n)
    {
        var a = new double[n];
        for (var i = 0; i < n; i++)
            a[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return a;
    }

    /// <summary>Gaussian inputs labelled by a random direction and pushed away from its plane by <paramref name="margin"/>.</summary>
    public static Dataset Separable(int seed, int count, int d, double margin, double offset = 0)
    {
        var random = new Random(seed);
        var v = Normal(random, d);
        var norm = Vectors.Norm(v);
        for (var i = 0; i < d; i++) v[i] /= norm;
        var x = Normal(random, count * d);
        var y = new double[count];
        for (var n = 0; n < count; n++)
        {
            var row = x.AsSpan(n * d, d);
            y[n] = n == 0 ? 1 : n == 1 ? -1 : random.Next(2) * 2 - 1;
            var along = Vectors.Dot(row, v);
            Vectors.Add(y[n] * (Math.Abs(along) + margin) - along + offset, v, row);
        }
        return new Dataset($"random {count}×{d}", x, y, d);
    }

    /// <summary>
    /// The maximum margin by coordinate ascent on the dual Σα − ½‖Σ α z‖², α ≥ 0 (Hsieh et al. 2008): shares nothing with the active-set
    /// method; linear convergence.
    /// </summary>
    public static double[] DualCoordinateAscent(Dataset data, int sweeps)
    {
        int count = data.Count, d = data.Inputs;
        var z = data.Signed();
        double[] alpha = new double[count], w = new double[d];
        for (var s = 0; s < sweeps; s++)
        {
            var change = 0.0;
            for (var n = 0; n < count; n++)
            {
                var row = z.AsSpan(n * d, d);
                var next = Math.Max(0, alpha[n] + (1 - Vectors.Dot(row, w)) / Vectors.Dot(row, row));
                Vectors.Add(next - alpha[n], row, w);
                change = Math.Max(change, Math.Abs(next - alpha[n]) / (1 + next));
                alpha[n] = next;
            }
            if (change < 1e-16) break;
        }
        return w;
    }

    /// <summary>Any orthogonal d × d matrix, by Gram–Schmidt on Gaussian vectors.</summary>
    public static double[][] Rotation(int seed, int d)
    {
        var random = new Random(seed);
        var rows = new double[d][];
        for (var i = 0; i < d; i++)
        {
            rows[i] = Normal(random, d);
            for (var pass = 0; pass < 2; pass++)
                for (var j = 0; j < i; j++) Vectors.Add(-Vectors.Dot(rows[i], rows[j]), rows[j], rows[i]);
            var norm = Vectors.Norm(rows[i]);
            for (var k = 0; k < d; k++) rows[i][k] /= norm;
        }
        return rows;
    }

    public static double[] Apply(double[][] m, ReadOnlySpan<double> a)
    {
        var result = new double[m.Length];
        for (var i = 0; i < m.Length; i++) result[i] = Vectors.Dot(m[i], a);
        return result;
    }

    /// <summary>Classical Runge–Kutta with equal steps: the second opinion on every closed form in time.</summary>
    public static double[] RungeKutta(Func<double, double[], double[]> f, double[] start, double from, double to, int steps)
    {
        var y = (double[])start.Clone();
        double h = (to - from) / steps, t = from;
        double[] Moved(double[] k, double c) => [.. y.Select((v, i) => v + c * k[i])];
        for (var s = 0; s < steps; s++, t = from + s * h)
        {
            var k1 = f(t, y);
            var k2 = f(t + h / 2, Moved(k1, h / 2));
            var k3 = f(t + h / 2, Moved(k2, h / 2));
            var k4 = f(t + h, Moved(k3, h));
            for (var i = 0; i < y.Length; i++) y[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
        }
        return y;
    }
}
