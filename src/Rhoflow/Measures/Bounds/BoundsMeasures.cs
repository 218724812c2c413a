using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// Complexities over margins, for ranking networks, and generalization bounds as numbers. Logarithms are to base 10. A quantity over a
/// margin has two columns: for the smallest margin, and (…_q10) for the margin that 10 % of the examples are below; each is NaN until that
/// margin is positive, because then the bound says nothing. Convolutions count as their matrices of maps × patch, batch normalization as
/// folded into them without its shifts: for ranking, because what is proved is proved for matrices that share nothing and for networks
/// without biases.
/// </summary>
internal static class BoundsMeasures
{
    private const string Family = "bounds";

    /// <summary>The share of examples below the margin of the columns …_q10.</summary>
    public const double Quantile = 0.1;

    /// <summary>δ of <see cref="RampBound"/>.</summary>
    public const double Delta = 0.05;

    /// <summary>N·P up to which R_N(F̃) is estimated: seconds to a minute.</summary>
    public const long LargestAscent = 2_000_000;

    // Three measures need the singular values of one observation.
    private static readonly Once<Snapshot, LayerNorms> s_norms =
        new(static (s, cancellation) => LayerNorms.Of(s.Network, s.V, cancellation));

    private const string Ranking =
        "convolutions as matrices of maps × patch, batch normalization folded without its shifts: no theorem then, for ranking";

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        OverMargin("log10_frobenius_margin", "log₁₀ ∏‖W_k‖_F/γ = log₁₀ 1/γ̃", "SQ Obs 3; T3 Fig 1",
            static _ => 0, BoundAssumptions.Classes, "N"),
        OverMargin("log10_spectral_margin", "log₁₀ ∏‖W_k‖₂^{e_k}/γ", "Bartlett–Foster–Telgarsky 2017, Fig 1", SpectralProduct,
            BoundAssumptions.Classes, "P²/p"),
        OverMargin("log10_golowich", "log₁₀ (√(2 ln 2 · K) + 1) ∏‖W_k‖_F ‖X‖_F/(Nγ)", "Golowich–Rakhlin–Shamir 2018, Thm 1",
            static m => NormBounds.Golowich(Frobenius(m), Inputs(m).Norms), Theorem, "N"),
        OverMargin("log10_neyshabur", "log₁₀ 2^{K−1} ∏‖W_k‖_F ‖X‖_F/(Nγ)", "Neyshabur–Tomioka–Srebro 2015, Thm 1, p = q = 2",
            static m => NormBounds.Neyshabur(Frobenius(m), Inputs(m).Norms), Theorem, "N"),
        OverMargin("log10_pac_bayes", "log₁₀ √(B²K²h ln(4Kh) ∏s_k² Σ‖W_k‖_F²/s_k² /N)/γ, s_k = ‖W_k‖₂, B = max‖x_n‖, h the largest "
            + "side of a matrix, inputs and outputs counted (maps × patch of a convolution)",
            "Neyshabur–Bhojanapalli–Srebro 2018, Thm 1",
            static m => NormBounds.PacBayes(Norms(m), Inputs(m).Norms, CapacityCounts.Width(m.Setting.Network)), Theorem, "P²/p"),
        OverMargin("log10_bartlett", "log₁₀ ∏s_k (Σ(‖W_kᵀ‖_{2,1}/s_k)^{2/3})^{3/2} ‖X‖_F/(Nγ), reference matrices 0, without ln(width)",
            "Bartlett–Foster–Telgarsky 2017, Thm 1.1, eq. 1.2",
            static m => NormBounds.SpectralComplexity(Norms(m)) + Math.Log(Inputs(m).Norms.Frobenius / Inputs(m).Norms.Count), Theorem,
                "P²/p"),
        Path(1), Path(2),
        new()
        {
            Family = Family,
            Name = "fisher_rao",
            Formula = "log₁₀ ‖θ‖_fr, ‖θ‖_fr² = K² mean_n ⟨∂ℓ_n/∂f, f_n⟩²",
            Reference = "Liang–Poggio–Rakhlin–Stokes 2019, Thm 3.1",
            Variant = "labels of the data",
            Cost = "NC",
            Columns = static _ => ["log10_fisher_rao"],
            Refuse = static s => s.Loss is null ? "the scalar equations have no outputs to take the loss of" : FisherRao.Refuse(s.Network),
            Values = static m => [FisherRao.Log(Homogeneity.Of(m.Setting.Network).Degree!.Value, m.Setting.Loss!, m.Snapshot.Outputs,
                m.Snapshot.LogRho,
                m.Snapshot.Targets, m.Setting.Network.Outputs) / Math.Log(10)],
        },
        new()
        {
            Family = Family,
            Name = "ramp_bound",
            Formula = "L̂_γ + c1 ρ R_N(F̃) + c2 √(ln(2/δ)/2N) and its parts: γ the 10 % margin, c1 = 2/γ (C outputs: 4C/γ), c2 = 3, "
                + "δ = 5 %, R_N(F̃) ≤ (√(2 ln 2 · K) + 1) ‖X‖_F/N",
            Reference = "SQ eq. 10, 41 (which prints ln(1/δ)); T3 eq. 31, 32",
            Variant = "R_N(F̃) by Golowich–Rakhlin–Shamir, with a factor √positions per convolution",
            Cost = "N log N",
            Columns = static _ => ["ramp_bound", "ramp_loss", "ramp_complexity", "ramp_confidence"],
            Refuse = static s => BoundAssumptions.Classes(s) ?? BoundAssumptions.Literal(s.Network),
            Values = Ramp,
        },
        new()
        {
            Family = Family,
            Name = "rademacher_linear",
            Formula = "E_σ ‖Σσ_n x_n‖/N (all signs for N ≤ 16, else 100 draws), its standard error, and ‖X‖_F/N ≥ it",
            Reference = "SQ eq. 41; Bartlett–Mendelson 2002",
            Cost = "100 N p once per run",
            Work = static s => new(Operations: 200.0 * (s.Train?.Count ?? 0) * (s.Train?.Inputs ?? 0)),
            Columns = static _ => ["rademacher_linear", "rademacher_linear_error", "rademacher_linear_bound"],
            Refuse = static s => s.Train is null ? "the scalar equations have no training examples" : null,
            Values = static m => Inputs(m).Linear(m.Cancellation) is var linear
                ? [linear.Value, linear.StandardError, Inputs(m).Norms.Frobenius / Inputs(m).Norms.Count] : [],
        },
        new()
        {
            Family = Family,
            Name = "rademacher_network",
            Formula = "R_N(F̃) = E_σ max_{‖V_k‖=1} Σσ_n f̃_n/N from below (ascent, 10 draws), its standard error, and log₁₀ ρ R_N(F̃)",
            Reference = "SQ eq. 42; T3 eq. 32",
            Variant = "lower estimate: 3 starts of an ascent may miss the maximum (about 1 % short where it is known)",
            Need = MeasureNeed.Gradients,
            Cost = "10⁴ N P once per run",
            Work = static s => new(Operations: 2e4 * (s.Train?.Count ?? 0) * s.Network.ParameterCount),
            Columns = static _ => ["rademacher_network", "rademacher_network_error", "log10_rho_rademacher"],
            Refuse = static s => s.Train is null ? "the scalar equations have no training examples"
                : (long)s.Train.Count * s.Network.ParameterCount > LargestAscent ? $"the ascents would take too long: {s.Train.Count} "
                + $"examples times {s.Network.ParameterCount} parameters are more than {LargestAscent}"
                : NetworkRademacher.Refuse(s.Network),
            Values = static m => Inputs(m).Of(m.Setting.Network, m.Cancellation) is var r
                ? [r.Value, r.StandardError, (m.Snapshot.LogRho + Math.Log(r.Value)) / Math.Log(10)] : [],
        },
        new()
        {
            Family = Family,
            Name = "capacity",
            Formula = "W weights (of a convolution once; γ and β of normalizations not counted), and log₁₀ of W K log₂ W: the VC dimension "
                + "up to constants; for reference, they do not change",
            Reference = "Bartlett–Harvey–Liaw–Mehrabian 2019, Thm 3, 6",
            Cost = "1",
            Columns = static _ => ["weight_count", "log10_vc"],
            Refuse = static s => s.Network.Nodes.All(static n => n.Traits.IsPiecewiseLinear) ? null
                : "the count is for piecewise linear units",
            Values = static m => [CapacityCounts.Weights(m.Setting.Network), Math.Log10(CapacityCounts.PiecewiseLinear(m.Setting.Network))],
        },
    ];

    // Complexities are those of V, to go with normalized margins.
    private static Measure OverMargin(string name, string formula, string reference, Func<MeasureInput, double> logComplexity,
        Func<MeasureSetting, string?> refuse, string cost) => new()
        {
            Family = Family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Variant = Ranking,
            Cost = cost,
            Columns = _ => [name, name + "_q10"],
            Refuse = refuse,
            Values = m =>
            {
                var complexity = logComplexity(m);
                return [OverMargin(m, complexity, 0), OverMargin(m, complexity, Quantile)];
            },
        };

    private static Measure Path(int p)
    {
        var name = $"log10_path_l{p}";
        return new()
        {
            Family = Family,
            Name = name,
            Formula = p == 1 ? "log₁₀ φ_1(W), φ_1 = Σ_paths ∏|w|; and over the margin"
                : "log₁₀ φ_2(W), φ_2² = Σ_paths ∏w²; and over the margin",
            Reference = "Neyshabur–Tomioka–Srebro 2015, §3; Neyshabur–Salakhutdinov–Srebro 2015",
            Variant = "shared weights at every position; a maximum passes on its largest sum",
            Cost = "one forward pass of one example",
            Columns = _ => [name, name + "_margin", name + "_margin_q10"],
            Refuse = s => PathNorm.Refuse(s.Network) ?? BoundAssumptions.Classes(s),
            Values = m =>
            {
                var log = LogPath(m.Snapshot, p);
                return [log / Math.Log(10), OverMargin(m, log - m.Snapshot.LogRho, 0), OverMargin(m, log - m.Snapshot.LogRho, Quantile)];
            },
        };
    }

    private static double OverMargin(MeasureInput m, double logComplexity, double quantile)
    {
        var margin = RampBound.MarginAt(m.Snapshot.MarginsArray, quantile);
        return margin > 0 ? (logComplexity - Math.Log(margin)) / Math.Log(10) : double.NaN;
    }

    // log φ_p(W): by homogeneity from V where there is one, so that ρ may leave the range of a double.
    private static double LogPath(Snapshot s, int p)
    {
        if (BoundAssumptions.Sequential(s.Network) is null) return s.LogRho + Math.Log(PathNorm.Of(s.Network, s.V, p));
        var w = (double[])s.VArray.Clone();
        for (var k = 0; k < s.Network.Depth; k++) Vectors.Scale(s.RhoK[k], s.Network.Layers[k].Of(w), s.Network.Layers[k].Of(w));
        return Math.Log(PathNorm.Of(s.Network, w, p));
    }

    private static double[] Ramp(MeasureInput m)
    {
        var margins = m.Snapshot.MarginsArray;
        var gamma = RampBound.MarginAt(margins, Quantile);
        if (!(gamma > 0)) return [double.NaN, double.NaN, double.NaN, double.NaN];
        var bound = RampBound.Of(margins, gamma, Math.Exp(NormBounds.Golowich(Frobenius(m), Inputs(m).Norms)
            + NormBounds.LogSharing(m.Setting.Network)), m.Setting.Network.Outputs, Delta);
        return [bound.Total, bound.Ramp, bound.Complexity, bound.Confidence];
    }

    private static double SpectralProduct(MeasureInput m) => NormsAndDirections.LogProduct(m.Setting.Network, Norms(m).Spectral);

    private static string? Theorem(MeasureSetting setting) => BoundAssumptions.Classes(setting) ?? BoundAssumptions.Chain(setting.Network);

    private static LayerNorms Norms(MeasureInput m) => s_norms.Of(m.Snapshot, m.Cancellation);

    private static double[] Frobenius(MeasureInput m) => [.. m.Setting.Network.Layers.Select(l => Vectors.Norm(l.Of(m.Snapshot.V)))];

    private static TrainingInputs Inputs(MeasureInput m) => TrainingInputs.Of(m.Setting.Train!);
}
