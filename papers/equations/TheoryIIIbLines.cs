using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Formulas of Theory IIIb (2018) without a number: displays, lines of the text, theorems.</summary>
internal static class TheoryIIIbLines
{
    private static readonly UnnumberedLines.Paper s_paper = new(SourcePapers.TheoryIIIb);

    /// <summary>By the number of the equation before them.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        s_paper.Wrong(1, "a", "3", Kind.Definition, @"f(W; x) = \sigma(W^K \sigma(W^{K-1} \dots \sigma(W^1 x)))",
            "a network with one output and labels ±1 (before T3b eq. 1)", @"f(W; x) = W^K \sigma(W^{K-1} \dots \sigma(W^1 x))",
            "with the outer σ f is never negative, and the label −1 is out of reach", typeof(Network)),
        s_paper.Right(1, "b", "3", Kind.Identity, @"f(W; x) = \prod_{k=1}^K \rho_k \tilde{f}(V_1, \dots, V_K; x_n)",
            "the norms of the layers come out of the network (before T3b eq. 1)"),
        s_paper.Right(4, "a", "4", Kind.Law, @"w(t) = \tilde{w} \log t + \rho(t)", "one linear layer, ρ(t) bounded (before T3b eq. 4)"),
        s_paper.Right(4, "b", "4", Kind.Problem,
            @"\tilde{w} = \arg \min_{w \in \mathbb{R}^d} \|w\|^2 \quad \text{s.t. } \forall n \ w^T x_n \geq 1",
            "the hard-margin solution that T3b eq. 4 names", typeof(HardMarginSolution)),
        s_paper.Right(9, "a", "10", Kind.Identity, @"\dot{x} = Q \Lambda_A Q^T x \Rightarrow Q^T \dot{x} = \Lambda_A Q^T x",
            "a symmetric linear system by its eigenvalues"),
        s_paper.Right(9, "b", "10", Kind.Identity, @"A = H^{-1} B H, \quad y = H x", "linear conjugacy of x' = Ax and y' = By"),
        s_paper.Wrong(24, "a", "11.2", Kind.Equilibrium,
            @"w = \sum_n k_n x_n, \quad e^{-k_n x_n \cdot \sum_j x_j} = k_n \lambda", "where T3b eq. 24 rests",
            @"w = \sum_n k_n x_n, \quad e^{-x_n \cdot \sum_j k_j x_j} = 2\lambda k_n",
            "each k_j belongs inside the sum; 2λ as in T3b eq. 24"),
        s_paper.Wrong(24, "b", "11.2", Kind.Equilibrium, @"\sum_n x_n e^{-x_n^T w} = \lambda w", "the minimum of T3b eq. 24",
            @"\sum_n x_n e^{-x_n^T w} = 2\lambda w", "2λ for λ, from T3b eq. 24"),
        s_paper.Wrong(28, "a", "12.3", Kind.Bound, @"\#\{\text{distinct } \mu_i\} \leq N",
            "eigenvalues of the Hessian at zero square loss", @"\#\{\mu_i \neq 0\} \leq N",
            "zero is an eigenvalue too, of the other directions: N + 1 distinct ones in general"),
        s_paper.Right(28, "b", "12.1", Kind.Law,
            @"N_k N_{k-1} > n \cdot \min(N_k, N_{k+1}, \dots, N_{H+1}) \Rightarrow 0 \in \text{spec } \nabla^2 L(w^*)",
            "Theorem 4 (Takeuchi): a wide layer leaves a zero eigenvalue at zero square loss"),
        s_paper.Right(36, "a", "12.2", Kind.Derivative, @"\frac{\partial \|w\|}{\partial w} = \tilde{w}", "item (a) before T3b eq. 37"),
        s_paper.Wrong(36, "b", "12.2", Kind.Derivative, @"\frac{\partial \tilde{w}}{\partial w} = \frac{I - w w^T}{\|w\|} = S",
            "item (b): how the direction moves with the weights",
            @"\frac{\partial \tilde{w}}{\partial w} = \frac{I - \tilde{w} \tilde{w}^T}{\|w\|} = S", "the vector of the projection is w̃",
            typeof(ReparametrizedFlow)),
        s_paper.Right(36, "c", "12.2", Kind.Identity, @"S w = S \tilde{w} = 0, \quad \|w\| S^2 = S",
            "items (c) and (d), with the S of T3b eq. 36b corrected"),
        s_paper.Right(36, "d", "12.2", Kind.Identity, @"\frac{\partial \|\tilde{w}\|^2}{\partial w} = 0",
            "item (e): the direction keeps its norm"),
        s_paper.Right(36, "e", "12.2", Kind.Derivative,
            @"\frac{\partial f}{\partial w} = \tilde{w} \tilde{f} + |w| S \frac{\partial \tilde{f}}{\partial \tilde{w}}",
            "the derivative in the weights by that in the direction, f = ‖w‖f̃"),
        s_paper.Right(43, "a", "12.3", Kind.Derivative,
            @"H = 2 \sum_{n=1}^N \left( (\nabla_{W_k} f_n)(\nabla_{W_{k'}} f_n) - E_n \nabla_{W_k W_{k'}}^2 f_n \right)",
            "the Hessian of the square loss"),
        s_paper.Right(43, "b", "12.3", Kind.Derivative,
            @"H_{exp} = \sum_{n=1}^N e^{-y_n f(W; x_n)} \left( \frac{\partial f(W; x_n)}{\partial W_k} "
            + @"\frac{\partial f(W; x_n)}{\partial W_{k'}} - y_n \frac{\partial^2 f(W; x_n)}{\partial W_k \partial W_{k'}} \right)",
            "the Hessian of the exponential loss"),
        s_paper.Right(43, "c", "12.3", Kind.Identity, @"x'_n = \nabla_W f(W; x_n) |_{W_0}",
            "virtual data: the linear network on them has the Hessian of the deep one at zero square loss"),
        s_paper.Wrong(44, "a", "12.3.2", Kind.Definition,
            @"x'_n e^{-\frac{1}{2} y_n w'^T x'_n} = x_n \sqrt{f'(w^T x_n)^2 - f''(w^T x_n)} e^{-\frac{1}{2} y_n w^T x_n}",
            "data of the linear system that has the same Hessian",
            @"x'_n e^{-\frac{1}{2} y_n w'^T x'_n} = x_n \sqrt{f'(w^T x_n)^2 - y_n f''(w^T x_n)} e^{-\frac{1}{2} y_n f(w^T x_n)}",
            "y_n is missing before f'', and f in the exponent; the root exists only where f'² ≥ y_n f''"),
        s_paper.Right(46, "a", "12.3.2", Kind.Derivative,
            @"H^{nl} = \sum_n \left[ \frac{\partial f(W; x_n)}{\partial W_k} \frac{\partial f(W; x_n)}{\partial W_{k'}} "
            + @"- y_n \frac{\partial^2 f(W; x_n)}{\partial W_k \partial W_{k'}} \right] e^{-y_n f(W; x_n)}",
            "the Hessian of a nonlinear network, to be compared with T3b eq. 46"),
        s_paper.Right(46, "b", "12.3.2", Kind.Identity, @"f(W; x) = x^T W_1 D_1(x) W_2 D_2(x) \cdots D_{K-1}(x) W_K",
            "a ReLU network with diagonal matrices of zeros and ones"),
        s_paper.Right(47, "a", "12.3.2", Kind.Approximation, @"\sigma(x) = \frac{x}{1 + e^{-x / \epsilon^2}}",
            "a smooth function for the ReLU: its largest error is of second order in ε"),
        s_paper.Wrong(47, "b", "13", Kind.Loss,
            @"L = \sum_{n=1}^N e^{-f(x_n; w) y_n} + \sum_{k=0}^K \lambda_k (\|V_k\|^2 - 1)",
            "exponential loss with penalties for the norms of V_k",
            @"L = \sum_{n=1}^N e^{-f(x_n; w) y_n} + \sum_{k=1}^K \lambda_k (\|V_k\|^2 - 1)", "layers are counted from 1",
            typeof(FixedMultipliersFlow)),
        s_paper.Right(49, "a", "13", Kind.Identity, @"\frac{\partial \|V_k\|^2}{\partial t} = 2 V_k \dot{V}_k",
            "what T3b eq. 50 is to follow from, and where its 2 is"),
        s_paper.Right(51, "a", "13", Kind.Equilibrium, @"C^k = 2\lambda_k", "where T3b eq. 51 rests with ‖V_k‖ = 1"),
        s_paper.Wrong(57, "a", "14", Kind.Law, @"R(t) = \text{li}^{-1}(\tilde{f}(x) K^2 t + C), \quad K = 2",
            "T3b eq. 57 solved for two layers", @"R(t) = \text{li}^{-1}(2 \tilde{f}(x) t + C)", "as T3 eq. 65a"),
        s_paper.Wrong(57, "b", "14", Kind.Law,
            @"R(t) = \mathcal{L}^{-1}(\alpha_\infty t + C), \quad \alpha_\infty = \lim_{K \to \infty} \tilde{f}(x)^{\frac{2}{K}} K^2",
            "T3b eq. 57 for K → ∞, ℒ(z) = li(z) − z/log z",
            @"R = \mathcal{L}^{-1}(s + C), \quad s = Kt, \quad \lim_{K \to \infty} \tilde{f}(x)^{\frac{2}{K}} = 1", "as T3 eq. 65b"),
        s_paper.Wrong(60, "a", "14", Kind.Bound, @"W^{*T} \nabla_W L < 0 \text{ for any } W",
            "cross-entropy falls along the weights W* that separate the data", @"W^T \nabla_W L < 0 \text{ where } W \text{ separates}",
            "of several layers the derivative along W* mixes the layers of W and W*; the structural lemma speaks for W* = W only"),
        s_paper.Right(62, "a", "14", Kind.Equilibrium, @"w^* = \frac{\log \left( \frac{x_2}{x_1} \right)}{x_1 + x_2}",
            "where T3b eq. 62 rests", typeof(ScalarSeparator)),
        s_paper.Right(64, "a", "14", Kind.Law, @"x(t) = x_0 e^{-\int \gamma(t) dt}", "T3b eq. 64 solved"),
    ];
}
