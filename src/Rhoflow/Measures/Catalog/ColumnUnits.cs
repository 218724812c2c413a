using System.Text.RegularExpressions;

namespace Rhoflow.Measures.Catalog;

/// <summary>
/// The unit or scale of every column and array: what its numbers count in, and what they are divided by. `list measures` prints it. Layers
/// are written _k; columns of test examples have the units of those without test_.
/// </summary>
public static partial class ColumnUnits
{
    /// <summary>Of the clocks, which every table begins with.</summary>
    public static readonly IReadOnlyList<(string Column, string Unit)> Clocks =
    [
        ("step", "steps of the descent, or of the integration"), ("epoch", "epochs (nan for flows)"),
        ("t", "the flow's time, Σ η over the steps of a descent"), ("log10_t", "log₁₀ t"), ("tau", "∫ L dt, Σ η of loss-based steps"),
    ];

    private const string Share = "share, 0 … 1", Cosine = "cosine, −1 … 1", Count = "examples", Norm = "units of W_k",
        Margin = "units of f/ρ", Square = "units of W_k²", Radians = "radians", Ratio = "ratio", Nats = "mean loss, natural logarithm",
        Curvature = "units of L/W²: eigenvalue of the matrix itself (nan where a double cannot hold it)", Sign = "−1, 0 or 1",
        LogCurvature = "log₁₀ of its size in units of L/W²", CurvatureError = "units of L/W² (one standard error)",
        Residual = "units of L/W²: an eigenvalue is within", Sine = "sine, 0 … 1", Eigenvalues = "eigenvalues",
        Bound = "log₁₀, without constants: for ranking", Kernel = "units of f²/W²", Rank = "singular values",
        Arrays = "units of L/W², over 10^hessian_log10_scale (0 wherever a double holds the largest)";

