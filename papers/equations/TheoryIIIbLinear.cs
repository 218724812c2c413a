using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Equations 1 to 25 of Theory IIIb (2018): dynamical systems and linear networks.</summary>
internal static class TheoryIIIbLinear
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(1, "3", Kind.Identity, @"\sum_{i,j} \frac{\partial f(x)}{\partial (W_k)_{i,j}} (W_k)_{i,j} = f(x)",
            "structural lemma: f is homogeneous of degree 1 in every layer of weights") with
        {
            Note = "The network of §3 is printed with an outer σ, as in T3b eq. 58: then f ≥ 0 and the label −1 is out of reach.",
        },
        Of(2, "4", Kind.Loss, @"L(w) = \sum_{n=1}^N \ell(y_n, f(W; x_n))", "the empirical loss"),
        Of(3, "4", Kind.Flow, @"\dot{W} = -\nabla_W L(W) = F(W)", "gradient flow"),
        Of(4, "4", Kind.Law, @"\lim_{t \to \infty} \frac{w(t)}{\|w(t)\|} = \frac{\tilde{w}}{\|\tilde{w}\|}",
            "the direction goes to the hard-margin solution (Soudry et al.)", typeof(HardMarginSolution)),
        Of(5, "5.1", Kind.Derivative, @"\delta \dot{W} = H_{W_0} \delta W, \quad H_{ij} = -\frac{\partial^2 L}{\partial W_i \partial W_j}",
            "the linearized flow at an equilibrium"),
        Of(6, "5.1", Kind.Flow, @"\dot{W}_k = \sum_{n=1}^N y_n \frac{\partial f(x_n; W)}{\partial W_k} e^{-y_n f(x_n; W)}",
            "gradient flow of the exponential loss", typeof(UnconstrainedFlow)),
        Of(7, "5.1", Kind.Derivative,
            @"J(W)_{kk'} = -\sum_{n=1}^N e^{-y_n f(W_0; x_n)} \left( \frac{\partial f(W; x_n)}{\partial W_k} "
            + @"\frac{\partial f(W; x_n)}{\partial W_{k'}} - y_n \frac{\partial^2 f(W; x_n)}{\partial W_k \partial W_{k'}} \right) "
            + @"\Big|_{W_0}",
            "its Jacobian"),
        Of(8, "5.2", Kind.Flow,
            @"\dot{W}_k = \sum_{n=1}^n y_n \frac{\partial f(x_n; W)}{\partial W_k} e^{-y_n f(x_n; W)} - \lambda_k W_k",
            "gradient flow with weight decay λ_k‖W_k‖²", typeof(UnconstrainedFlow), typeof(RegularizationPath)) with
        {
            Corrected = @"\dot{W}_k = \sum_{n=1}^N y_n \frac{\partial f(x_n; W)}{\partial W_k} e^{-y_n f(x_n; W)} - 2\lambda_k W_k",
            Why = "the derivative of λ‖W‖² is 2λW",
        },
        Of(9, "10", Kind.Identity, @"\phi_t(x_0) = e^{At} x_0", "the flow of a linear system"),
        Of(10, "10", Kind.Definition, @"G(y) = D_X h(h^{-1}(y)) F(h^{-1}(y))", "differentiable conjugacy of two systems"),
        Of(11, "10", Kind.Derivative, @"u' = D_X F(x_{eq}) u \quad \text{and} \quad v' = D_Y G(y_{eq}) v", "their linearizations"),
        Of(12, "10", Kind.Definition, @"h(\phi_t(x)) = \psi_t(h(x))", "topological conjugacy of two flows"),
        Of(13, "11.1", Kind.Loss, @"L(f(w)) = \sum_{n=1}^N (y_n - w^T x_n)^2",
            "square loss of one linear layer", typeof(Losses.SquareLoss)),
        Of(14, "11.1", Kind.Flow, @"\dot{w} = -F(w) = -\nabla_w L(w) = 2 \sum_{n=1}^N E_n x_n^T, \quad E_n = y_n - w^T x_n",
            "its gradient flow", typeof(UnconstrainedFlow), typeof(Losses.SquareLoss)),
        Of(15, "11.1", Kind.Derivative, @"J_F(w) = -\sum_{n=1}^N (x_n^i)(x_n^j)", "its Jacobian", typeof(Losses.SquareLoss)) with
        {
            Corrected = @"J_F(w) = -2 \sum_{n=1}^N (x_n^i)(x_n^j)",
            Why = "the factor 2 of T3b eq. 14 is missing",
        },
        Of(16, "11.1", Kind.Derivative, @"\delta \dot{w} = J_F(w^0) \delta w", "the linearized flow"),
        Of(17, "11.1", Kind.Flow, @"\dot{w} = -\nabla_w (L + \lambda |w|^2) = 2 \sum_{n=1}^N E_n x_n^T - \lambda w",
            "with weight decay", typeof(UnconstrainedFlow), typeof(RegularizationPath)) with
        {
            Corrected = @"\dot{w} = -\nabla_w (L + \lambda |w|^2) = 2 \sum_{n=1}^N E_n x_n^T - 2\lambda w",
            Why = "the derivative of λ|w|² is 2λw",
        },
        Of(18, "11.1", Kind.Derivative, @"J_F(w) = -\sum_{n=1}^N (x_n^i)(x_n^j) - \lambda", "its Jacobian", typeof(Losses.SquareLoss)) with
        {
            Corrected = @"J_F(w) = -2 \sum_{n=1}^N (x_n^i)(x_n^j) - 2\lambda \delta_{ij}",
            Why = "both factors 2 are missing",
        },
        Of(19, "11.1", Kind.Derivative, @"\delta \dot{w} = J_F(w^0) \delta w", "the linearized flow, with weight decay hyperbolic"),
        Of(20, "11.2", Kind.Loss, @"L(f(w)) = \sum_{n=1}^N e^{-w^T x_n y_n}",
            "exponential loss of one linear layer", typeof(ExponentialLoss)),
        Of(21, "11.2", Kind.Flow, @"\dot{w} = F(w) = -\nabla_w L(w) = \sum_{n=1}^N x_n^T e^{-x_n^T w}",
            "its gradient flow", typeof(GradientDescentResidual)),
        Of(22, "11.2", Kind.Derivative, @"J(w) = -\sum_{n=1}^N (x_n^i)(x_n^j) e^{-(w^T x_n)}", "its Jacobian"),
        Of(23, "11.2", Kind.Derivative, @"\delta \dot{w} = J_F(w^0) \delta w", "the linearized flow"),
        Of(24, "11.2", Kind.Flow,
            @"\dot{w} = -\nabla_w (L + \lambda |w|^2) = \sum_{n=1}^N y_n x_n^T e^{-y_n (x_n^T w)} - \lambda w",
            "with weight decay", typeof(UnconstrainedFlow), typeof(RegularizationPath)) with
        {
            Corrected = @"\dot{w} = -\nabla_w (L + \lambda |w|^2) = \sum_{n=1}^N y_n x_n^T e^{-y_n (x_n^T w)} - 2\lambda w",
            Why = "the derivative of λ|w|² is 2λw",
            Note = "The solution after it must read w = Σ k_n x_n with e^{−x_n·Σ_j k_j x_j} = 2λ k_n: the print takes k_n out of the sum.",
        },
        Of(25, "11.2", Kind.Derivative, @"-\sum_{n=1}^N x_n^T x_n e^{-y_n(x_n^T w^0)} - \lambda", "its Jacobian") with
        {
            Corrected = @"-\sum_{n=1}^N x_n x_n^T e^{-y_n(x_n^T w^0)} - 2\lambda I",
            Why = "outer products stand for inner ones, and 2λ for λ",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.TheoryIIIb, number, section, kind, tex, says) { Types = types };
}
