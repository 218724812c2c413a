using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Tests.Limits;

namespace Rhoflow.Tests.Numerics.Eigen;

/// <summary>Symmetric matrices with known eigenvalues and random eigenvectors.</summary>
internal static class SpectrumCases
{
    private static readonly Dictionary<string, double[]> Spectra = new()
    {
        ["spread"] = [.. Enumerable.Range(1, 60).Select(i => 1.0 / i)],
        ["both signs"] = [.. Enumerable.Range(0, 80).Select(i => Math.Cos(0.37 * i) * (1 + i % 7))],
        ["negative definite"] = [.. Enumerable.Range(1, 50).Select(i => -Math.Sqrt(i))],
        ["multiple at both ends"] =
            [.. Enumerable.Repeat(5.0, 4), .. Enumerable.Range(0, 60).Select(i => Math.Sin(i)), .. Enumerable.Repeat(-3.0, 3)],
        ["multiple zero"] = [7, 6, 6, 2, -1, .. new double[70]],
        ["cluster"] = [.. Enumerable.Range(0, 5).Select(i => 2 + 1e-7 * i), .. Enumerable.Range(0, 60).Select(i => 1.0 / (2 + i))],
        ["two values"] = [.. Enumerable.Repeat(1.0, 30), .. Enumerable.Repeat(-1.0, 30)],
        ["identity"] = [.. Enumerable.Repeat(1.0, 40)],
        ["zero"] = new double[40],
        ["one"] = [-2.5],
        ["two"] = [3, 3],
        ["huge"] = [.. Enumerable.Range(1, 50).Select(i => 1e150 * i)],
        ["tiny"] = [.. Enumerable.Range(1, 50).Select(i => 1e-140 * (i - 20))],
    };

    public static IEnumerable<string> Names => Spectra.Keys;

    /// <summary>Ascending.</summary>
    public static double[] Eigenvalues(string name) => [.. Spectra[name].Order()];

    public static DenseOperator Matrix(string name, int seed) => Matrix(Spectra[name], seed);

    public static DenseOperator Matrix(double[] spectrum, int seed)
    {
        var n = spectrum.Length;
        var q = Problems.Rotation(seed, n);
        var a = new double[n * n];
        for (var k = 0; k < n; k++)
            for (var i = 0; i < n; i++) Vectors.Add(spectrum[k] * q[k][i], q[k], a.AsSpan(i * n, n));
        return DenseOperator.Of(new DenseOperator(a, n));
    }
}