    private static readonly Dictionary<string, string> s_units = new(StringComparer.Ordinal)
    {
        ["log10_loss"] = "log₁₀ of L with the loss's own reduction, sum or mean",
        ["log10_test_loss"] = "log₁₀ of L on test examples",
        ["train_error"] = Share,
        ["error"] = Share,
        ["log10_rho"] = "log₁₀ of ∏‖W_k‖, batch normalization folded into W_k",
        ["rho"] = "∏‖W_k‖, batch normalization folded into W_k",
        ["rho_k"] = Norm + ", batch normalization folded in: W_k ≠ ρ_kV_k then, and rho_raw_k is ‖W_k‖",
        ["rho_raw_k"] = Norm,
        ["balance_k"] = Square,
        ["matrix_balance_k"] = Square,
        ["matrix_balance_drift_k"] = Square,
        ["unit_balance_max_k"] = Square,
        ["unit_balance_rms_k"] = Square,
        ["unit_balance_drift_k"] = Square,
        ["start_distance_k"] = Norm + ", batch normalization folded in: start_distance_raw_k is of W_k",
        ["start_distance_relative_k"] = "share of ‖W_k(0)‖, batch normalization folded into both",
        ["start_distance_raw_k"] = Norm,
        ["start_distance_relative_raw_k"] = "share of ‖W_k(0)‖",
        ["margin_min"] = Margin,
        ["margin_mean"] = Margin,
        ["abs_f_mean"] = Margin,
        ["smoothed_margin"] = "nats over ρ, with Σℓ also where L is a mean",
        ["support_count"] = Count,
        ["support_first"] = "number of an example, from 0",
        ["support_order"] = "numbers of examples, from 0",
        ["support_multiplicity"] = Count,
        ["support_entered"] = Count,
        ["support_left"] = Count,
        ["support_jaccard"] = Share,
        ["margin_q01"] = Margin,
        ["margin_q05"] = Margin,
        ["margin_q10"] = Margin,
        ["margin_q25"] = Margin,
        ["margin_q50"] = Margin,
        ["margin_q75"] = Margin,
        ["margin_q90"] = Margin,
        ["margin_area"] = Margin,
        ["margin_abs_mean"] = Margin,
        ["margins_sorted"] = Margin,
        ["margin_histogram"] = "shares of the examples, bins in units of margin_abs_mean",
        ["spectral_margin_min"] = "units of f over the product of norms",
        ["spectral_margin_mean"] = "units of f over the product of norms",
        ["linf_margin_min"] = "units of f over the product of norms",
        ["linf_margin_mean"] = "units of f over the product of norms",
        ["l1_margin_min"] = "units of f over the product of norms",
        ["l1_margin_mean"] = "units of f over the product of norms",
        ["row_margin_min"] = "units of f over the product of norms",
        ["row_margin_mean"] = "units of f over the product of norms",
        ["feature_margin_min"] = "spreads of the features",
        ["feature_margin_mean"] = "spreads of the features",
        ["feature_margin_median"] = "spreads of the features",
        ["input_margin_min"] = "units of x",
        ["input_margin_mean"] = "units of x",
        ["input_margin_median"] = "units of x",
        ["direction_error"] = "distance of unit vectors, 0 … 2",
        ["direction_angle"] = Radians,
        ["step_angle_k"] = Radians,
        ["path_k"] = "length on the unit sphere of V_k",
        ["gradient_alignment_k"] = Cosine,
        ["gradient_alignment"] = Cosine,
        ["ce_rho*"] = Nats,
        ["log10_ce_rho*"] = "log₁₀ of the mean loss",
        ["ce_gap_rho1"] = Nats,
        ["log10_exp_rho*"] = "log₁₀ of the mean loss",
        ["log10_square_rho*"] = "log₁₀ of the mean loss",
        ["rho_equilibrium"] = "units of ρ",
        ["rho_equilibrium_undecayed"] = "units of ρ",
        ["rho_over_equilibrium"] = Ratio,
        ["rho_rate"] = "units of ρ per time of the flow",
        ["rho_residual"] = "share of its terms' sizes, 0 … 1",
        ["average_separability"] = Margin,
        ["log10_v_rate_k"] = "log₁₀ of ‖V̇_k‖ per time of the flow",
        ["v_residual_k"] = Sine,
        ["combination_cosine_k"] = Cosine,
        ["combination_residual_k"] = "distance to the unit vector V_k",
        ["example_residual_min_k"] = Ratio,
        ["example_residual_mean_k"] = Ratio,
        ["example_residual_max_k"] = Ratio,
        ["kkt_residual"] = Sine + " (multipliers of the loss)",
        ["kkt_epsilon"] = "share of ‖θ‖, 0 … 1: Lyu–Li's ε with the best multipliers",
        ["kkt_slackness"] = "margins at min q_n = 1, weighted by λ_n/Σλ: Lyu–Li's δ with Σλ = 1, the best multipliers",
        ["kkt_support"] = "examples with λ_n > 1e-9 Σλ",
        ["dual_weights"] = "λ_n/Σλ, the best multipliers, largest first",
        ["dual_examples"] = "numbers of examples, from 0",
        ["ntk_largest"] = Kernel,
        ["ntk_smallest"] = Kernel,
        ["ntk_spectrum"] = Kernel,
        ["ntk_condition"] = Ratio,
        ["ntk_alignment"] = Cosine,
        ["ntk_alignment_centred"] = Cosine,
        ["data_condition"] = Ratio,
        ["data_rank"] = Rank,
        ["feature_condition_k"] = Ratio,
        ["feature_rank_k"] = Rank,
        ["hessian_negative"] = Eigenvalues,
        ["hessian_zero"] = Eigenvalues,
        ["hessian_positive"] = Eigenvalues,
        ["tangent_gradient"] = Sine,
        ["curvature_log10_loss"] = "log₁₀ of the L that curvature is of, on its examples",
        ["hessian_log10_scale"] = "log₁₀ of what the arrays of eigenvalues are over: 0 wherever a double holds the largest",
        ["hessian_top"] = Curvature,
        ["log10_abs_hessian_top"] = LogCurvature,
        ["hessian_top_sign"] = Sign,
        ["hessian_top_residual"] = Residual,
        ["hessian_bottom"] = Curvature,
        ["log10_abs_hessian_bottom"] = LogCurvature,
        ["hessian_bottom_sign"] = Sign,
        ["hessian_bottom_residual"] = Residual,
        ["gauss_newton_share"] = "share of λ_max",
        ["log10_sharpness"] = "log₁₀ of λ_max in units of L/W² (nan where it is not positive)",
        ["sharpness_times_rate_over_2"] = "1 at the edge of stability",
        ["hessian_eigenvalues"] = Arrays,
        ["hessian_residuals"] = Arrays,
        ["hessian_trace"] = Curvature,
        ["log10_abs_hessian_trace"] = LogCurvature,
        ["hessian_trace_sign"] = Sign,
        ["hessian_trace_error"] = CurvatureError,
        ["gauss_newton_trace"] = Curvature,
        ["log10_gauss_newton_trace"] = LogCurvature,
        ["gauss_newton_trace_error"] = CurvatureError,
        ["weights_hessian_negative"] = Eigenvalues,
        ["weights_hessian_zero"] = Eigenvalues,
        ["weights_hessian_positive"] = Eigenvalues,
        ["weights_hessian_threshold"] = Curvature,
        ["log10_weights_hessian_threshold"] = LogCurvature,
        ["weights_hessian_error"] = "eigenvalues (one standard error)",
        ["hessian_density_width"] = Curvature,
        ["log10_hessian_density_width"] = LogCurvature,
        ["hessian_density_at"] = Arrays,
        ["hessian_density"] = "share per unit of hessian_density_at: integrates to 1",
        ["hessian_density_error"] = "share per unit of hessian_density_at (one standard error)",
        ["hessian_top_k"] = Curvature,
        ["log10_hessian_top_k"] = LogCurvature + " (nan where it is not positive)",
        ["tangent_top"] = "units of L: the sphere has radius 1, nan where a double cannot hold it",
        ["log10_abs_tangent_top"] =
            "log₁₀ of its size in units of L",
        ["tangent_top_sign"] = Sign,
        ["tangent_top_residual"] = "units of L: an eigenvalue is within",
        ["tangent_bottom"] = "units of L: the sphere has radius 1, nan where a double cannot hold it",
        ["log10_abs_tangent_bottom"] =
            "log₁₀ of its size in units of L",
        ["tangent_bottom_sign"] = Sign,
        ["tangent_bottom_residual"] = "units of L: an eigenvalue is within",
        ["log10_frobenius_margin"] = Bound,
        ["log10_frobenius_margin_q10"] = Bound,
        ["log10_spectral_margin"] = Bound,
        ["log10_spectral_margin_q10"] = Bound,
        ["log10_golowich"] = Bound,
        ["log10_golowich_q10"] = Bound,
        ["log10_neyshabur"] = Bound,
        ["log10_neyshabur_q10"] = Bound,
        ["log10_pac_bayes"] = Bound,
        ["log10_pac_bayes_q10"] = Bound,
        ["log10_bartlett"] = Bound,
        ["log10_bartlett_q10"] = Bound,
        ["log10_path_l1"] = "log₁₀ of φ_1",
        ["log10_path_l1_margin"] = Bound,
        ["log10_path_l1_margin_q10"] = Bound,
        ["log10_path_l2"] = "log₁₀ of φ_2",
        ["log10_path_l2_margin"] = Bound,
        ["log10_path_l2_margin_q10"] = Bound,
        ["log10_fisher_rao"] = "log₁₀ of the norm, in units of L",
        ["ramp_bound"] = "bound of an error: below 1 it says something",
        ["ramp_loss"] = Share,
        ["ramp_complexity"] = "its summand",
        ["ramp_confidence"] = "its summand, at δ = 5 %",
        ["rademacher_linear"] = "units of x, of weights of norm 1",
        ["rademacher_linear_error"] = "units of x (one standard error)",
        ["rademacher_linear_bound"] = "units of x",
        ["rademacher_network"] = "units of f/ρ, from below",
        ["rademacher_network_error"] = "units of f/ρ (one standard error)",
        ["log10_rho_rademacher"] = "log₁₀, units of f",
        ["weight_count"] = "weights, without γ, β and biases",
        ["log10_vc"] = "log₁₀ of examples, up to constants",
        ["nc1_pinv"] = Ratio,
        ["nc1_ufm"] = Ratio,
        ["nc1_trace_ratio"] = Ratio,
        ["nc1_cdnv"] = Ratio,
        ["nc2_equinorm"] = Ratio,
        ["nc2_cosine_spread"] = "of cosines",
        ["nc2_equiangularity"] = "of cosines",
        ["nc2_etf"] = "distance of matrices of norm 1",
        ["nc2_w_equinorm"] = Ratio,
        ["nc2_w_cosine_spread"] = "of cosines",
        ["nc2_w_equiangularity"] = "of cosines",
        ["nc2_w_etf"] = "distance of matrices of norm 1",
        ["nc2_cosine_uncentred"] = Cosine,
        ["nc3_distance"] = "distance of matrices of norm 1",
        ["nc3_cosine"] = Cosine,
        ["nc3_etf"] = "distance of matrices of norm 1",
        ["nc4_disagreement"] = Share,
        ["ncc_error"] = Share,
        ["mean_alignment"] = "mean squared cosine, 0 … 1",
        ["path_nc1"] = "part of the square loss",
        ["path_nc23"] =
            "part of the square loss",
        ["path_off"] = "part of the square loss",
        ["spectral_k"] = Norm + ", batch normalization folded in",
        ["singular_values"] = Norm + ", batch normalization folded in",
        ["rank_stable_k"] = Rank,
        ["effective_rank_k"] = Rank,
        ["rank_k"] = Rank,
        ["rank_one_distance_k"] = Sine,
        ["orthogonal_distance_k"] = Sine,
        ["projection_distance_k"] = Sine,
        ["alignment_k"] = Cosine,
        ["product_alignment_k"] = Share,
        ["operator_norm_k"] = Norm + ", of the whole map",
        ["circular_norm_k"] = Norm + ", of the whole map",
        ["active_share_k"] = Share,
        ["active_always_k"] = Share,
        ["active_never_k"] = Share,
    };

