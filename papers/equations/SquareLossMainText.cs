using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Measures.Bounds;
using Rhoflow.Measures.Equilibrium;
using Rhoflow.Measures.NormalizedLoss;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Equations 1 to 25 of Square loss (Memo 112, 2020): the main text and appendices A, B and C.</summary>
internal static class SquareLossMainText
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(1, "2.1", Kind.Identity, @"\sum_{i,j} \frac{\partial g(W; x)}{\partial W_k^{i,j}} W_k^{i,j} = g(W; x)",
            "structural lemma: g is homogeneous of degree 1 in every layer of weights"),
        Of(2, "2.1", Kind.Identity, @"\left( W_k, \frac{\partial g(W; x)}{\partial W_k} \right) = g(W; x)",
            "the structural lemma with W_k as a vector"),
        Of(3, "2.3", Kind.Loss, @"\mathcal{L} = \sum_n (\rho f_n - y_n)^2 + \nu \sum_k \|V_k\|^2",
            "square loss with a Lagrange multiplier that keeps ‖V_k‖ = 1") with
        {
            Note = "After it, and again after SQ eq. 23: V̇_k = ρSẆ_k must be ρ_kS_kẆ_k, and “if W_k = ρ_kV_k then V̇_k = Ẇ_k/ρ_k” "
                + "lacks S_k and belongs to gradient descent, not to weight normalization.",
        },
        Of(4, "2.3", Kind.Loss, @"\mathcal{L} = \sum_n (\rho f_n - y_n)^2 + \nu \sum_k \|V_k\|^2 + \lambda \rho^2",
            "the same with weight decay", typeof(NormEquilibrium), typeof(NormalizedLossMeasures)),
        Of(5, "2.3", Kind.Flow, @"\dot{\rho} = -2 \left[ \sum_n \rho (f_n)^2 - \sum_n f_n y_n \right] - 2\lambda \rho",
            "the model of batch normalization with weight decay: ρ", typeof(BatchNormWeightDecayFlow), typeof(NormEquilibrium)) with
        {
            Note = "Footnote 4 after it, “ρ̇ = 0 ⇔ Σ ℓ_n f_n = 0”, holds for λ = 0 only; else Σ ℓ_n f_n = −λρ.",
        },
        Of(6, "2.3", Kind.Flow,
            @"\dot{V}_k = 2\rho \sum_n \left[ (\rho f_n - y_n) \left( V_k f_n - \frac{\partial f_n}{\partial V_k} \right) \right]",
            "the model of batch normalization with weight decay: V_k", typeof(BatchNormWeightDecayFlow), typeof(DirectionEquilibrium)),
        Of(7, "2.3.1", Kind.Equilibrium, @"\rho_{eq} = \frac{\sum_n y_n f_n}{\lambda + \sum_n f_n^2}",
            "where ρ rests at fixed V", typeof(NormEquilibrium), typeof(SquareLossGrowth)) with
        {
            Note = "Footnote 6 (ρ ≥ 1) holds only for λ = 0 with all y_n f_n > 0.",
        },
        Of(8, "2.3.1", Kind.Equilibrium,
            @"\sum_n (\rho f_n - y_n) \frac{\partial f_n}{\partial V_k} = \sum_n (\rho f_n - y_n)(V_k^{eq} f_n)",
            "where V_k rests", typeof(DirectionEquilibrium)),
        Of(9, "3", Kind.Equilibrium, @"\sum_n y_n f_n = \rho(\lambda + \sum_n f_n^2)",
            "SQ eq. 7 without the fraction", typeof(NormEquilibrium)) with
        {
            Note = "Observation 1, that ρ grows monotonically to it from a small start, fails for λ > 0 in general: ρ can overshoot, "
                + "or turn negative.",
        },
        Of(10, "4", Kind.Bound, @"L(f) \leq c_1 \rho \mathbb{R}_N(\tilde{\mathbb{F}}) + c_2 \epsilon(N, \delta)",
            "Observation 3: a bound on the expected error that grows with ρ", typeof(RampBound)),
        Of(11, "5", Kind.Equilibrium,
            @"V_k f = [V_L D_{L-1}(x) V_{L-1} \cdots V_{k+1} D_k(x)]^T D_{k-1}(x) V_{k-1} D_{k-2}(x) \cdots D_1(x) V_1 x",
            "constraint on V_k by the other layers, from SQ eq. 40", typeof(ExampleStationarity)) with
        {
            Corrected = @"V_k f = [V_L D_{L-1}(x) V_{L-1} \cdots V_{k+1} D_k(x)]^T "
                + @"[D_{k-1}(x) V_{k-1} D_{k-2}(x) \cdots D_1(x) V_1 x]^T",
            Why = "∂f/∂V_k = a bᵀ: the second factor is transposed",
            Note = "It is not reached: for all examples together it makes every V_k of rank one.",
        },
        Of(12, "A.1", Kind.Flow, @"\dot{g} = \frac{v^T}{\|v\|} \dot{w}", "weight normalization w = g v/‖v‖: the gain",
            typeof(WeightNormalizationFlow), typeof(Normalization)),
        Of(13, "A.1", Kind.Flow, @"\dot{v} = \frac{g}{\|v\|} S \dot{w}, \quad S = I - \frac{v v^T}{\|v\|^2}",
            "weight normalization w = g v/‖v‖: the vector", typeof(WeightNormalizationFlow), typeof(Normalization)),
        Of(14, "A.1", Kind.Flow, @"\dot{\rho} = \frac{\partial w}{\partial \rho} \frac{\partial L}{\partial w} = v^T \dot{w}",
            "the same for w = ρv: the norm", typeof(WeightNormalizationFlow)) with
        {
            Corrected = @"\dot{\rho} = -\frac{\partial w}{\partial \rho} \frac{\partial L}{\partial w} = v^T \dot{w}",
            Why = "the minus of descent is missing: ẇ = −∂L/∂w",
        },
        Of(15, "A.1", Kind.Flow, @"\dot{v} = S \rho \dot{w}", "the same for w = ρv: the direction", typeof(WeightNormalizationFlow)),
        Of(16, "A.2", Kind.Derivative,
            @"\dot{\hat{X}} = \frac{\partial \hat{X}}{\partial X} \dot{X}, \quad \frac{\partial \hat{X}}{\partial X} "
            + @"= (\sigma_B^2 + \epsilon)^{-1/2} \left[ -\frac{1}{N} \hat{X} \hat{X}^T + I \right]",
            "what batch normalization does to the derivative (the second formula has no number)", typeof(BatchNormNode)) with
        {
            Corrected = @"\frac{\partial \hat{X}}{\partial X} "
                + @"= (\sigma_B^2 + \epsilon)^{-1/2} \left[ I - \frac{1}{N} \mathbf{1} \mathbf{1}^T - \frac{1}{N} \hat{X} \hat{X}^T "
                + @"\right]",
            Why = "the mean depends on X as well; “I − X̂X̂ᵀ = S” needs the 1/N; ẇ = −∂L/∂w and ẋ = −∇L lack dot and minus",
        },
        Of(17, "A.2", Kind.Definition, @"\|x\|, \|\sigma(W_1 x)\|, \|\sigma(W_2 \sigma(W_1 x))\|, \dots",
            "the norms that batch normalization controls") with
        {
            Note = "Footnote 16: rows of norm 1 give a matrix of M rows the Frobenius norm √M, not M.",
        },
        Of(18, "B", Kind.Flow, @"\dot{W}_k = -\frac{2}{N} \sum_n (g_n - y_n) \frac{\partial g_n}{\partial W_k}",
            "gradient flow of the mean square loss on the weights", typeof(UnconstrainedFlow)) with
        {
            Note = "Here with 1/N; SQ eq. 3, 4, 5, 6, 20, 21, 22, 23 have the sum.",
        },
        Of(19, "B", Kind.Flow,
            @"\dot{W}_k = -\frac{\partial \mathcal{L}}{\partial W_k} = -\frac{2}{N} \sum_n g_n \frac{\partial g_n}{\partial W_k} "
            + @"+ \frac{2}{N} \sum_n y_n \frac{\partial g_n}{\partial W_k}",
            "SQ eq. 18 in two sums", typeof(UnconstrainedFlow)),
        Of(20, "B.1", Kind.Flow, @"\dot{\rho} = -2 \sum_n \ell_n f_n - 2\lambda\rho",
            "SQ eq. 5 with ℓ_n = ρf_n − y_n", typeof(BatchNormWeightDecayFlow)),
        Of(21, "B.1", Kind.Flow,
            @"\dot{V}_k = -\frac{\partial L}{\partial V_k} = -2 \sum_n (\rho f_n - y_n) \rho \frac{\partial f_n}{\partial V_k} - "
            + @"2\lambda V_k",
            "descent on SQ eq. 4 in V_k", typeof(BatchNormWeightDecayFlow)) with
        {
            Corrected = @"\dot{V}_k = -2 \sum_n (\rho f_n - y_n) \rho \frac{\partial f_n}{\partial V_k} - 2\nu V_k",
            Why = "the multiplier of ‖V_k‖² is ν, not λ",
        },
        Of(22, "B.1", Kind.Flow,
            @"\dot{\rho} = -2 \left[ \sum_n \rho(f_n)^2 - \sum_n f_n y_n \right] - 2\lambda\rho = -2 \sum_n \ell_n f_n - 2\lambda\rho",
            "SQ eq. 5 once more", typeof(BatchNormWeightDecayFlow)),
        Of(23, "B.1", Kind.Flow,
            @"\dot{V}_k = 2 \sum_n \left[ (\rho f_n - y_n) \rho \left( -\frac{\partial f_n}{\partial V_k} \right) "
            + @"+ 2 V_k \rho f_n (\rho f_n - y_n) \right] "
            + @"= 2\rho \sum_n \left[ (\rho f_n - y_n) \left( V_k f_n - \frac{\partial f_n}{\partial V_k} \right) \right]",
            "SQ eq. 6 with ν = −Σ(ρ²f_n² − ρy_nf_n) put in", typeof(BatchNormWeightDecayFlow)) with
        {
            Corrected = @"\dot{V}_k = 2 \sum_n \left[ (\rho f_n - y_n) \rho \left( -\frac{\partial f_n}{\partial V_k} \right) "
                + @"+ V_k \rho f_n (\rho f_n - y_n) \right] "
                + @"= 2\rho \sum_n \left[ (\rho f_n - y_n) \left( V_k f_n - \frac{\partial f_n}{\partial V_k} \right) \right]",
            Why = "the middle form has one factor 2 too many; the last is right",
        },
        Of(24, "C", Kind.Problem,
            @"\min_{W_k} \frac{1}{2} \|W_k\|^2, \ \forall k \quad \text{subj. to } y_i f(W_k, \dots, W_1; x_i) = 1, \ i = 1, \dots, N",
            "minimum norm regression of labels ±1", typeof(MinimumNorm)) with
        {
            Corrected = @"\min_{W} \prod_k \|W_k\| \quad \text{subj. to } y_i f(W_L, \dots, W_1; x_i) = 1, \ i = 1, \dots, N",
            Why = "minima layer by layer are not defined for more than one layer",
        },
        Of(25, "C", Kind.Problem,
            @"\min_{W_k} \frac{1}{2} \|W_k\|^2, \ \forall k \quad \text{subj. to } y_i f(W_k, \dots, W_1; x_i) \geq 1, \ i = 1, \dots, N",
            "minimum norm classification", typeof(HardMargin)) with
        {
            Corrected = @"\min_{W} \prod_k \|W_k\| \quad \text{subj. to } y_i f(W_L, \dots, W_1; x_i) \geq 1, \ i = 1, \dots, N",
            Why = "minima layer by layer are not defined for more than one layer",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.SquareLoss, number, section, kind, tex, says) { Types = types };
}
