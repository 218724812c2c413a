using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Equations 26 to 64 of Theory IIIb (2018): deep networks (§12), early stopping (§13), growth of weights and remarks (§14).
/// </summary>
internal static class TheoryIIIbDeep
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(26, "12.1", Kind.Loss, @"L(f(w)) = \sum_{n=1}^N (y_n - f(W; x_n))^2",
            "square loss of a deep network", typeof(Losses.SquareLoss)),
        Of(27, "12.1", Kind.Flow,
            @"(\dot{W}_k)_{i,j} = -F_k(w) = -\nabla_{W_k} L(W) = 2 \sum_{n=1}^N E_n \frac{\partial f}{\partial (W_k)_{i,j}}",
            "its gradient flow, E_n = y_n − f_n", typeof(UnconstrainedFlow), typeof(Losses.SquareLoss)),
        Of(28, "12.1", Kind.Derivative,
            @"J(W)_{kk'} = 2 \sum_{n=1}^N ( -(\nabla_{W_k} f_n)(\nabla_{W_{k'}} f_n) + E_n \nabla_{W_k, W_{k'}}^2 f_n ) "
            + @"= -2 \sum_{n=1}^N (\nabla_{W_k} f_n)(\nabla_{W_{k'}} f_n)",
            "its Jacobian at a zero of the loss") with
        {
            Note = "“At most N distinct eigenvalues” (§12.3) must read N eigenvalues other than zero.",
        },
        Of(29, "12.1", Kind.Derivative,
            @"J(W)_{kk'} = -2 \sum_{n=1}^N (\nabla_{W^k} f_n)(\nabla_{W^{k'}} f_n) - \lambda_k \delta_{kk'} \mathbb{I}",
            "the same with weight decay, which the paper takes to be negative definite") with
        {
            Corrected = @"J(W)_{kk'} = 2 \sum_{n=1}^N ( -(\nabla_{W_k} f_n)(\nabla_{W_{k'}} f_n) + E_n \nabla_{W_k, W_{k'}}^2 f_n ) "
                + @"- 2\lambda_k \delta_{kk'} \mathbb{I}",
            Why = "2λ for λ; and E_n does not vanish where decay acts: layers of two units or more leave zero eigenvalues",
        },
        Of(30, "12.2", Kind.Loss, @"L(f(W)) = \sum_{n=1}^N e^{-f(W; x_n) y_n}",
            "exponential loss of a deep network", typeof(ExponentialLoss)),
        Of(31, "12.2", Kind.Flow, @"\dot{W}_k = \sum_{n=1}^N y_n \left[ \frac{\partial f(W; x_n)}{\partial W_k} \right] e^{-y_n f(x_n; W)}",
            "its gradient flow", typeof(UnconstrainedFlow)),
        Of(32, "12.2", Kind.Derivative,
            @"J(W)_{kk'} = -\sum_{n=1}^N e^{-y_n f(W_0; x_n)} \left( \frac{\partial f(W; x_n)}{\partial W_k} "
            + @"\frac{\partial f(W; x_n)}{\partial W_{k'}} - y_n \frac{\partial^2 f(W; x_n)}{\partial W_k \partial W_{k'}} \right) "
            + @"\Big|_{W^0}",
            "its Jacobian") with
        {
            Note = "That the Hessian becomes positive semidefinite near a minimum (§12.3) fails for deep networks: it vanishes with "
                + "its signs.",
        },
        Of(33, "12.2", Kind.Flow,
            @"\dot{W}_k = -\nabla_w(L + \lambda|W_k|^2) "
            + @"= \sum_{n=1}^n y_n \frac{\partial f(W; x_n)}{\partial W_k} e^{-y_n f(x_n; W)} - \lambda_k W_k",
            "with weight decay", typeof(UnconstrainedFlow)) with
        {
            Corrected = @"\dot{W}_k = \sum_{n=1}^N y_n \frac{\partial f(W; x_n)}{\partial W_k} e^{-y_n f(x_n; W)} - 2\lambda_k W_k",
            Why = "the derivative of λ|W|² is 2λW",
        },
        Of(34, "12.2", Kind.Definition, @"g_k^{(n)} = y_n \frac{\partial f}{\partial W_k} e^{-y_n f(W; x_n)}", "an abbreviation"),
        Of(35, "12.2", Kind.Equilibrium, @"\lambda_k (W_k)_{min} = \sum_n g_k^{(n)}",
            "where that flow rests", typeof(UnconstrainedFlow)) with
        {
            Corrected = @"2\lambda_k (W_k)_{min} = \sum_n g_k^{(n)}",
            Why = "2λ for λ, from T3b eq. 33",
        },
        Of(36, "12.2", Kind.Derivative,
            @"J(W)_{kk'} = \sum_n \frac{\partial g_k^{(n)}}{\partial W_{k'}} - \lambda_k \delta_{kk'} \mathbb{I}",
            "its Jacobian, which the paper takes to be definite for any λ > 0") with
        {
            Corrected = @"J(W)_{kk'} = \sum_n \frac{\partial g_k^{(n)}}{\partial W_{k'}} - 2\lambda_k \delta_{kk'} \mathbb{I}",
            Why = "2λ for λ, from T3b eq. 33; layers of two units or more leave zero eigenvalues",
        },
        Of(37, "12.2", Kind.Flow,
            @"\dot{w} = -\frac{\partial L}{\partial w} = \sum_{n=1}^N y_n \frac{\partial f(x_n; w)}{\partial w_i} e^{-y_n f(x_n; w)}",
            "the gradient flow of one layer as a vector w", typeof(UnconstrainedFlow)),
        Of(38, "12.2", Kind.Derivative,
            @"H = \sum_{n=1}^N e^{-f(x_n; w)} \left( \frac{\partial f(x_n; w)}{\partial w} \frac{\partial f(x_n; w)}{\partial w}^T "
            + @"- \frac{\partial^2 f(x_n; w)}{\partial w^2} \right)",
            "its Hessian (y_n absorbed)"),
        Of(39, "12.2", Kind.Identity, @"\|\dot{w}\| = \frac{\partial \|w\|}{\partial w} \dot{w} = \tilde{w} \dot{w}",
            "how the norm moves with the weights", typeof(ReparametrizedFlow)),
        Of(40, "12.2", Kind.Identity, @"\dot{\tilde{w}} = \frac{\partial \tilde{w}}{\partial w} \dot{w} = S \dot{w}",
            "how the direction moves with the weights", typeof(ReparametrizedFlow)) with
        {
            Corrected = @"\dot{\tilde{w}} = S \dot{w}, \quad S = \frac{I - \tilde{w} \tilde{w}^T}{\|w\|}",
            Why = "item (b) before it defines S with w wᵀ for w̃ w̃ᵀ",
        },
        Of(41, "12.2", Kind.Law,
            @"\|\dot{w}\| = \tilde{w}^T \dot{w} = \frac{1}{\|w\|} \sum_{n=1}^N w^T \frac{\partial f(x_n; w)}{\partial w_i} e^{-f(x_n; w)} "
            + @"= \sum_{n=1}^N e^{-\|w\| \tilde{f}(x_n)} \tilde{f}(x_n)",
            "how the norm of a layer grows", typeof(ReparametrizedFlow)) with
        {
            Corrected = @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_{n=1}^N e^{-\rho \tilde{f}(x_n)} \tilde{f}(x_n)",
            Why = "the last form is that of one layer, or of an f̃ that keeps the norms of the other layers",
        },
        Of(42, "12.2", Kind.Definition,
            @"\sum_n e^{-\|w\| \tilde{f}(x_n)} \frac{\partial \tilde{f}(x_n)}{\partial \tilde{w}} = \tilde{B}", "an abbreviation"),
        Of(43, "12.2", Kind.Flow, @"\dot{\tilde{w}} = \frac{I - \tilde{w} \tilde{w}^T}{\|\tilde{w}\|} \tilde{B}",
            "how the direction moves", typeof(ReparametrizedFlow)) with
        {
            Corrected = @"\dot{\tilde{w}} = \frac{I - \tilde{w} \tilde{w}^T}{\|w\|} \tilde{B}",
            Why = "the denominator is the norm of w; that of w̃ is 1",
        },
        Of(44, "12.3.2", Kind.Derivative, @"\frac{\partial^2 f(w^T x_n)}{\partial w_i \partial w_j} = x_n^i x_n^j f''(w^T x_n)",
            "one layer with a nonlinearity: outer products, so rank N at most") with
        {
            Note = "The map of data after it must have f'² − y_n f'' under the root (y_n is missing), and exists only where that is not "
                + "negative.",
        },
        Of(45, "12.3.2", Kind.Derivative,
            @"\frac{\partial^2 f(W; x_n)}{\partial W^k \partial W^{k'}} = \delta_{1k} \delta_{1k'} x_n x_n W^2 \cdot \sigma''(W^1 \cdot "
            + @"x_n) "
            + @"+ [\delta_{2k} \delta_{1k'} x_n + \delta_{2k'} \delta_{1k} x_n] \sigma'(W^1 \cdot x_n)",
            "two layers: derivatives across layers are no outer products"),
        Of(46, "12.3.2", Kind.Derivative,
            @"H_{lin} = \sum_n \left[ (\delta_{k1} W_2 + \delta_{k2} W_1)(\delta_{k'1} W_2 + \delta_{k'2} W_1) x_n x_n^T "
            + @"- y_n (\delta_{k1} \delta_{k'2} x_n + \delta_{k'1} \delta_{k2} x_n) \right] e^{-y_n W_2 W_1 x_n}",
            "the Hessian of a deep linear network of two layers"),
        Of(47, "12.3.2", Kind.Definition, @"h_i(x_i) = \text{sgn}(x_i) |x_i|^{\nu_i / \mu_i}",
            "the conjugacy between two linear flows with eigenvalues μ_i and ν_i", typeof(Conjugacy)),
        Of(48, "13", Kind.Flow,
            @"\dot{\rho}_k = \sum_n \rho_1 \cdots \rho_{i-1} \rho_{i+1} \cdots \rho_K "
            + @"e^{-\prod_{i=1}^K \rho_i \tilde{f}(V_1, \dots, V_K; x_n)} \tilde{f}(x_n)",
            "flow with penalties λ_k(‖V_k‖² − 1): the norms", typeof(FixedMultipliersFlow)) with
        {
            Corrected = @"\dot{\rho}_k = \sum_n \left( \prod_{i \neq k} \rho_i \right) e^{-\prod_{i=1}^K \rho_i \tilde{f}(x_n)} "
                + @"\tilde{f}(x_n)",
            Why = "the factor that is left out is ρ_k",
            Note = "The sum of penalties before it must begin at k = 1.",
        },
        Of(49, "13", Kind.Flow,
            @"\dot{V}_k = \left( \prod_{i=1}^K \rho_i \right) \sum_n e^{-\prod_{i=1}^K \rho_i \tilde{f}(V_1, \dots, V_K; x_n)} "
            + @"\frac{\partial \tilde{f}(x_n)}{\partial V_k} - 2\lambda_k V_k = B_k - 2\lambda_k V_k",
            "flow with penalties λ_k(‖V_k‖² − 1): the matrices V_k, whose norms are free",
            typeof(FixedMultipliersFlow)),
        Of(50, "13", Kind.Law,
            @"\frac{\partial \|V_k\|^2}{\partial t} = \sum_{i,j} (V_k)_{i,j} (\dot{V}_k)_{i,j} "
            + @"= \left( \prod_{k=1}^K \rho_k \right) \sum_n e^{-\prod_{i=1}^K \rho_i \tilde{f}(x_n)} \tilde{f}(x_n) - 2\lambda_k (V_k)^2",
            "how ‖V_k‖² moves under it", typeof(FixedMultipliersFlow)) with
        {
            Corrected = @"\frac{\partial \|V_k\|^2}{\partial t} = 2 \left[ \left( \prod_{i=1}^K \rho_i \right) "
                + @"\sum_n e^{-\prod_{i=1}^K \rho_i \tilde{f}(x_n)} \tilde{f}(x_n) - 2\lambda_k \|V_k\|^2 \right]",
            Why = "the derivative of ‖V‖² is 2⟨V, V̇⟩",
        },
        Of(51, "13", Kind.Law, @"\frac{\partial z^k}{\partial t} = C^k(z, \dots) - 2\lambda_k z^k",
            "T3b eq. 50 for z^k = ‖V_k‖²", typeof(FixedMultipliersFlow)) with
        {
            Corrected = @"\frac{\partial z^k}{\partial t} = 2 \left[ C^k(z, \dots) - 2\lambda_k z^k \right]",
            Why = "the factor 2 of T3b eq. 50; the equilibrium C^k = 2λ_k z^k stays",
        },
        Of(52, "13", Kind.Derivative,
            @"\sum_n \left[ -\left( \prod_{i=1}^K \rho_i^2 \right) \frac{\partial \tilde{f}(V; x_n)}{\partial V_k} "
            + @"\frac{\partial \tilde{f}(V; x_n)^T}{\partial V_{k'}} + \left( \prod_{i=1}^K \rho_i \right) "
            + @"\frac{\partial^2 \tilde{f}(V; x_n)}{\partial V_k \partial V_{k'}} \right] e^{-\prod_{i=1}^K \rho_i \tilde{f}(V; x_n)} - "
            + @"2\lambda \mathbf{I}",
            "its Jacobian in V, which the paper calls the Hessian", typeof(FixedMultipliersFlow)) with
        {
            Corrected = @"\sum_n \left[ -\rho^2 \frac{\partial \tilde{f}(V; x_n)}{\partial V_k} "
                + @"\frac{\partial \tilde{f}(V; x_n)^T}{\partial V_{k'}} + \rho \frac{\partial^2 \tilde{f}(V; x_n)}"
                + @"{\partial V_k \partial V_{k'}} \right] e^{-\rho \tilde{f}(V; x_n)} - 2\lambda_k \delta_{kk'} \mathbf{I}, "
                + @"\quad \rho = \prod_{i=1}^K \rho_i",
            Why = "it is minus the Hessian, and the multiplier stands in the blocks k = k' only",
            Note = "It is not negative semidefinite for λ_k = 0 at large times: the derivatives across layers leave positive eigenvalues.",
        },
        Of(53, "14", Kind.Law,
            @"\rho_k \dot{\rho}_k = \tilde{f}(x) \left( \prod_{i=1}^k \rho_i \right) e^{-\sum_{i=1}^k \rho_i \tilde{f}(x)}",
            "the norms on one example at a fixed direction", typeof(NormGrowthFlow)) with
        {
            Corrected = @"\rho_k \dot{\rho}_k = \tilde{f}(x) \left( \prod_{i=1}^K \rho_i \right) e^{-\prod_{i=1}^K \rho_i \tilde{f}(x)}",
            Why = "the exponent has the product of the norms, not their sum; both run over all K layers",
        },
        Of(54, "14", Kind.Law,
            @"\dot{\gamma} = \tilde{f}(x)^2 r^2, \quad r \dot{r} = 2 \frac{\log \gamma}{\gamma}, \quad r^2 = \rho_1^2 + \rho_2^2, \ "
            + @"\gamma = e^{\rho_1 \rho_2 \tilde{f}(x)}",
            "two layers, in r and γ", typeof(NormGrowthFlow)),
        Of(55, "14", Kind.Law, @"\dot{\rho} = \tilde{f}(x) K \rho^{K-1} e^{-\rho_k \tilde{f}(x)}",
            "K equal layers", typeof(NormGrowthFlow)) with
        {
            Corrected = @"\dot{\rho} = \tilde{f}(x) \rho^{K-1} e^{-\rho^K \tilde{f}(x)}",
            Why = "the factor K belongs to the flow of tied layers; ρ_k stands for ρ^K",
        },
        Of(56, "14", Kind.Law, @"\left( e^{\rho_k \tilde{f}(x)} \right)' = \tilde{f}(x)^2 K^2 \rho^{2K-2}",
            "the same for the exponential of the product", typeof(NormGrowthFlow)) with
        {
            Corrected = @"\left( e^{\rho^K \tilde{f}(x)} \right)' = \tilde{f}(x)^2 K \rho^{2K-2}",
            Why = "K for K², from T3b eq. 55",
        },
        Of(57, "14", Kind.Law, @"\dot{R} = \tilde{f}(x)^{\frac{2}{K}} K^2 (\log R)^{2 - \frac{2}{K}}",
            "the same for R = e^{ρ^K f̃}", typeof(NormGrowthFlow), typeof(NormGrowthSolution)) with
        {
            Corrected = @"\dot{R} = K \tilde{f}(x)^{\frac{2}{K}} (\log R)^{2 - \frac{2}{K}}",
            Why = "K for K², from T3b eq. 55",
        },
        Of(58, "14", Kind.Definition, @"f(x; W) = \sigma(\sigma(\dots \sigma(x^T W_1) W_2 \dots W_{K-1}) W_K)",
            "a network with C outputs", typeof(Network)) with
        {
            Note = "With C outputs under cross-entropy only their differences count, so the outer σ does no harm; the library's networks "
            + "have "
                + "none. With one output and labels ±1 it does (T3b eq. 1a).",
        },
        Of(59, "14", Kind.Loss,
            @"L = -\sum_{n=1}^N \log \left( \frac{e^{f_{y_n}(x_n; W)}}{\sum_{c=1}^C e^{f_c(x_n; W)}} \right)",
            "cross-entropy", typeof(CrossEntropyLoss)),
        Of(60, "14", Kind.Derivative,
            @"\nabla_W L = \sum_{n=1}^N \sum_{c=1}^C \frac{1}{\sum_{c'=1}^C e^{f_{c'}(x_n; W)} - f_c(x_n; W)} "
            + @"\nabla_W (f_c(x_n; W) - f_{y_n}(x_n; W))",
            "its gradient", typeof(CrossEntropyLoss), typeof(UnconstrainedFlow)) with
        {
            Corrected = @"\nabla_W L = \sum_{n=1}^N \sum_{c=1}^C \frac{1}{\sum_{c'=1}^C e^{f_{c'}(x_n; W) - f_c(x_n; W)}} "
                + @"\nabla_W (f_c(x_n; W) - f_{y_n}(x_n; W))",
            Why = "f_c belongs into the exponent",
            Note = "“⟨W*, ∇L⟩ < 0 for any W” after it holds for linear networks and at W = W* only.",
        },
        Of(61, "14", Kind.Flow, @"\dot{w} = F(w) = -\nabla_w L(w) = \sum_{n=1}^n x_n^T e^{-x_n^T w}",
            "gradient flow of one linear layer where one example is misclassified") with
        {
            Note = "The sum runs over all N examples: here n is both their number and the index.",
        },
        Of(62, "14", Kind.Flow, @"\dot{w} = -x_1 e^{x_1 w^*} + x_2 e^{-x_2 w^*}",
            "one weight, two examples that cannot be separated", typeof(ScalarSeparator)) with
        {
            Note = "The exponents have w* for w: at w* itself the velocity is 0.",
        },
        Of(63, "14", Kind.Derivative, @"\nabla_w F(w) = -x_1^2 e^{x_1 w^*} - x_2^2 e^{-x_2 w^*} < 0",
            "the derivative there: the equilibrium is hyperbolic", typeof(ScalarSeparator)),
        Of(64, "14", Kind.Flow, @"\frac{dx}{dt} + \gamma(t) x = 0", "a learning rate that depends on time"),
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.TheoryIIIb, number, section, kind, tex, says) { Types = types };
}