    /// <summary>All names that have a unit, as they are looked up: for the test that none is without its column.</summary>
    internal static IEnumerable<string> Known => s_units.Keys;

    /// <summary>The unit or scale of a column or array; null where none is known.</summary>
    /// <param name="column">As a table has it.</param>
    public static string? Of(string column) => Clocks.FirstOrDefault(c => c.Column == column).Unit
        ?? Names(column).Select(static n => s_units.GetValueOrDefault(n)).FirstOrDefault(static u => u is not null);

    /// <summary>
    /// What a column may be looked up by: itself, without its layer, without test_, and without the statistics of batch normalization that
    /// outputs are measured by a second time.
    /// </summary>
    internal static IEnumerable<string> Names(string column)
    {
        column = Statistics().Replace(column, "");
        foreach (var name in (string[])[column, column.Replace("test_", "", StringComparison.Ordinal)])
        {
            yield return name;
            yield return Layer().Replace(name, "_k");
            // Features of a layer that is not the last.
            yield return Layer().Replace(name, "");
            yield return Radius().Replace(name, "*");
        }
    }

    [GeneratedRegex("^(whole_set|running)_", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Statistics();

    [GeneratedRegex("_([0-9]+|k)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Layer();

    [GeneratedRegex("(?<=_rho)[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex Radius();
}
