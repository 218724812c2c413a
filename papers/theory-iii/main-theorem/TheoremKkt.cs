using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// How near V is to a KKT point of max_V min_n y_n f̃_n, ‖V_k‖ = 1: the least over α ≥ 0 of
/// √(‖V̂ − Σ α_n g_n‖² + (√K Σ α_n (q_n − q_min))²), V̂ = V/√K, g_n = y_n ∂f̃_n/∂V, q_n = y_n f̃_n. Where V̂ = Σ α_n g_n, the second term
/// is the share of the weight that is off the margin, because √K Σ α_n q_n = 1 there: stationarity and complementarity in one number,
/// without a threshold that says which examples are support vectors.
/// </summary>
internal static class TheoremKkt
{
    /// <summary>Units nearer than this to their kinks, as the cosine of row and input, may have any slope (Clarke).</summary>
    public const double Kink = 1e-7;

    /// <summary>The residual, between 0 and 1.</summary>
    /// <param name="network">One output, degree 1 in every layer.</param>
    /// <param name="v">V, ‖V_k‖ = 1.</param>
    /// <param name="data">Labels ±1.</param>
    public static double Residual(Network network, ReadOnlySpan<double> v, Dataset data)
    {
        var clarke = ClarkeGradients.Of(network, v, data, Kink);
        double[] margins = [.. clarke.Examples.Select(n => clarke.Margins[n])];
        var (root, least) = (Math.Sqrt(network.Depth), margins.Min());
        double[] target = [.. v, 0];
        double[][] columns = [.. clarke.Gradients.Select((g, i) => (double[])[.. g, root * (margins[i] - least)])];
        return KarushKuhnTucker.At(target, columns, margins, double.PositiveInfinity).Residual;
    }

    /// <summary>
    /// How far V is from a stationary point of (A) at ρ (T3 eq. 11): ‖Σ p_n g_n − λV‖/(√K λ), p_n = e^{−ρq_n}/Σ, λ = Σ p_n q_n, with the
    /// g_n of units on their kinks chosen from Clarke's subdifferential so that it is least.
    /// </summary>
    /// <inheritdoc cref="Residual" path="/param"/>
    /// <param name="rho">ρ.</param>
    public static double Stationarity(Network network, ReadOnlySpan<double> v, Dataset data, double rho)
    {
        var clarke = ClarkeGradients.Of(network, v, data, Kink);
        var p = clarke.Margins.ToArray().Select(q => -rho * q).ToArray();
        var log = Vectors.LogSumExp(p);
        double lambda = 0;
        for (var n = 0; n < p.Length; n++) lambda += (p[n] = Math.Exp(p[n] - log)) * clarke.Margins[n];
        // α p_n per example and choice of sides; rows below the gradients hold Σ over the choices at p_n.
        var heavy = 1e4 * Math.Max(lambda, clarke.Gradients.Max(g => Vectors.Norm(g)));
        double[] Below(int n, double value) => [.. Enumerable.Range(0, p.Length).Select(m => m == n ? value : 0)];
        double[] target = [.. v.ToArray().Select(w => lambda * w), .. p.Select(w => heavy * w)];
        double[][] columns = [.. clarke.Gradients.Select((g, i) => (double[])[.. g, .. Below(clarke.Examples[i], heavy)])];
        return NonnegativeLeastSquares.Solve(columns, target).Residual / (Math.Sqrt(network.Depth) * lambda);
    }
}
