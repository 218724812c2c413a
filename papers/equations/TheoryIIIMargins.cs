using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Measures.Bounds;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Equations 26 to 50 of Theory III (2019): landscape (§6), bounds (§7), margins and norms (§8, §9), and techniques that keep norms (§10).
/// </summary>
internal static class TheoryIIIMargins
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(26, "6", Kind.Flow, @"\dot{w} = F(w) = -\nabla_w L(w) = \sum_{n=1}^n x_n^T e^{-x_n^T w}",
            "gradient flow of one linear layer where one example is misclassified", typeof(ScalarSeparator)) with
        {
            Note = "The sum runs over all N examples: here n is both their number and the index.",
        },
        Of(27, "6", Kind.Flow, @"\dot{w} = -x_1 e^{x_1 w^*} + x_2 e^{-x_2 w^*}",
            "one weight, two examples that cannot be separated: rest at w* = log(x₂/x₁)/(x₁ + x₂)", typeof(ScalarSeparator)) with
        {
            Note = "The exponents have w* for w: at w* itself the velocity is 0.",
        },
        Of(28, "6", Kind.Derivative, @"\nabla_w F(w) = -x_1^2 e^{x_1 w} - x_2^2 e^{-x_2 w} < 0",
            "the derivative there: the equilibrium is hyperbolic", typeof(ScalarSeparator)) with
        {
            Note = "“D = 3 and N = 2” after it is no example: two independent points can always be separated. Where x₁ is a negative "
                + "multiple of x₂ there are two zero eigenvalues and a negative one.",
        },
        Of(29, "6", Kind.Equilibrium, @"\sum_{n=1}^N y_n \frac{\partial f(x_n; w)}{\partial W_k^{i,j}} e^{-y_n f(x_n; W)} = 0",
            "where gradient flow on the weights would rest; not where the data are separated") with
        {
            Note = "Theorem 2 after it, that other stationary points have a nonzero eigenvalue, fails at W = 0 with three layers or "
                + "more and where all units are dead.",
        },
        Of(30, "6", Kind.Law, @"p(W_k^{i,j}) = \frac{1}{Z} e^{-\frac{L(f)}{T}}",
            "the Boltzmann density that Langevin's descent goes to", typeof(Sgd)) with
        {
            Note = "Z is infinite for the exponential loss on separable data without weight decay: L → 0 at infinity.",
        },
        Of(31, "7", Kind.Bound, @"L(f) \leq \hat{L}(f) + c_1 R_N(\mathcal{F}) + c_2 \sqrt{\frac{\ln(\frac{1}{\delta})}{2N}}",
            "uniform convergence, with probability 1 − δ", typeof(RampBound)),
        Of(32, "7", Kind.Bound,
            @"L(\rho \tilde{f}) \leq \hat{L}(\rho \tilde{f}) + \rho R_N(\tilde{\mathcal{F}}) + c_2 \sqrt{\frac{\ln(\frac{1}{\delta})}{2N}}",
            "uniform convergence for networks of norm ρ", typeof(RampBound)) with
        {
            Corrected = @"L(\rho \tilde{f}) \leq \hat{L}(\rho \tilde{f}) + c_1 \rho R_N(\tilde{\mathcal{F}}) "
                + @"+ c_2 \sqrt{\frac{\ln(\frac{1}{\delta})}{2N}}",
            Why = "the factor c_1 of T3 eq. 31 is left out",
        },
        Of(33, "7", Kind.Problem, @"\lim_{\rho \to \infty} \arg \min_{\|V_k\| = 1, \ \forall k} L(\rho \tilde{f})",
            "the normalized network that is looked for: the minimizer on the spheres as ρ → ∞", typeof(FixedRhoMinimizer)),
        Of(34, "8", Kind.Problem, @"\min_{\|V_k\| = 1} L(f(\rho_k, V_k))",
            "the loss minimized on the spheres at fixed norms", typeof(FixedRhoMinimizer)),
        Of(35, "8", Kind.Law,
            @"\arg \min_{\|V_k\| = 1, \rho} L(\rho \tilde{f})(x_n) \to \arg \max_{\|V_k\| = 1} \min_n \tilde{f}(x_n)",
            "Theorem 5: minimizers at fixed ρ go to the maximum margin", typeof(FixedRhoMinimizer)),
        Of(36, "9", Kind.Definition, @"\min_{i=1,\dots,N} y_i f(W_K \cdots W_1; x_i)",
            "the functional margin", typeof(HardMargin)) with
        {
            Note = "“f(αW) = αf(W)” before it is right where one layer is scaled; all K layers scaled by α give α^K.",
        },
        Of(37, "9", Kind.Problem,
            @"\max_{W_K,\dots,W_1} \min_i y_i f(W_K, \dots, W_1; x_i), \quad \text{subj. to } \|W_k\| = 1, \ \forall k",
            "the maximum margin problem", typeof(HardMargin)),
        Of(38, "9", Kind.Problem,
            @"\min_{W_k} \frac{1}{2} \|W_k\|^2, \ \forall k \quad \text{subj. to } y_i f(W_K, \dots, W_1; x_i) \geq 1, \ i = 1, \dots, N",
            "Theorem 7: the same as minimum norm at margin 1", typeof(HardMargin)) with
        {
            Corrected = @"\min_{W} \prod_k \|W_k\| \quad \text{subj. to } y_i f(W_K, \dots, W_1; x_i) \geq 1, \ i = 1, \dots, N",
            Why = "minima layer by layer are not defined for more than one layer; the product is what T3 eq. 41 has (or Σ‖W_k‖²)",
        },
        Of(39, "9", Kind.Problem,
            @"\max_{W_K,\dots,W_1,\gamma > 0} \gamma, \quad \text{subj. to } \|W_k\| = 1, \ \forall k, \ y_i f(W_K, \dots, W_1; x_i) "
            + @"\geq \gamma",
            "the maximum margin problem with the margin γ as a variable"),
        Of(40, "9", Kind.Problem,
            @"\max_{W_K,\dots,W_1;\gamma' > 0} \frac{\gamma'}{\rho}, \quad \text{subj. to } y_i f(W_K, \dots, W_1; x_i) \geq \gamma'",
            "the same without the constraint on norms"),
        Of(41, "9", Kind.Problem,
            @"\max_{W_K,\dots,W_1} \frac{1}{\rho}, \quad \text{subj. to } y_i f(W_K, \dots, W_1; x_i) \geq 1",
            "the same at margin 1: the smallest ρ = ∏‖W_k‖", typeof(HardMargin)),
        Of(42, "10.1", Kind.Problem, @"L = \sum_{n=1}^N e^{-\rho f_V(x_n) y_n} + \sum_{k=1}^K \lambda_k (\|V_k\|_p^p - 1)",
            "exponential loss with Lagrange multipliers for p-norms") with
        {
            Note = "A bracket is opened before x_n that is never closed.",
        },
        Of(43, "10.1", Kind.Flow, @"\dot{\rho}_k = \sum_n \frac{\rho}{\rho_k} e^{-\rho(t) f_V(x_n) y_n} f_V(x_n)",
            "its gradient flow in ρ_k", typeof(LagrangeFlow)) with
        {
            Corrected = @"\dot{\rho}_k = \sum_n \frac{\rho}{\rho_k} e^{-\rho(t) f_V(x_n) y_n} y_n f_V(x_n)",
            Why = "y_n stands in the exponent and must stand before f as well, by T3 eq. 42 (T3 eq. 22 has both)",
        },
        Of(44, "10.1", Kind.Flow,
            @"\dot{V}_k = \rho(t) \sum_n e^{-\rho(t) f_V(x_n)} \frac{\partial f_V(x_n)}{\partial V_k}(t) + \lambda_k(t) p V_k^{p-1}(t)",
            "its gradient flow in V_k") with
        {
            Corrected = @"\dot{V}_k = \rho \sum_n e^{-\rho f_V(x_n)} \frac{\partial f_V(x_n)}{\partial V_k} "
                + @"- \lambda_k p \, \text{sign}(V_k) |V_k|^{p-1}",
            Why = "descent on T3 eq. 42 gives −λ_k; the derivative of |V|^p has the sign of V",
        },
        Of(45, "10.1", Kind.Step,
            @"\| V_k(t) + \rho(t) \sum_n e^{-\rho(t) f_V(x_n)} \frac{\partial f_V(x_n)}{\partial V_k} - 2\lambda_k(t) V_k(t) \| = 1",
            "what λ_k must be for a step to stay on the sphere", typeof(Spheres)),
        Of(46, "10.1", Kind.Step, @"\| V_k(t) + g(t) + 2\lambda_k(t) V_k(t) \| = 1",
            "the same with g for the first term", typeof(Spheres)) with
        {
            Corrected = @"\| V_k(t) + g(t) - 2\lambda_k(t) V_k(t) \| = 1",
            Why = "the sign of λ_k in T3 eq. 45",
        },
        Of(47, "10.1", Kind.Step, @"\| \alpha(t) V_k(t) + g(t) \| = 1, \quad \alpha(t) = 1 + 2\lambda_k(t)",
            "the same with α for the factor of V_k", typeof(Spheres)) with
        {
            Corrected = @"\| \alpha(t) V_k(t) + g(t) \| = 1, \quad \alpha(t) = 1 - 2\lambda_k(t)",
            Why = "the sign of λ_k in T3 eq. 45; then λ_k = (1 − α)/2 ≈ ½ V·g, as at T3 eq. 10",
        },
        Of(48, "10.1", Kind.Step, @"\alpha(t) = \sqrt{1 - \|g(t)\|^2 + (V_k^T g(t))^2} - V^T(t) g(t)",
            "the step by Lagrange multipliers; needs ‖g‖² ≤ 1 + (V·g)²", typeof(Spheres)),
        Of(49, "10.2", Kind.Step, @"u(k+1) = u(k) + g(k)",
            "a step, to be divided by its norm (coefficient normalization)", typeof(Spheres)) with
        {
            Note = "Written for maximization, g = μ∇L; descent has g = −η∇L.",
        },
        Of(50, "10.3", Kind.Flow,
            @"\dot{u} = h_g(t) = S g(t) = \left( I - \frac{v v^T}{|v|_2^2} \right) g(t), \quad v = \frac{\partial \|u\|_p}{\partial u}",
            "Theorem 8, the tangent gradient: keeps ‖u‖_p = 1", typeof(TangentFlow), typeof(Spheres)) with
        {
            Note = "For p = ∞ the norm is not differentiable where two coordinates are largest, and grows there: all of them must be "
                + "projected on.",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.TheoryIII, number, section, kind, tex, says) { Types = types };
}
