using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Measures.Bounds;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Formulas of Theoretical issues (PNAS, 2020) without a number: displays, lines of the text, lemmas, theorems.</summary>
internal static class TheoreticalIssuesLines
{
    private static readonly UnnumberedLines.Paper s_paper = new(SourcePapers.TheoreticalIssues);

    /// <summary>By the number of the equation before them.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        s_paper.Wrong(1, "a", "2.C", Kind.Definition, @"(n + 2) N \sim n",
            "parameters of a shallow network with N units", @"(n + 2) N \sim nN", "the units are counted once for each input"),
        s_paper.Right(1, "b", "1.A", Kind.Identity,
            @"\sum_{i,j} W_k^{i,j} \left( \frac{\partial f(x)}{\partial W_k^{i,j}} \right) = f(x)", "structural lemma (before PNAS eq. 1)"),
        s_paper.Right(1, "c", "1.A", Kind.Identity, @"f(W; x) = \prod_{k=1}^K \rho_k f(V_1, \dots, V_K; x_n)",
            "the norms of the layers come out of the network (before PNAS eq. 1)"),
        s_paper.Right(1, "d", "1.A", Kind.Identity, @"R_N(\mathcal{F}) = \rho R_N(\tilde{\mathcal{F}}), \quad \rho = \prod_{k=1}^K \rho_k",
            "the Rademacher complexity scales with the norm (before PNAS eq. 1)", typeof(RademacherComplexity)),
        s_paper.Right(1, "e", "1.A", Kind.Identity, @"\frac{\partial f}{\partial \rho_k} = \frac{\rho}{\rho_k} \tilde{f}",
            "the derivative of f in the norm of one layer (before PNAS eq. 1)"),
        s_paper.Wrong(1, "f", "1.A", Kind.Definition, @"f(W; x) = \sigma(W^K \sigma(W^{K-1} \cdots \sigma(W^1 x)))",
            "a network with one output and labels ±1 (before PNAS eq. 1)", @"f(W; x) = W^K \sigma(W^{K-1} \cdots \sigma(W^1 x))",
            "as T3b eq. 1a: with the outer σ the label −1 is out of reach", typeof(Network)),
        s_paper.Right(1, "g", "2.C", Kind.Identity, @"\#\{\text{parameters in } \mathcal{D}_{N,2}\} = 4N, \quad N = |V| M",
            "parameters of a network on a binary tree with M units a node"),
        s_paper.Wrong(1, "h", "2.C", Kind.Definition, @"e^{-n/m}", "the number of parameters that shows the curse of dimensionality",
            @"\epsilon^{-n/m}", "e for ε: the number grows with the accuracy, as in PNAS eq. 1"),
        s_paper.Right(5, "a", "3.B.2", Kind.Identity, @"\lambda_k = \frac{1}{2} \rho \sum_n e^{-\rho \tilde{f}(x_n)} \tilde{f}(x_n)",
            "the multiplier that keeps ‖V_k‖ = 1", typeof(FixedRhoFlow)),
        s_paper.Right(7, "a", "3.B.2", Kind.Bound,
            @"\rho \tilde{f}(x_n) > 1 \Rightarrow \rho^2 K^2 (\tilde{f}(x_n))^2 > K(K - 2) \rho \tilde{f}(x_n)",
            "Lemma 1: where Σ V_kᵀHV_k' is negative") with
        {
            Note = "Right for that one direction, the radial one, which leaves the spheres; see PNAS eq. 7.",
        },
        s_paper.Right(12, "a", "3.B.3", Kind.Law,
            @"\dot{\|\rho_k\|^2} = 2 \sum_{n=1}^N y_n \rho \tilde{f}(x_n) e^{-y_n \rho \tilde{f}(x_n)}",
            "Lemma 2: squared norms grow at the same rate in all layers"),
        s_paper.Right(14, "a", "3.B.4", Kind.Bound, @"\frac{\partial \tilde{f}}{\partial t} \geq 0",
            "Lemma 4: the margin of the one example that dominates never falls"),
        s_paper.Right(16, "a", "3.B.5", Kind.Derivative,
            @"S = I - v v^T = I - \frac{w w^T}{\|w\|_2^2}, \quad \frac{\partial v}{\partial w} = \frac{S}{\rho}",
            "how the direction moves with the weights", typeof(ReparametrizedFlow)),
        s_paper.Right(16, "b", "3.B.5", Kind.Identity, @"S w = S v = 0, \quad S^2 = S", "S projects on what is orthogonal to w"),
        s_paper.Right(16, "c", "3.B.5", Kind.Derivative,
            @"\frac{\partial f(x_n; W)}{\partial W_k} = \frac{\rho}{\rho_k} \frac{\partial \tilde{f}(V; x_n)}{\partial V_k}",
            "the derivative in the weights by that in the directions", typeof(ReparametrizedFlow)),
        s_paper.Wrong(18, "a", "3.B.5", Kind.Law, @"\dot{V}_k^{(B)} = \rho^2 \dot{V}_k",
            "how far the flow (B) and gradient descent differ", @"\dot{V}_k^{(B)} = \rho_k^2 \dot{V}_k", "as T3 eq. 21a"),
        s_paper.Right(18, "b", "3.B.5", Kind.Flow,
            @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_{n=1}^N e^{-\rho \tilde{f}(x_n)} \tilde{f}(x_n) \quad \dot{V}_k = "
            + @"\frac{\rho}{\rho_k^2} "
            + @"\sum_{n=1}^N e^{-\rho \tilde{f}(x_n)} \left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right)",
            "gradient flow on the weights, seen in norms and directions", typeof(ReparametrizedFlow)),
        s_paper.Wrong(19, "a", "3.C.1", Kind.Law, @"R(t) = \text{li}^{-1}(\tilde{f}(x) K^2 t + C), \quad K = 2",
            "PNAS eq. 19 solved for two layers", @"R(t) = \text{li}^{-1}(2 \tilde{f}(x) t + C)", "as T3 eq. 65a"),
        s_paper.Wrong(19, "b", "3.C.1", Kind.Law,
            @"R(t) = L^{-1}(\alpha_\infty t + C), \quad \alpha_\infty = \lim_{K \to \infty} \tilde{f}(x)^{\frac{2}{K}} K^2",
            "PNAS eq. 19 for K → ∞, L(z) = li(z) − z/log z",
            @"R = L^{-1}(s + C), \quad s = Kt, \quad \lim_{K \to \infty} \tilde{f}(x)^{\frac{2}{K}} = 1", "as T3 eq. 65b"),
        s_paper.Right(19, "c", "3.C.2", Kind.Equilibrium,
            @"\sum_{n=1}^N y_n \frac{\partial f(x_n; w)}{\partial W_k^{i,j}} e^{-y_n f(x_n; W)} = 0",
            "where gradient flow on the weights would rest; not where the data are separated"),
        s_paper.Right(20, "a", "3.C.3", Kind.Equilibrium, @"v^T = \|x\| x^\dagger, \quad x^\dagger = \frac{x^T}{\|x\|^2}, \quad "
            + @"x = \sum_{j=1}^C \alpha_j x_j", "where PNAS eq. 20 rests in v"),
        s_paper.Right(20, "b", "3.C.3", Kind.Law, @"\rho \propto C \log t, \quad e^{-\rho v^T x_n} \propto \frac{1}{t}",
            "norm and pull of one linear layer at late times, C = 1/γ; see T3 eq. 78b"),
        s_paper.Wrong(21, "a", "3.C.3", Kind.Law, @"\dot{\epsilon} = -\frac{1}{t \log t} (2 x \epsilon^T)",
            "PNAS eq. 21 with ρ = log t and e^{−ρ} = 1/t", @"\dot{\epsilon} = -\frac{1}{t \log t} \epsilon",
            "as T3 eq. 79a: the coefficient is 1", typeof(OneExampleInvariants)),
        s_paper.Right(22, "a", "3.C.3", Kind.Law, @"\dot{\epsilon} = -\frac{\log t}{t} \epsilon",
            "PNAS eq. 22 with ρ = log t and e^{−ρ} = 1/t", typeof(OneExampleInvariants)),
        s_paper.Right(22, "b", "3.C.3", Kind.Law, @"\epsilon \propto t^{-\frac{1}{2} \log t}",
            "the rate of weight normalization's direction", typeof(OneExampleInvariants)),
        s_paper.Right(22, "c", "3.D", Kind.Law, @"\frac{\partial \rho_k^2}{\partial t} \text{ is the same for all } k", "Theorem 3.5"),
        s_paper.Right(22, "d", "3.D", Kind.Law, @"\rho \approx \log t", "Theorem 3.6: one layer") with
        {
            Note = "As T3 eq. 25e: (log t)/γ with the margin γ.",
        },
    ];
}
