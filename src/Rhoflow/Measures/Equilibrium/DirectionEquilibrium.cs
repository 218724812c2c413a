using Rhoflow.Numerics;

namespace Rhoflow.Measures.Equilibrium;

/// <summary>
/// How near the directions of the layers are to V̇_k = 0, for the flow with Lagrange multipliers V̇_k = ρ S_k Σ_n c_n ∂f̃_n/∂V_k, S_k = I −
/// V_kV_kᵀ, c = −∂L/∂f (SQ eq. 6 for the square loss, where c = 2(y − ρf̃); SQ eq. 46 for the exponential). With h_k = Σ c_n ∂f̃_n/∂V_k,
/// the "average" derivative, equilibrium is V_k ⟨V_k, h_k⟩ = h_k (SQ eq. 8, 36), and V_k = Σ α_n ∂f̃_n/∂V_k, α_n = c_n/Σ c f̃
/// (SQ eq. 5b, 29, 38; α_n = ℓ_n/Σℓf there), which needs Σ c f̃ ≠ 0: of the square loss Σ c f̃ = 2λρ/r at equilibrium, so that it
/// needs weight decay.
/// </summary>
/// <param name="Rate">‖S_k h_k‖.</param>
/// <param name="Residual">‖S_k h_k‖/‖h_k‖: the sine of the angle between V_k and ±h_k, the relative residual of SQ eq. 36; NaN where h_k =
/// 0.</param>
/// <param name="Cosine">cos(V_k, Σ α_n ∂f̃_n/∂V_k); NaN without α.</param>
/// <param name="CombinationResidual">‖V_k − Σ α_n ∂f̃_n/∂V_k‖; NaN without α.</param>
internal readonly record struct DirectionEquilibrium(double Rate, double Residual, double Cosine, double CombinationResidual)
{
    // Σ c f̃ below this share of Σ |c f̃| is what rounding leaves of 0.
    private const double Cancelled = 1e-12;

    /// <summary>Of one layer, from V_k and h_k.</summary>
    /// <param name="v">V_k, of norm 1.</param>
    /// <param name="h">h_k.</param>
    /// <param name="average">e_k Σ c f̃, e_k the degree of f in V_k; NaN where that is 0.</param>
    public static DirectionEquilibrium Of(ReadOnlySpan<double> v, ReadOnlySpan<double> h, double average)
    {
        var tangent = h.ToArray();
        Vectors.Add(-Vectors.Dot(v, h), v, tangent);
        double rate = Vectors.Norm(tangent), norm = Vectors.Norm(h);
        if (norm == 0) return new DirectionEquilibrium(0, double.NaN, double.NaN, double.NaN);
        var distance = 0.0;
        for (var i = 0; i < v.Length; i++) distance += (v[i] - h[i] / average) * (v[i] - h[i] / average);
        return new DirectionEquilibrium(rate, rate / norm, Math.Clamp(Vectors.Dot(v, h) / norm, -1, 1) * (average / Math.Abs(average)),
            Math.Sqrt(distance));
    }

    /// <summary>Σ_nc c_nc f̃_nc; NaN where it is nothing but rounding.</summary>
    public static double Average(ReadOnlySpan<double> weights, ReadOnlySpan<double> f)
    {
        double sum = 0, size = 0;
        for (var i = 0; i < f.Length; i++)
        {
            sum += weights[i] * f[i];
            size += Math.Abs(weights[i] * f[i]);
        }
        return Math.Abs(sum) > Cancelled * size ? sum : double.NaN;
    }
}
