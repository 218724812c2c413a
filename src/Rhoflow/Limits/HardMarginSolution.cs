namespace Rhoflow.Limits;

/// <summary>
/// The maximum-margin separator: maximise min_n y_n(v·x_n + b) over ‖v‖₂ = 1 (b = 0 without a bias). What gradient
/// descent on exponential-type losses converges to in direction (T3b eq. 4, 4b; T3 Theorem 5, Lemma 6, Theorem 7; PNAS Lemma 5).
/// </summary>
public sealed record HardMarginSolution
{
    private readonly double[] _direction, _minimumNorm, _dual, _shares;

    internal HardMarginSolution(double[] direction, double[] minimumNorm, double[] dual, double[] shares) =>
        (_direction, _minimumNorm, _dual, _shares) = (direction, minimumNorm, dual, shares);

    /// <summary>v, d numbers, ‖v‖ = 1.</summary>
    public ReadOnlySpan<double> Direction => _direction;

    /// <summary>b on the scale of v: the hyperplane is v·x + b = 0, and it lies midway between the classes. 0 without a bias.</summary>
    public required double Bias { get; init; }

    /// <summary>γ = min_n y_n(v·x_n + b), in the units of x.</summary>
    public required double Margin { get; init; }

    /// <summary>w = v/γ, the smallest w with y_n(w·x_n + b/γ) ≥ 1 for all n; ‖w‖ = 1/γ (T3 Theorem 7).</summary>
    public ReadOnlySpan<double> MinimumNorm => _minimumNorm;

    /// <summary>
    /// α_n ≥ 0 with w = Σ α_n y_n x_n, zero off the support vectors, Σ α_n = 1/γ²; with a bias also Σ α_n y_n = 0.
    /// One of the possible choices if <see cref="Multiplicity"/> is not 0.
    /// </summary>
    /// <remarks>+∞ where 1/γ² leaves the range of a double; see <see cref="DualShares"/>.</remarks>
    public ReadOnlySpan<double> Dual => _dual;

    /// <summary>α_n/Σα, which no scale of the inputs changes.</summary>
    public ReadOnlySpan<double> DualShares => _shares;

    /// <summary>
    /// The examples at the margin, ascending: y_n(w·x_n + b/γ) − 1 ≤ 1e-12 (1 + Σ_i |w_i x_ni| + |b|/γ). Every example with α_n &gt; 0 is
    /// among them; ties and duplicates are listed too, also where their α_n is 0.
    /// </summary>
    public required IReadOnlyList<int> SupportVectors { get; init; }

    /// <summary>
    /// The largest of these, each relative to the terms it is the sum of; computed from the data as given, in twice the working precision:
    /// stationarity ‖w − Σ α_n y_n x_n‖ / (‖w‖ + Σ α_n‖x_n‖); primal max_n (1 − y_n(w·x_n + b/γ))₊ / (1 + Σ_i |w_i x_ni| + |b|/γ);
    /// complementarity Σ α_n |y_n(w·x_n + b/γ) − 1| / Σ α_n (1 + Σ_i |w_i x_ni| + |b|/γ); dual feasibility max(−α_n)₊ / max α_n, which
    /// is 0; with a bias |Σ α_n y_n| / Σ α_n. Never above 1e-12.
    /// </summary>
    public required double KktResidual { get; init; }

    /// <summary>
    /// The dimension of the set of dual weights: the number of support vectors minus the rank of their y_n x_n (with a bias, of
    /// y_n(x_n, 1)). 0: α is unique.
    /// </summary>
    public required int Multiplicity { get; init; }

    // Whether α comes from extended precision, which tells small weights from none.
    internal bool IsPrecise { get; init; }

    /// <summary>Support vectors with α_n &gt; 1e-12 max α; with α_n &gt; 0 where float64 did not tell.</summary>
    public IReadOnlyList<int> ActiveSupportVectors
    {
        get
        {
            var threshold = (IsPrecise ? 1e-40 : 1e-12) * _shares.Max();
            return [.. SupportVectors.Where(n => _shares[n] > threshold)];
        }
    }
}
