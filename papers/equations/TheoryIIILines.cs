using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Formulas of Theory III (2019) without a number: displays, lines of the text, theorems, footnotes.</summary>
internal static class TheoryIIILines
{
    private static readonly UnnumberedLines.Paper s_paper = new(SourcePapers.TheoryIII);

    /// <summary>By the number of the equation before them.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        s_paper.Right(1, "a", "2", Kind.Identity, @"\sigma(z) = \frac{\partial \sigma(z)}{\partial z} z",
            "a ReLU is homogeneous (before T3 eq. 1)"),
        s_paper.Right(1, "b", "2", Kind.Identity, @"f(W; x) = \prod_{k=1}^K \rho_k f(V_1, \dots, V_K; x_n)",
            "the norms of the layers come out of the network (before T3 eq. 1)"),
        s_paper.Right(10, "a", "4.2", Kind.Identity, @"\lambda_k = \frac{1}{2} \rho \sum_n e^{-\rho f_V(x_n)} f_V(x_n)",
            "the multiplier that keeps ‖V_k‖ = 1", typeof(FixedRhoFlow)),
        s_paper.Wrong(16, "a", "4.4", Kind.Equilibrium,
            @"H_N = \frac{\partial f_V(x_N)}{\partial V_k} - V_k f_V(x_N) = 0", "what T3 eq. 16 is said to leave at large ρ",
            @"\sum_{n \in SV} \alpha_n H_n = 0, \quad \alpha_n \geq 0",
            "the chain of ≥ before it compares vectors; what vanishes is the weighted sum over the support vectors, as in PNAS eq. 14"),
        s_paper.Right(16, "b", "4.5.1", Kind.Derivative, @"\frac{\partial \|w\|_2}{\partial w} = v", "the norm grows along the direction"),
        s_paper.Right(16, "c", "4.5.1", Kind.Derivative,
            @"\frac{\partial v}{\partial w} = \frac{S}{\rho}, \quad S = I - v v^T = I - \frac{w w^T}{\|w\|_2^2}",
            "how the direction moves with the weights", typeof(ReparametrizedFlow)),
        s_paper.Right(16, "d", "4.5.1", Kind.Identity, @"S w = S v = 0, \quad S^2 = S", "S projects on what is orthogonal to w"),
        s_paper.Right(16, "e", "4.5.1", Kind.Derivative,
            @"\frac{\partial f(x_n; W)}{\partial W_k} = \frac{\rho}{\rho_k} \frac{\partial \tilde{f}(V; x_n)}{\partial V_k}",
            "the derivative in the weights by that in the directions", typeof(ReparametrizedFlow)),
        s_paper.Wrong(21, "a", "4.5.1", Kind.Law, @"\dot{V}_k^{(B)} = \rho^2 \dot{V}_k",
            "how far the flow (B) and gradient descent differ", @"\dot{V}_k^{(B)} = \rho_k^2 \dot{V}_k",
            "“a ρ² factor” is that of one layer; of several it is the square of each layer's own norm"),
        s_paper.Right(25, "a", "4.6", Kind.Identity, @"\lambda = \frac{\rho}{2} \sum_n e^{-\rho v^T x_n} v^T x_n",
            "the multiplier of one linear layer"),
        s_paper.Right(25, "b", "4.6", Kind.Derivative,
            @"H^{ij} = \sum_n e^{-\rho v^T x_n} \rho^2 x_n^i x_n^j + 2\lambda \delta^{ij}",
            "the Hessian of one linear layer with its multiplier"),
        s_paper.Right(25, "c", "4.6", Kind.Derivative,
            @"H^{ij} = \sum_n e^{-\rho v^T x_n} \left( \rho^2 x_n^i x_n^j + \rho v^T x_n \delta^{ij} \right)",
            "T3 eq. 25b with the λ of T3 eq. 25a: positive definite where v separates"),
        s_paper.Right(25, "d", "4.8", Kind.Law, @"\frac{\partial \rho_k^2}{\partial t} \text{ is the same for all } k", "Theorem 1.6"),
        s_paper.Right(25, "e", "4.8", Kind.Law, @"\rho \approx \log t", "Theorem 1.7: one layer") with
        {
            Note = "With the margin γ of the limit it is (log t)/γ; the trial has γ = 1.",
        },
        s_paper.Right(27, "a", "6", Kind.Equilibrium, @"w^* = \frac{\log \left( \frac{x_2}{x_1} \right)}{x_1 + x_2}",
            "where T3 eq. 27 rests",
            typeof(ScalarSeparator)),
        s_paper.Right(35, "a", "8", Kind.Bound,
            @"L(\rho \tilde{f}_1) \leq N e^{-\rho \eta(\tilde{f}_1)} \leq e^{-\rho \eta(\tilde{f}_2)} \leq L(\rho \tilde{f}_2)",
            "proof of Theorem 5: a larger margin η has the smaller loss at large ρ") with
        {
            Note = "From ρ = log N/(η(f̃_1) − η(f̃_2)) on.",
        },
        s_paper.Wrong(36, "a", "9", Kind.Identity, @"f(\alpha W; x) = \alpha f(W; x)",
            "homogeneity in all weights together (printed before T3 eq. 36)", @"f(\alpha W; x) = \alpha^K f(W; x)",
            "α f is what one layer gives"),
        s_paper.Right(38, "a", "9", Kind.Problem,
            @"\max_{\gamma > 0} \gamma, \quad \text{subj. to } y_i f(W_K, \dots, W_1; x_i) \geq \gamma, \ i = 1, \dots, N",
            "the functional margin as the largest bound (after T3 eq. 38)"),
        s_paper.Wrong(39, "a", "9", Kind.Identity,
            @"y_i f(W; x_i) \geq \gamma \Leftrightarrow y_i f \left( \frac{W_K}{\|W_K\|}, \dots, \frac{W_1}{\|W_1\|}; x_i \right) \geq "
            + @"\gamma \rho",
            "the norms are taken into the margin, γ' = γρ",
            @"y_i f \left( \frac{W_K}{\|W_K\|}, \dots, \frac{W_1}{\|W_1\|}; x_i \right) \geq \gamma \Leftrightarrow y_i f(W; x_i) \geq "
            + @"\gamma \rho",
            "the normalized network has the smaller bound: its output is f/ρ"),
        s_paper.Right(41, "a", "9", Kind.Problem,
            @"\max_W \frac{1}{\rho} \Leftrightarrow \min_{\|W_K\|, \dots, \|W_1\|} \rho \Leftrightarrow \min_{\rho_1, \dots, \rho_K} "
            + @"\frac{\rho^2}{2}",
            "the largest margin is the smallest product of norms"),
        s_paper.Right(50, "a", "10.3", Kind.Derivative,
            @"\frac{\partial \|u\|_2}{\partial u} = \frac{u}{\|u\|_2}, \quad \frac{\partial \|u\|_1}{\partial u_j} = \frac{u_j}{|u_j|}, "
            + @"\quad "
            + @"\frac{\partial \|u\|_\infty}{\partial u_j} = \text{sign}(u_k) \delta_{k,j}",
            "normals of the balls for p = 2, 1 and ∞ (k: the largest coordinate)", typeof(TangentFlow)),
        s_paper.Right(53, "a", "11.2", Kind.Law, @"v^T \dot{v} = 0", "weight normalization keeps ‖v‖", typeof(WeightNormalizationFlow)),
        s_paper.Right(55, "a", "11.3", Kind.Definition,
            @"Y^j = \gamma \cdot \hat{X}^j + \beta = \gamma \frac{X^j - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta, \quad "
            + @"\mu_B = \frac{1}{N} \sum_{n=1}^N X_n, \quad \sigma_B^2 = \frac{1}{N} \sum_{n=1}^N (X_n - \mu_B)^2",
            "batch normalization", typeof(BatchNormNode)),
        s_paper.Wrong(55, "b", "11.3", Kind.Identity, @"\hat{X} = \frac{X}{\sigma_B} = \frac{X}{|X|}",
            "its core, without μ_B, β and γ", @"\hat{X} = \frac{X}{\sigma_B} = \sqrt{N} \frac{X}{|X|}",
            "σ_B² is a mean over N examples, so X̂ has the norm √N"),
        s_paper.Wrong(56, "a", "11.3", Kind.Derivative,
            @"\frac{\partial \hat{X}}{\partial X} = (\sigma_B^2 + \epsilon)^{-1/2} \left[ -\frac{1}{N} \hat{X}^T \odot \hat{X} + I \right]",
            "T3 eq. 56 for N × D arrays, D units at once",
            @"\frac{\partial \hat{X}_{nd}}{\partial X_{me}} = \delta_{de} (\sigma_d^2 + \epsilon)^{-1/2} "
            + @"\left[ \delta_{nm} - \frac{1}{N} - \frac{1}{N} \hat{X}_{nd} \hat{X}_{md} \right]",
            "X̂ᵀ ⊙ X̂ has a shape for N = D only (tried there), and is not what each unit's own column gives"),
        s_paper.Wrong(56, "b", "11.3", Kind.Identity, @"I - \hat{X} \hat{X}^T = S", "“notice that”, after T3 eq. 56",
            @"I - \frac{1}{N} \hat{X} \hat{X}^T = S", "X̂ has the norm √N"),
        s_paper.Right(57, "a", "11.3", Kind.Identity, @"\|V\|^2 = \sum_i \|V_i\|_i^2",
            "squared norms of the rows add up to that of the matrix (the last index i is one too many)"),
        s_paper.Right(57, "b", "11.4", Kind.Approximation,
            @"\sum_n e^{-\rho(t) \tilde{f}(x_n)} \sim C \max_n e^{-\rho(t) \tilde{f}(x_n)}",
            "the loss by its C support vectors: the error is of first order in e^{−ρΔ}, Δ the next gap"),
        s_paper.Right(57, "c", "11.4", Kind.Approximation,
            @"g(t) = \rho(t) \sum_n e^{-\rho(t) \tilde{f}(x_n)} \frac{\partial \tilde{f}(x_n)}{\partial V_k} \approx "
            + @"\rho(t) e^{-\rho(t) \eta} \sum_i^C \frac{\partial \tilde{f}(x_i)}{\partial V_k}",
            "the pull by the support vectors: the error is of first order in e^{−ρΔ}"),
        s_paper.Wrong(60, "a", "5", Kind.Bound, @"\frac{\partial \rho_k^2}{\partial t} \text{ grows monotonically}",
            "what the discussion says of T3 eq. 60", @"\rho_k^2 \text{ grows monotonically}",
            "§12.1 derives the sign of the rate, not of its change; the rate goes to 0"),
        s_paper.Wrong(65, "a", "12.2", Kind.Law, @"R(t) = \text{li}^{-1}(f_V(x) K^2 t + C), \quad K = 2",
            "T3 eq. 65 solved for two layers", @"R(t) = \text{li}^{-1}(2 f_V(x) t + C)", "4f is the K² of T3 eq. 65, K = 2 gives 2f"),
        s_paper.Wrong(65, "b", "12.2", Kind.Law,
            @"R(t) = L^{-1}(\alpha_\infty t + C), \quad \alpha_\infty = \lim_{K \to \infty} f_V(x)^{\frac{2}{K}} K^2",
            "T3 eq. 65 for K → ∞, L(z) = li(z) − z/log z",
            @"R = L^{-1}(s + C), \quad s = Kt, \quad \lim_{K \to \infty} f_V(x)^{\frac{2}{K}} = 1",
            "α_∞ is infinite; there is a limit in the time Kt (K²t by the print), in which the constant is 1"),
        s_paper.Right(65, "c", "12.2", Kind.Law, @"K = 1: \quad R \sim t, \quad \rho \sim \log t", "T3 eq. 65 for one layer",
            typeof(NormGrowthSolution)),
        s_paper.Right(65, "d", "12.2", Kind.Identity,
            @"\text{li}(z) = \int_0^z \frac{dt}{\log t}, \quad L(z) = \text{li}(z) - \frac{z}{\log z}",
            "integrals of 1/log z and 1/log² z, which solve T3 eq. 65 for K = 2 and K → ∞", typeof(LogarithmicIntegral)),
        s_paper.Wrong(70, "a", "14", Kind.Equilibrium, @"\lambda^2 = \sum_n e^{2\rho v^T x_n} \rho^2 x_n^2",
            "the multiplier of one linear layer", @"2\lambda = \left\| \sum_n e^{-\rho v^T x_n} \rho x_n \right\|",
            "the norm is of the sum, not of its terms, and the exponent has a minus; 2λ as in T3 eq. 25"),
        s_paper.Right(70, "b", "13", Kind.Bound,
            @"\|\tilde{f}(x^*)\|_F = \left\| V_k^T \frac{\partial \tilde{f}(x^*)}{\partial V_k} \right\|_F "
            + @"\leq \left\| \frac{\partial \tilde{f}(x^*)}{\partial V_k} \right\|_F", "from which T3 eq. 70 is not negative"),
        s_paper.Right(70, "c", "14", Kind.Equilibrium, @"\sum_n \alpha_n(\rho(t)) (x_n - v v^T x_n) = 0",
            "stationary points of one linear layer, α_n = e^{−ρv·x_n}"),
        s_paper.Right(78, "a", "16", Kind.Equilibrium, @"v^* = \|x\| x^\dagger, \quad x = \sum_{j=1}^K \alpha_j x_j, \quad "
            + @"z^\dagger = \frac{z^T}{\|z\|^2}", "where T3 eq. 78 rests: on the direction of x, as a row",
            typeof(GradientDescentResidual)),
        s_paper.Right(78, "b", "16", Kind.Law, @"\rho \propto C \log t, \quad e^{-\rho v^T x_n} \propto \frac{1}{t}",
            "norm and pull of one linear layer at late times, C = 1/γ") with
        {
            Note = "The second is that of support vectors; an example with the margin m > γ has t^{−m/γ}.",
        },
        s_paper.Wrong(79, "a", "16", Kind.Law, @"\dot{\epsilon} = -\frac{1}{t \log t} (2 x \epsilon^T)",
            "T3 eq. 79 with ρ = log t and e^{−ρ} = 1/t", @"\dot{\epsilon} = -\frac{1}{t \log t} \epsilon",
            "the coefficient is 1: with 2 the error would be 1/log² t", typeof(OneExampleInvariants)),
        s_paper.Right(79, "b", "16", Kind.Law, @"\epsilon \propto \frac{1}{\log t}, \quad -\frac{1}{t \log^2 t} = -B \frac{1}{t \log^2 t}",
            "the rate of gradient descent's direction, B = 1", typeof(OneExampleInvariants)),
        s_paper.Right(80, "a", "16", Kind.Law, @"\dot{\epsilon} = -\frac{\log t}{t} \epsilon", "T3 eq. 80 with ρ = log t and e^{−ρ} = 1/t",
            typeof(OneExampleInvariants)) with
        {
            Note = "The text at hand has lost its ε everywhere; PNAS eq. 22a has kept it.",
        },
        s_paper.Right(80, "b", "16", Kind.Law, @"\epsilon \propto t^{-\frac{1}{2} \log t}",
            "the rate of weight normalization's direction, γ = 1",
            typeof(OneExampleInvariants)),
    ];
}
