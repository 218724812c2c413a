using System.Numerics;
using System.Runtime.InteropServices;
using Xunit;

namespace Rhoflow.Tests.Kernels;

/// <summary>The slow, readable products that fast kernels are held against.</summary>
internal static class Reference
{
    /// <summary>
    /// Σ_p A_ip B_pj in float64 for every (i, j), and Σ_p |A_ip B_pj|, to which the rounding of any order of summation is proportional.
    /// </summary>
    public static (double[,] Product, double[,] Magnitude) Multiply(int m, int n, int k, Func<int, int, double> a, Func<int, int, double> b)
    {
        double[,] product = new double[m, n], magnitude = new double[m, n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var p = 0; p < k; p++)
                {
                    product[i, j] += a(i, p) * b(p, j);
                    magnitude[i, j] += Math.Abs(a(i, p) * b(p, j));
                }
        return (product, magnitude);
    }

    /// <summary>Half the distance from 1 to the next number.</summary>
    public static double RoundOff<T>() => typeof(T) == typeof(float) ? Math.Pow(2, -24) : Math.Pow(2, -53);

    /// <summary>Numbers in (−1, 1), exactly representable in T.</summary>
    public static T[] Random<T>(int length, Random random) where T : INumber<T> =>
        [.. Enumerable.Range(0, length).Select(_ => T.CreateTruncating(2 * random.NextDouble() - 1))];

    /// <summary>Equal bit for bit: −0 is not 0.</summary>
    public static void ShouldHaveTheBitsOf<T>(this T[] got, T[] expected) where T : unmanaged
    {
        if (MemoryMarshal.AsBytes(got.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(expected.AsSpan()))) return;
        var i = Enumerable.Range(0, got.Length).First(i => !EqualityComparer<T>.Default.Equals(got[i], expected[i]));
        Assert.Fail($"number {i} is {got[i]} and should be {expected[i]}");
    }
}
