namespace Rhoflow.Approximation;

/// <summary>
/// How well N parameters can do at best for the ball Σ_k (1 + |πk/2|^{2m}) c_k² ≤ 1 of functions Σ c_k φ_k on [−1, 1]^n, φ_k products of
/// cosines cos(πk_j(x_j + 1)/2) of norm 1 in L2, k ∈ ℕ₀^n: Sobolev's ball of order m with vanishing odd normal derivatives at the faces.
/// The ball is an ellipsoid, so that its Kolmogorov width (the worst function against the best space of N dimensions) and its Bernstein
/// width are the (N + 1)-th semi-axis; and Bernstein's bounds every method whose N parameters depend continuously on the function, linear
/// or not, from below (DeVore, Howard and Micchelli, manuscripta math. 63:469, 1989). It falls like N^{−m/n}: in that model PNAS's Theorem
/// 1 is the best possible.
/// </summary>
internal static class SobolevWidths
{
    /// <summary>1/√(1 + (π/2)^{2m} r^m) for r = |k|².</summary>
    public static double SemiAxis(long squared, double smoothness) =>
        1 / Math.Sqrt(1 + Math.Pow(Math.PI * Math.PI / 4 * squared, smoothness));

    /// <summary>The (N + 1)-th semi-axis for each N, by counting all k ∈ ℕ₀^n with |k|² = 0, 1, 2, … exactly.</summary>
    /// <param name="variables">n.</param>
    /// <param name="smoothness">m.</param>
    /// <param name="parameters">N ≥ 1, below 2^53, rising.</param>
    public static double[] Of(int variables, double smoothness, IReadOnlyList<double> parameters)
    {
        for (var limit = 64; ; limit *= 2)
        {
            var counts = Counts(variables, limit);
            if (counts.Sum() <= parameters[^1]) continue;
            var widths = new double[parameters.Count];
            for (var (i, r, sum) = (0, 0, counts[0]); i < widths.Length; i++)
            {
                while (sum <= parameters[i]) sum += counts[++r];
                widths[i] = SemiAxis(r, smoothness);
            }
            return widths;
        }
    }

    /// <summary>How many k ∈ ℕ₀^n have |k|² = 0 … limit − 1.</summary>
    internal static double[] Counts(int variables, int limit)
    {
        var counts = new double[limit];
        counts[0] = 1;
        for (var j = 0; j < variables; j++)
        {
            var next = new double[limit];
            for (var k = 0; k * k < limit; k++)
                for (var r = k * k; r < limit; r++) next[r] += counts[r - k * k];
            counts = next;
        }
        return counts;
    }
}
