using Rhoflow.Numerics;

namespace Rhoflow.Limits;

/// <summary>
/// The equilibria V_k f̂ = ∂f̂/∂V_k of a diagonal network f̂ = Σ_i x̂_i ∏_{k=1}^{L} V_k^i with ‖V_k‖ = 1 (SQ App. H.3; SQ eq. 56c, 56d, 57,
/// corrected). Coordinate by coordinate V_i f̂ = V_i^{L−1} x̂_i, so V_i = 0 or
///   V_i = (f̂/x̂_i)^{1/(L−2)},  f̂ = (Σ x̂_i^{−2/(L−2)})^{−(L−2)/2} from Σ V_i² = 1,
/// for any choice of the coordinates that are not zero. SQ eq. 57 prints V_i = ±x̂_i/f̂, which solves the equation for no L.
/// </summary>
/// <remarks>
/// Layers agree but for signs: where x̂_i &lt; 0 the last layer carries the sign, so that every term of f̂ is positive. Only the
/// one-hot choices attract the flow.
/// </remarks>
public static class DiagonalEquilibrium
{
    /// <summary>V_1 … V_L, each with d numbers, on the coordinates <paramref name="support"/> (null: all).</summary>
    /// <param name="x">x̂ = Σ α_n x̃_n, d numbers, not zero on the support.</param>
    /// <param name="layers">L ≥ 3. (For L = 2 the equation is x̂_i = f̂: one-hot solutions only, unless coordinates tie.)</param>
    /// <param name="support">The coordinates with V_i ≠ 0.</param>
    public static double[][] Corrected(ReadOnlySpan<double> x, int layers, IReadOnlyList<int>? support = null)
    {
        Check(layers);
        var which = support ?? [.. Enumerable.Range(0, x.Length)];
        if (which.Count == 0) throw new ArgumentException("at least one coordinate must be nonzero", nameof(support));
        foreach (var i in which)
            if (x[i] == 0) throw new ArgumentException($"x̂[{i}] is 0: no equilibrium has V_{i} ≠ 0 there", nameof(x));
        var power = 1.0 / (layers - 2);
        // Relative to the smallest |x̂_i|, which has the largest V_i.
        var smallest = double.PositiveInfinity;
        foreach (var i in which) smallest = Math.Min(smallest, Math.Abs(x[i]));
        var v = new double[x.Length];
        foreach (var i in which) v[i] = Math.Pow(smallest / Math.Abs(x[i]), power);
        var norm = Vectors.Norm(v);
        for (var i = 0; i < v.Length; i++) v[i] /= norm;
        return Layered(v, x, layers);
    }

    /// <summary>f̂ = (Σ |x̂_i|^{−2/(L−2)})^{−(L−2)/2} at that equilibrium.</summary>
    public static double Output(ReadOnlySpan<double> x, int layers, IReadOnlyList<int>? support = null)
    {
        Check(layers);
        var which = support ?? [.. Enumerable.Range(0, x.Length)];
        var exponents = new double[which.Count];
        for (var k = 0; k < exponents.Length; k++) exponents[k] = -2.0 / (layers - 2) * Math.Log(Math.Abs(x[which[k]]));
        return Math.Exp(-(layers - 2) / 2.0 * Vectors.LogSumExp(exponents));
    }

    /// <summary>SQ eq. 57 as printed, V_i = x̂_i/f̂ with f̂ = ‖x̂‖ so that ‖V‖ = 1.</summary>
    public static double[][] Printed(ReadOnlySpan<double> x, int layers)
    {
        Check(layers);
        var norm = Vectors.Norm(x);
        if (!(norm > 0)) throw new ArgumentException("x̂ is zero", nameof(x));
        var v = new double[x.Length];
        for (var i = 0; i < v.Length; i++) v[i] = Math.Abs(x[i]) / norm;
        return Layered(v, x, layers);
    }

    /// <summary>max_k ‖V_k f̂ − ∂f̂/∂V_k‖ / ‖∂f̂/∂V_k‖ with f̂ = Σ_i x̂_i ∏_k V_k^i.</summary>
    public static double Residual(IReadOnlyList<double[]> v, ReadOnlySpan<double> x)
    {
        var f = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var term = x[i];
            foreach (var layer in v) term *= layer[i];
            f += term;
        }
        var worst = 0.0;
        double[] rest = new double[x.Length], gradient = new double[x.Length];
        for (var k = 0; k < v.Count; k++)
        {
            for (var i = 0; i < x.Length; i++)
            {
                var g = x[i];
                for (var j = 0; j < v.Count; j++)
                    if (j != k) g *= v[j][i];
                gradient[i] = g;
                rest[i] = v[k][i] * f - g;
            }
            worst = Math.Max(worst, Vectors.Norm(rest) / Vectors.Norm(gradient));
        }
        return worst;
    }

    private static double[][] Layered(double[] v, ReadOnlySpan<double> x, int layers)
    {
        var all = new double[layers][];
        for (var k = 0; k < layers; k++) all[k] = (double[])v.Clone();
        for (var i = 0; i < v.Length; i++)
            if (x[i] < 0) all[^1][i] = -v[i];
        return all;
    }

    private static void Check(int layers)
    {
        if (layers < 3) throw new ArgumentOutOfRangeException(nameof(layers), layers, "the formula needs L ≥ 3 layers");
    }
}
