using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// The function of Sobolev's ball of <see cref="SobolevWidths"/> (n = 2) that the ridges of a dictionary approximate worst in L2 (√ mean
/// square over [−1, 1]²): the norm of (I − P) Φ Λ, P the projection on the ridges, Φ the cosines, Λ the semi-axes, by the power method.
/// What Theorem 1 of PNAS bounds is this, an error over a class, not the error of one function.
/// </summary>
internal static class WorstFunction
{
    /// <summary>Midpoints a side, on which cosines below that frequency are exactly orthogonal.</summary>
    private const int Grid = 64;

    /// <summary>Frequencies a side: beyond the semi-axes that a few hundred ridges reach.</summary>
    private const int Frequencies = 56;

    private const int Steps = 30;

    /// <summary>sup over the ball of the distance to the span, for each m.</summary>
    public static double[] Errors(RidgeDictionary ridges, IReadOnlyList<double> smoothness, CancellationToken cancellation = default)
    {
        double[] x = new double[Grid * Grid], y = new double[Grid * Grid];
        for (var i = 0; i < x.Length; i++) (x[i], y[i]) = (Midpoint(i % Grid), Midpoint(i / Grid));
        var qr = new PivotedQr(ridges.Design([x, y]), RidgeFit.Tolerance, cancellation);
        return [.. smoothness.Select(m => Norm(qr, m, cancellation))];
    }

    private static double Norm(PivotedQr qr, double smoothness, CancellationToken cancellation)
    {
        var axes = new double[Frequencies * Frequencies];
        for (var k = 0; k < axes.Length; k++)
        {
            int a = k % Frequencies, b = k / Frequencies;
            axes[k] = SobolevWidths.SemiAxis(a * a + b * b, smoothness);
        }
        var random = new RandomStream(1);
        double[] c = [.. axes.Select(_ => random.NextNormal())], f = new double[Grid * Grid];
        var norm = 0.0;
        for (var step = 0; step < Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Vectors.Scale(1 / Vectors.Norm(c), c, c);
            for (var k = 0; k < c.Length; k++) c[k] *= axes[k];
            Synthesis(c, f);
            qr.Project(f);
            // √ mean square = ‖f‖/Grid.
            norm = Vectors.Norm(f) / Grid;
            Analysis(f, c);
            for (var k = 0; k < c.Length; k++) c[k] *= axes[k];
        }
        return norm;
    }

    private static double Midpoint(int i) => (2 * i + 1.0) / Grid - 1;

    // cosines[i, k] = φ_k at the i-th midpoint, of mean square 1.
    private static readonly double[][] s_cosines = [.. Enumerable.Range(0, Grid).Select(static i => Enumerable.Range(0, Frequencies)
        .Select(k => (k == 0 ? 1 : Math.Sqrt(2)) * Math.Cos(Math.PI * k * (Midpoint(i) + 1) / 2)).ToArray())];

    // f[i, j] = Σ_ab c[a, b] φ_a(i) φ_b(j).
    private static void Synthesis(double[] c, double[] f)
    {
        var half = new double[Frequencies * Grid];
        for (var b = 0; b < Frequencies; b++)
            for (var i = 0; i < Grid; i++) half[b * Grid + i] = Vectors.Dot(c.AsSpan(b * Frequencies, Frequencies), s_cosines[i]);
        Array.Clear(f);
        for (var j = 0; j < Grid; j++)
            for (var b = 0; b < Frequencies; b++) Vectors.Add(s_cosines[j][b], half.AsSpan(b * Grid, Grid), f.AsSpan(j * Grid, Grid));
    }

    // The transpose, up to the factor Grid².
    private static void Analysis(double[] f, double[] c)
    {
        var half = new double[Frequencies * Grid];
        for (var j = 0; j < Grid; j++)
            for (var b = 0; b < Frequencies; b++) Vectors.Add(s_cosines[j][b], f.AsSpan(j * Grid, Grid), half.AsSpan(b * Grid, Grid));
        Array.Clear(c);
        for (var b = 0; b < Frequencies; b++)
            for (var i = 0; i < Grid; i++) Vectors.Add(half[b * Grid + i], s_cosines[i], c.AsSpan(b * Frequencies, Frequencies));
    }
}
