using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Measures.Limits;
using Rhoflow.Measures.Norms;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Equations 51 to 81 of Theory III (2019): weight and batch normalization (§11), the dynamics of ρ (§12), critical points (§13),
/// p-norms (§15), rates for linear networks (§16) and the scaling of ρ (§17).
/// </summary>
internal static class TheoryIIIDynamics
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(51, "11.1", Kind.Flow,
            @"\dot{W}_k^{i,j} = -\frac{\partial L}{\partial W_k^{i,j}} "
            + @"= \sum_{n=1}^N y_n \frac{\partial f(x_n; w)}{\partial W_k^{i,j}} e^{-y_n f(x_n; W)}",
            "T3 eq. 8 weight by weight", typeof(UnconstrainedFlow)),
        Of(52, "11.2", Kind.Flow, @"\dot{g} = \frac{v^T}{\|v\|} \dot{w}",
            "weight normalization w = g v/‖v‖: the gain", typeof(WeightNormalizationFlow), typeof(RowWeightNormalizationFlow),
            typeof(WeightNormalization<>)),
        Of(53, "11.2", Kind.Flow, @"\dot{v} = \frac{g}{\|v\|} S \dot{w}, \quad S = I - \frac{v v^T}{\|v\|^2}",
            "weight normalization w = g v/‖v‖: the vector", typeof(WeightNormalizationFlow), typeof(RowWeightNormalizationFlow),
            typeof(WeightNormalization<>)),
        Of(54, "11.2", Kind.Flow, @"\dot{\rho} = \frac{\partial w}{\partial \rho} \frac{\partial L}{\partial w} = v^T \dot{w}",
            "the same for w = ρv: the norm", typeof(WeightNormalizationFlow)) with
        {
            Corrected = @"\dot{\rho} = -\frac{\partial w}{\partial \rho} \frac{\partial L}{\partial w} = v^T \dot{w}",
            Why = "the minus of descent is missing: ẇ = −∂L/∂w",
        },
        Of(55, "11.2", Kind.Flow, @"\dot{v} = S \rho \dot{w}", "the same for w = ρv: the direction", typeof(WeightNormalizationFlow)),
        Of(56, "11.3", Kind.Derivative,
            @"\dot{\hat{X}} = \frac{\partial \hat{X}}{\partial X} \dot{X}, \quad \frac{\partial \hat{X}}{\partial X} "
            + @"= (\sigma_B^2 + \epsilon)^{-1/2} \left[ -\frac{1}{N} \hat{X} \hat{X}^T + I \right]",
            "what batch normalization does to the derivative (the second formula has no number)", typeof(BatchNormNode)) with
        {
            Corrected = @"\frac{\partial \hat{X}}{\partial X} "
                + @"= (\sigma_B^2 + \epsilon)^{-1/2} \left[ I - \frac{1}{N} \mathbf{1} \mathbf{1}^T - \frac{1}{N} \hat{X} \hat{X}^T "
                + @"\right]",
            Why = "the mean depends on X as well; “I − X̂X̂ᵀ = S” needs the 1/N; ẇ = −∂L/∂w and ẋ = −∇L lack dot and minus",
        },
        Of(57, "11.3", Kind.Definition, @"\|x\|, \|\sigma(W_1 x)\|, \|\sigma(W_2 \sigma(W_1 x))\|, \cdots",
            "the norms that batch normalization controls"),
        Of(58, "12.1", Kind.Flow,
            @"\dot{W}_k^{i,j} = \sum_{n=1}^N y_n \left[ \frac{\partial f(W; x_n)}{\partial W_k^{i,j}} \right] e^{-y_n f(x_n; W)}",
            "T3 eq. 8 weight by weight", typeof(UnconstrainedFlow)),
        Of(59, "12.1", Kind.Law, @"\dot{\|W_k\|} = \frac{1}{\|W_k\|} \sum_{n=1}^N y_n f(W; x_n) e^{-y_n f(W; x_n)}",
            "how the norm of a layer grows"),
        Of(60, "12.1", Kind.Law, @"\dot{\|W_k\|^2} = 2 \sum_{n=1}^N y_n f(W; x_n) e^{-y_n f(W; x_n)}",
            "squared norms grow at the same rate in all layers: ρ_j² − ρ_k² is conserved",
            typeof(Balance), typeof(OneExampleInvariants)) with
        {
            Note = "“∂ρ_k²/∂t grows monotonically” (§5) is not so: ρ_k² grows, its rate goes to 0.",
        },
        Of(61, "12.2", Kind.Law,
            @"\rho_k \dot{\rho}_k = f_V(x) \left( \prod_{i=1}^k \rho_i \right) e^{-\prod_{i=1}^K \rho_i f_V(x)}",
            "the norms on one example at a fixed direction", typeof(NormGrowthFlow), typeof(NormGrowthSolution)) with
        {
            Corrected = @"\rho_k \dot{\rho}_k = f_V(x) \left( \prod_{i=1}^K \rho_i \right) e^{-\prod_{i=1}^K \rho_i f_V(x)}",
            Why = "the first product is over all K layers too",
        },
        Of(62, "12.2", Kind.Law,
            @"\dot{\gamma} = f_V(x)^2 r^2, \quad r \dot{r} = 2 \frac{\log \gamma}{\gamma}, \quad r^2 = \rho_1^2 + \rho_2^2, \ "
            + @"\gamma = e^{\rho_1 \rho_2 f_V(x)}",
            "two layers, in r and γ", typeof(NormGrowthFlow)),
        Of(63, "12.2", Kind.Law, @"\dot{\rho} = f_V(x) K \rho^{K-1} e^{-\rho_k f_V(x)}",
            "K equal layers (ρ is the norm of one of them)", typeof(NormGrowthFlow)) with
        {
            Corrected = @"\dot{\rho} = f_V(x) \rho^{K-1} e^{-\rho^K f_V(x)}",
            Why = "the factor K belongs to the flow of tied layers; ρ_k stands for ρ^K, as far as the flattened text shows",
        },
        Of(64, "12.2", Kind.Law, @"\dot{\left( e^{\rho_k f_V(x)} \right)} = f_V(x)^2 K^2 \rho^{2K-2}",
            "the same for the exponential of the product", typeof(NormGrowthFlow)) with
        {
            Corrected = @"\dot{\left( e^{\rho^K f_V(x)} \right)} = f_V(x)^2 K \rho^{2K-2}",
            Why = "K for K², from T3 eq. 63",
        },
        Of(65, "12.2", Kind.Law, @"\dot{R} = f_V(x)^{\frac{2}{K}} K^2 (\log R)^{2 - \frac{2}{K}}",
            "the same for R = e^{ρ^K f}; for two layers R = li⁻¹(2ft + C), where the print has 4f", typeof(NormGrowthFlow),
            typeof(NormGrowthSolution), typeof(LogarithmicIntegral)) with
        {
            Corrected = @"\dot{R} = K f_V(x)^{\frac{2}{K}} (\log R)^{2 - \frac{2}{K}}",
            Why = "K for K², from T3 eq. 63; at K = 2 the print contradicts T3 eq. 62. The limit K → ∞ needs time rescaled by K",
        },
        Of(66, "13", Kind.Flow,
            @"\dot{V}_k = \rho \sum_n e^{-\rho f_V(x_n)} \frac{\partial f_V(x_n)}{\partial V_k} - 2\lambda_k(\rho) V_k",
            "the flow with Lagrange multipliers; its critical points are where it is 0", typeof(DirectionResidual)) with
        {
            Note = "The sentence before it sets V̇_k(t) = 0, so that the equation is the flow and its zeros the critical points.",
        },
        Of(67, "13", Kind.Equilibrium, @"0 = \sum_n e^{-y_n f(x_n)} (I - V V^T) \frac{\partial f_V(x_n)}{\partial V}",
            "critical points of gradient flow, seen in the directions") with
        {
            Corrected = @"0 = \sum_n y_n e^{-y_n f(x_n)} (I - V V^T) \frac{\partial f_V(x_n)}{\partial V}",
            Why = "y_n stands in the exponent and must stand before it as well, by T3 eq. 21",
        },
        Of(68, "13", Kind.Equilibrium, @"0 = \sum_n e^{-y_n f(x_n)} (I - V V^T) \frac{\partial f_V(x_n)}{\partial V}",
            "T3 eq. 67 once more, for the flow of T3 eq. 14") with
        {
            Corrected = @"0 = \sum_n y_n e^{-y_n f(x_n)} (I - V V^T) \frac{\partial f_V(x_n)}{\partial V}",
            Why = "y_n stands in the exponent and must stand before it as well, by T3 eq. 22",
        },
        Of(69, "13", Kind.Derivative, @"H_{lin} = \sum_n^N x_n x_n^T e^{-x_n^T w}", "the Hessian of one linear layer"),
        Of(70, "13", Kind.Law,
            @"\frac{\partial \tilde{f}(x^*)}{\partial t} = \sum_k \left( \frac{\partial \tilde{f}(x^*)}{\partial V_k} \right)^T \dot{V}_k "
            + @"= \sum_k \frac{\rho}{\rho_k^2} e^{-\rho \tilde{f}(x^*)} "
            + @"\left( \left\| \frac{\partial \tilde{f}(x^*)}{\partial V_k} \right\|_F^2 - \tilde{f}(x^*)^2 \right)",
            "Lemma 9: the margin of the one example that dominates never falls") with
        {
            Note = "The inequality after it is Cauchy and Schwarz's, not sub-multiplicativity. Where several examples matter the hard "
                + "margin can fall; −log L/ρ does not. The remark of §14 must read 2λ = ‖Σ α_n ρ x_n‖ with α_n = e^{−ρv·x_n}: it takes "
                + "the norm inside the sum and has the wrong sign in the exponent.",
        },
        Of(71, "15", Kind.Definition,
            @"S_p = I - \frac{\nu \nu^T}{\|\nu\|_2^2}, \quad \nu_i = \frac{\partial \|w\|_p}{\partial w_i} "
            + @"= \text{sign}(w_i) \circ \left( \frac{|w_i|}{\|w\|_p} \right)^{p-1}",
            "the projector on the tangent space of the p-norm", typeof(TangentFlow)),
        Of(72, "15", Kind.Flow, @"\dot{\rho}_k = V_k^T \dot{W}_k \quad \dot{V}_k = \rho_k S_p \dot{W}_k",
            "gradient flow under ‖V_k‖_p = 1", typeof(LpConstrainedFlow)),
        Of(73, "15", Kind.Flow,
            @"\dot{\rho}_k = \text{sign}(W_k) \circ \left( \frac{|W_k|}{\|W_k\|_p} \right)^{p-1} \cdot \dot{W}_k \quad \dot{V}_k "
            + @"= \frac{I - \text{sign}(W_k) \circ \left( \frac{|W_k|}{\|W_k\|_p} \right)^{p-1} W_k^T}{\|W_k\|_p^{p-1}} \dot{W}_k",
            "gradient flow on the weights, seen in p-norms and directions", typeof(LpReparametrizedFlow)) with
        {
            Corrected = @"\dot{\rho}_k = \nu_k^T \dot{W}_k \quad \dot{V}_k = \frac{I - V_k \nu_k^T}{\|W_k\|_p} \dot{W}_k",
            Why = "the projection is transposed, one 1/‖W‖ is missing and the power is wrong; ρ̇ is right",
        },
        Of(74, "15", Kind.Flow, @"\dot{\rho}_k = V_k^T \dot{W}_k \quad \dot{V}_k = S \rho_k \dot{W}_k",
            "T3 eq. 72 with p = 2: weight normalization", typeof(WeightNormalizationFlow)),
        Of(75, "15", Kind.Flow, @"\dot{\rho}_k = V_k^T \dot{W}_k \quad \dot{v} = \frac{S}{\rho_k} \dot{W}_k",
            "gradient flow on the weights, seen in norms and directions", typeof(ReparametrizedFlow)),
        Of(76, "16", Kind.Flow, @"\dot{\rho} = \frac{1}{\rho} \sum_{n=1}^N e^{-\rho V^T x_n} V^T x_n",
            "gradient flow of one linear layer: its norm", typeof(ReparametrizedFlow)) with
        {
            Corrected = @"\dot{\rho} = \sum_{n=1}^N e^{-\rho V^T x_n} V^T x_n",
            Why = "the factor 1/ρ is too many for one layer",
        },
        Of(77, "16", Kind.Flow, @"\dot{v} = \frac{1}{\rho} \sum_{n=1}^N e^{-\rho v^T x_n} (x_n - v v^T x_n)",
            "gradient flow of one linear layer: its direction", typeof(ReparametrizedFlow)),
        Of(78, "16", Kind.Approximation,
            @"\dot{v} \propto \frac{1}{\rho} \sum_{j=1}^K \alpha_j (I - v v^T) x_j, \quad \alpha_j = e^{-\rho v^T x_j}",
            "the same where only support vectors matter: the error is of first order in e^{−ρΔ}", typeof(GradientDescentResidual)),
        Of(79, "16", Kind.Approximation,
            @"\dot{\epsilon} = \frac{1}{\rho} e^{-\rho v^T x} (x - (x + \epsilon)(x + \epsilon)^T x) "
            + @"= \frac{1}{\rho} e^{-\rho v^T x} (x - x - x\epsilon^T - x\epsilon^T)",
            "the error ε = v − x of the direction under gradient descent, one example: ε ∝ 1/log t", typeof(OneExampleInvariants)) with
        {
            Corrected = @"\dot{\epsilon} = -\frac{1}{\rho} e^{-\rho v^T x} \epsilon + O(\epsilon^2) \approx -\frac{1}{t \log t} \epsilon",
            Why = "x·ε is −½‖ε‖², so that the coefficient of ε is 1; with the 2 of the next line the error would be 1/log² t",
        },
        Of(80, "16", Kind.Approximation, @"\dot{v} \propto e^{-\rho} \rho (I - v v^T) x",
            "the same for weight normalization: ε̇ = −(log t/t)ε, so ε ∝ t^{−½ log t}", typeof(OneExampleInvariants)) with
        {
            Note = "The rate is 1/t^{log √t} (the flattened text reads t^{−1/2} log t, which solves nothing). With a margin γ ≠ 1 it is "
                + "t^{−log t/(2γ²)}; with several support vectors the error is Θ(1/log t), as under gradient descent. “In the linear "
                + "one-layer case BN is identical to WN” after it holds for whitened inputs.",
        },
        Of(81, "17", Kind.Flow, @"\dot{V} = \alpha \frac{1}{\rho} \sum_{n=1}^N e^{-\alpha \rho V^T x_n} (x_n - V V^T x_n)",
            "the direction with ρ scaled by α(t) = 1/log t, log t, log log t or exp t", typeof(ScheduledDirectionFlow),
            typeof(ScheduledRhoFlow), typeof(ScheduledOutputsFlow)) with
        {
            Note = "The paper does not say what ρ is: constant, with α prescribed (reading i), ρ := α(t) (reading ii, figure 7), or moving "
                + "by gradient descent of the same loss (reading iii).",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.TheoryIII, number, section, kind, tex, says) { Types = types };
}
