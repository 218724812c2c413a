using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// The global minimum over all two-layer ReLU networks of any width on inputs in the plane, of Σ(ρf_n − y_n)² + λρ² (SQ eq. 4, two-sided:
/// regression, eq. 24) or of Σ max(0, 1 − ρy_nf_n)² + λρ² (one-sided: classification with margin 1, eq. 25). With the units' directions u_j
/// on a grid of the circle ρf = Σ c_j s_j σ(u_j·x), s_j = ±1, and the least ρ = ‖W_1‖‖W_2‖ of these networks is Σ c_j, c ≥ 0: a problem of
/// nonnegative least squares, without local minima. Its residual gives the multipliers y_nα_n = (1 − ρy_nf_n)/(λρ) of SQ eq. 29, and
/// Σ y_nα_n over the largest |Σ α_n σ(u·x_n)| of all directions bounds the least norm of λ = 0 from below.
/// </summary>
/// <param name="Norm">ρ.</param>
/// <param name="Bound">What no network with margins 1 (two-sided: exactly 1) can be below.</param>
/// <param name="Margins">ρ y_n f_n.</param>
/// <param name="Multipliers">y_nα_n.</param>
/// <param name="Stationarity">Largest |Σ α_n s_j σ(u_j·x_n) − 1| of the units in use: SQ eq. 29 for their output weights.</param>
/// <param name="Units">How many directions are used.</param>
internal sealed record PlaneMinimumNorm(double Norm, double Bound, double[] Margins, double[] Multipliers, double Stationarity, int Units)
{
    private const int Directions = 1440, Finer = 16;

    /// <param name="data">Inputs in the plane, labels ±1.</param>
    /// <param name="lambda">λ &gt; 0.</param>
    /// <param name="oneSided">Errors count only below the margin 1.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    public static PlaneMinimumNorm Solve(Dataset data, double lambda, bool oneSided, CancellationToken cancellation = default)
    {
        int count = data.Count, all = 2 * Directions;
        var root = Math.Sqrt(lambda);
        var columns = new List<double[]>(all + count);
        for (var j = 0; j < Directions; j++)
        {
            var seen = Seen(data, 2 * Math.PI * j / Directions);
            columns.Add([.. seen, root]);
            columns.Add([.. seen.Select(static a => -a), root]);
        }
        if (oneSided)
            for (var n = 0; n < count; n++)
            {
                var excess = new double[count + 1];
                excess[n] = -1;
                columns.Add(excess);
            }
        double[] target = [.. Enumerable.Repeat(1.0, count), 0];
        var (c, _) = NonnegativeLeastSquares.Solve(columns, target, cancellation);
        var margins = new double[count];
        var norm = 0.0;
        for (var j = 0; j < all; j++)
        {
            norm += c[j];
            if (c[j] > 0) Vectors.Add(c[j], columns[j].AsSpan(0, count), margins);
        }
        double[] multipliers = [.. margins.Select(m => (oneSided ? Math.Max(0, 1 - m) : 1 - m) / (lambda * norm))];
        double stationarity = 0, largest = 0;
        for (var j = 0; j < all; j++)
            if (c[j] > 0) stationarity = Math.Max(stationarity, Math.Abs(Vectors.Dot(columns[j].AsSpan(0, count), multipliers) - 1));
        for (var j = 0; j < Directions * Finer; j++)
            largest = Math.Max(largest, Math.Abs(Vectors.Dot(Seen(data, 2 * Math.PI * j / (Directions * Finer)), multipliers)));
        return new PlaneMinimumNorm(norm, multipliers.Sum() / largest, margins, multipliers, stationarity,
            c.Take(all).Count(static a => a > 0));
    }

    // y_n σ(u·x_n) of the direction u at an angle.
    private static double[] Seen(Dataset data, double angle)
    {
        var seen = new double[data.Count];
        for (var n = 0; n < seen.Length; n++)
            seen[n] = data.Y[n] * Math.Max(0, Math.Cos(angle) * data.Example(n)[0] + Math.Sin(angle) * data.Example(n)[1]);
        return seen;
    }
}
