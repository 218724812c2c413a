namespace Rhoflow.Papers.Equations;

/// <summary>
/// The order of an approximation: p where its error is c·s^p(1 + O(s)) in the small parameter s. Halving s gives log₂ e(s)/e(s/2), which
/// is extrapolated to s = 0.
/// </summary>
internal static class ApproximationOrder
{
    /// <summary>The order at s → 0.</summary>
    /// <param name="error">The error at s &gt; 0, not 0.</param>
    /// <param name="start">The largest s; it is halved four times.</param>
    public static double Of(Func<double, double> error, double start)
    {
        double[] errors = [.. Enumerable.Range(0, 5).Select(j => Math.Abs(error(start / (1 << j))))];
        double[] orders = [.. errors.Zip(errors.Skip(1), static (a, b) => Math.Log2(a / b))];
        for (var power = 2; orders.Length > 1; power *= 2)
            orders = [.. orders.Zip(orders.Skip(1), (a, b) => (power * b - a) / (power - 1))];
        return orders[0];
    }
}
