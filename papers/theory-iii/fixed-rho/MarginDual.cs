using Rhoflow.Data;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// The dual of minimizing Σ e^{−ρ y_n f(x_n)} over the functions f of a two-layer network with ‖V_1‖ = ‖V_2‖ = 1: for every p ≥ 0, Σp = 1,
/// and every such network log L ≥ H(p) − ρ h(p) (H the entropy, by Gibbs' inequality) and min_n y_n f(x_n) ≤ h(p), where
/// h(p) = max_V Σ p_n y_n f(V; x_n). With p of a minimizer equality proves that it is global. Nothing of the descent enters h.
/// </summary>
/// <param name="support">h.</param>
internal sealed class MarginDual(Func<double[], double> support)
{
    /// <summary>Two linear layers: f(x) = u·x with u = V_1ᵀV_2 anywhere in ‖u‖ ≤ 1, so that h(p) = ‖Σ p_n z_n‖, z_n = y_n x_n.</summary>
    public static MarginDual Linear(Dataset data) => new(p => Vectors.Norm(Mean(data, p)));

    /// <summary>Two diagonal layers: f(x) = Σ u_i v_i x_i, and Σ|u_i v_i| ≤ ‖u‖‖v‖ = 1 is all that binds: h(p) = ‖Σ p_n z_n‖_∞.</summary>
    public static MarginDual Diagonal(Dataset data) => new(p => Mean(data, p).Max(Math.Abs));

    /// <summary>
    /// Two layers with ReLU on inputs in the plane: f(x) = Σ_j a_j σ(b_j·x) with Σ|a_j|‖b_j‖ ≤ 1, so that h(p) is the largest
    /// |Σ p_n y_n σ(b·x_n)| over unit b. Between two angles at which an example enters or leaves the sum it is |b·m|, m the sum over the
    /// examples seen, and largest at ±m/‖m‖ or at an end.
    /// </summary>
    public static MarginDual ReluInThePlane(Dataset data)
    {
        if (data.Inputs != 2) throw new ArgumentException("directions are enumerated in the plane only", nameof(data));
        double[] ends = [.. Enumerable.Range(0, data.Count).Select(n => Math.Atan2(data.Example(n)[1], data.Example(n)[0]))
            .SelectMany(static a => new[] { Turn(a - Math.PI / 2), Turn(a + Math.PI / 2) }).Order()];
        return new(p =>
        {
            double Size(double angle) => Math.Abs(Neuron(data, p, angle));
            var best = ends.Max(Size);
            for (var i = 0; i < ends.Length; i++)
            {
                var (from, width) = (ends[i], Turn(ends[(i + 1) % ends.Length] - ends[i]));
                var m = Mean(data, p, from + width / 2);
                foreach (var angle in new[] { Math.Atan2(m[1], m[0]), Math.Atan2(-m[1], -m[0]) })
                    if (Turn(angle - from) < width) best = Math.Max(best, Size(angle));
            }
            return best;
        });
    }

    /// <summary>h(p): no network of the class has a larger margin.</summary>
    public double UpperMargin(double[] p) => support(p);

    /// <summary>H(p) − ρ h(p): no network of the class has a smaller log L.</summary>
    public double LowerLogLoss(double[] p, double rho) => -p.Sum(static w => w > 0 ? w * Math.Log(w) : 0) - rho * support(p);

    /// <summary>Σ p_n y_n σ(b·x_n) for the unit b at an angle.</summary>
    internal static double Neuron(Dataset data, double[] p, double angle)
    {
        var sum = 0.0;
        for (var n = 0; n < data.Count; n++) sum += p[n] * data.Y[n] * Math.Max(0, Along(data, n, angle));
        return sum;
    }

    private static double Along(Dataset data, int n, double angle) =>
        data.Example(n)[0] * Math.Cos(angle) + data.Example(n)[1] * Math.Sin(angle);

    // Σ p_n z_n over all examples, or over those that a unit at an angle sees.
    private static double[] Mean(Dataset data, double[] p, double? angle = null)
    {
        var sum = new double[data.Inputs];
        for (var n = 0; n < data.Count; n++)
            if (angle is not { } a || Along(data, n, a) > 0) Vectors.Add(p[n] * data.Y[n], data.Example(n), sum);
        return sum;
    }

    private static double Turn(double angle) => angle - 2 * Math.PI * Math.Floor(angle / (2 * Math.PI));
}
