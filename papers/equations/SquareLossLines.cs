using Rhoflow.Limits;
using Rhoflow.Measures.Bounds;
using Rhoflow.Measures.Equilibrium;
using Rhoflow.Measures.Norms;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Formulas of Square loss (Memo 112, 2020) without a number: displays, lines of the text, lemmas, footnotes and
/// captions.</summary>
internal static class SquareLossLines
{
    private static readonly UnnumberedLines.Paper s_paper = new(SourcePapers.SquareLoss);

    /// <summary>By the number of the equation before them.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        s_paper.Right(1, "a", "1.2", Kind.Identity, @"\rho f_n = y_n \Rightarrow y_n f_n = \frac{1}{\rho_{eq}}",
            "where the loss is zero all margins are 1/ρ (before SQ eq. 1)"),
        s_paper.Right(2, "a", "2.1", Kind.Bound, @"\|x\| = 1 \Rightarrow |f(x)| \leq 1", "footnote 3: outputs of the normalized network"),
        s_paper.Right(2, "b", "2.2", Kind.Loss, @"\mathcal{L} = \frac{1}{N} \sum_n \ell_n^2 = \frac{1}{N} \sum_n (g(x_n) - y_n)^2",
            "mean square loss", typeof(Losses.SquareLoss)),
        s_paper.Wrong(3, "a", "2.3", Kind.Flow, @"\dot{V}_k = \rho S \dot{W}_k",
            "weight normalization (again after SQ eq. 23)", @"\dot{V}_k = \rho_k S_k \dot{W}_k",
            "ρ_k, not their product; “then V̇_k = Ẇ_k/ρ_k” after it lacks S_k and is gradient descent's"),
        s_paper.Right(3, "b", "2.3", Kind.Identity, @"\nu = -\sum_n (\rho^2 f_n^2 - \rho y_n f_n)",
            "the multiplier that keeps ‖V_k‖ = 1 (again in B.1 and §6.1)"),
        s_paper.Wrong(5, "a", "2.3", Kind.Equilibrium, @"\dot{\rho} = 0 \Leftrightarrow \sum_n \ell_n f_n = 0",
            "footnote 4: where ρ rests", @"\dot{\rho} = 0 \Leftrightarrow \sum_n \ell_n f_n = -\lambda\rho",
            "by SQ eq. 20; the print is right for λ = 0"),
        s_paper.Wrong(5, "b", "2.3", Kind.Equilibrium, @"\sum \ell_n \frac{\partial f_n}{\partial V_k} = 0",
            "footnote 4: where ρ and V_k rest", @"\sum_n \ell_n \frac{\partial f_n}{\partial V_k} = -\lambda \rho V_k",
            "by SQ eq. 5a and 8; the print is right for λ = 0", typeof(DirectionEquilibrium)),
        s_paper.Wrong(8, "a", "3", Kind.Bound, @"\rho \geq 1", "footnote 6: a critical point needs at least this norm",
            @"\rho \geq 1 \text{ for } \lambda = 0 \text{ and } 0 < y_n f_n \leq 1",
            "decay and examples of the wrong sign make ρ_eq smaller"),
        s_paper.Wrong(9, "a", "3", Kind.Definition, @"\text{ConvNet with 4 layers of fully-connected layers}",
            "caption of figure 1: the network", @"\text{4 layers, convolutional or fully connected}",
            "it cannot be both; figure 6 has convolutions. Read here: fully connected"),
        s_paper.Wrong(9, "b", "3", Kind.Definition, @"\text{weight decay of 0.01, no weight decay}",
            "caption of figure 1: the decay", @"\text{weight decay of 0.01}", "the figure is of batch normalization and weight decay"),
        s_paper.Wrong(9, "c", "3", Kind.Definition, @"\|W_k\|_F = 5 \text{ at the start}",
            "caption of figure 1: the start", @"\|W_k\|_F = 0.1, 1, 5", "figures 2 to 4 show the same networks from three norms"),
        s_paper.Wrong(9, "d", "3", Kind.Definition, @"\rho(0) = 0 \text{ despite an initialization of } \rho_k = 0",
            "caption of figure 7: the start", @"\rho(0) = 0 \text{ despite an initialization of } \rho_k = 0.1 \text{ or } 5",
            "the norms of the start are those of its two rows; “despite” asks for a norm that is not 0"),
        s_paper.Right(15, "a", "A.2", Kind.Definition,
            @"Y^j = \gamma \cdot \hat{X}^j + \beta = \gamma \frac{X^j - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta, \quad "
            + @"\mu_B = \frac{1}{N} \sum_{n=1}^N X_n, \quad \sigma_B^2 = \frac{1}{N} \sum_{n=1}^N (X_n - \mu_B)^2",
            "batch normalization", typeof(BatchNormNode)),
        s_paper.Wrong(15, "b", "A.2", Kind.Identity, @"\hat{X} = \frac{X}{\sigma_B} = \frac{X}{|X|}",
            "its core, without μ_B, β and γ", @"\hat{X} = \frac{X}{\sigma_B} = \sqrt{N} \frac{X}{|X|}", "as T3 eq. 55b"),
        s_paper.Wrong(16, "a", "A.2", Kind.Derivative,
            @"\frac{\partial \hat{X}}{\partial X} = (\sigma_B^2 + \epsilon)^{-1/2} \left[ -\frac{1}{N} \hat{X}^T \odot \hat{X} + I \right]",
            "SQ eq. 16 for N × D arrays, D units at once",
            @"\frac{\partial \hat{X}_{nd}}{\partial X_{me}} = \delta_{de} (\sigma_d^2 + \epsilon)^{-1/2} "
            + @"\left[ \delta_{nm} - \frac{1}{N} - \frac{1}{N} \hat{X}_{nd} \hat{X}_{md} \right]", "as T3 eq. 56a"),
        s_paper.Wrong(16, "b", "A.2", Kind.Identity, @"I - \hat{X} \hat{X}^T = S", "“notice that”, after SQ eq. 16",
            @"I - \frac{1}{N} \hat{X} \hat{X}^T = S", "X̂ has the norm √N"),
        s_paper.Wrong(17, "a", "A.2", Kind.Identity, @"\|W\|_F = M \text{ for } M \text{ rows of norm } 1",
            "footnote 16", @"\|W\|_F = \sqrt{M}", "squares of norms add"),
        s_paper.Right(17, "b", "A.2", Kind.Identity, @"\|V\|^2 = \sum_i \|V_i\|_i^2",
            "squared norms of the rows add up to that of the matrix (the last index i is one too many)"),
        s_paper.Right(23, "a", "B.1", Kind.Derivative,
            @"\frac{\partial g_n(W)}{\partial W_k} = \frac{\rho}{\rho_k} \frac{\partial f_n(V)}{\partial V_k}",
            "the derivative in the weights by that in the directions"),
        s_paper.Wrong(23, "b", "B.1", Kind.Derivative,
            @"\frac{\partial g_n(W)}{\partial W_k} = \rho \frac{\partial f_n(V)}{\partial V_k}, \ \forall k < L, \quad "
            + @"\frac{\partial g_n(W)}{\partial W_L} = \frac{\partial f_n(V)}{\partial V_k}",
            "the same with ρ_k = 1 below the last layer, as the model of batch normalization has it",
            @"\frac{\partial g_n(W)}{\partial W_k} = \rho \frac{\partial f_n(V)}{\partial V_k}, \ \forall k < L, \quad "
            + @"\frac{\partial g_n(W)}{\partial W_L} = \frac{\partial f_n(V)}{\partial V_L}",
            "the last derivative is in V_L: V_k has another shape"),
        s_paper.Right(25, "a", "D", Kind.Law, @"\frac{\partial \rho_k^2}{\partial t} \text{ is independent of } k", "Lemma 3",
            typeof(Balance)),
        s_paper.Right(28, "a", "D", Kind.Equilibrium, @"\rho = \frac{\sum y_n f_n}{\sum f_n^2}",
            "where SQ eq. 28 ends at a fixed direction",
            typeof(SquareLossGrowth)),
        s_paper.Right(34, "a", "E.2", Kind.Equilibrium, @"v v^T x = x, \quad x = \sum_{j=1}^N \alpha_j x_j, \quad \|x\| = 1 \Rightarrow v "
            + @"= x",
            "where SQ eq. 34 rests"),
        s_paper.Right(36, "a", "E.3", Kind.Identity,
            @"\hat{f} = V^T \frac{\hat{\partial} f}{\partial V_k}, \quad \hat{f} = \sum_j \alpha_j f_j",
            "the output of SQ eq. 36 (footnote 14)"),
        s_paper.Right(41, "a", "F", Kind.Loss,
            @"\ell_\gamma(y, y') = 1 \ (y y' \leq 0), \quad 1 - \frac{y y'}{\gamma} \ (0 \leq y y' \leq \gamma), \quad 0 \ (y y' \geq "
            + @"\gamma)",
            "the ramp loss", typeof(RampBound)),
        s_paper.Wrong(41, "b", "F", Kind.Bound, @"\ell_{\gamma = 0}(y, y') < \ell_{\gamma > 0}(y, y')",
            "the classification error is below the ramp loss", @"\ell_{\gamma = 0}(y, y') \leq \ell_{\gamma > 0}(y, y')",
            "both are 1 where the sign is wrong and 0 beyond γ"),
        s_paper.Right(45, "a", "G", Kind.Derivative, @"h_{i,c}^T = \frac{\partial f(x_{i,c})}{\partial V_L^c}",
            "features of the last layer are its derivative"),
        s_paper.Wrong(45, "b", "G", Kind.Equilibrium, @"\rho f_i = \frac{1}{\rho_{eq}}", "outputs at zero loss, before Corollary 4",
            @"f_i = \frac{1}{\rho_{eq}}", "ρf_i is 1 there (SQ eq. 1a)"),
        s_paper.Right(45, "c", "G", Kind.Equilibrium, @"h^T(x_{i,c}) = V_L^c f^c(x_i)", "Corollary 4 (NC1, NC3): features at convergence",
            typeof(ExampleStationarity)) with
        {
            Note = "It is SQ eq. 48 for the last layer: the trial has one example, of which descent does come to rest there.",
        },
        s_paper.Wrong(47, "a", "G", Kind.Equilibrium, @"f_1 = f_i, \quad \forall i = 2, \dots, N", "what SQ eq. 47 is said to enforce",
            @"f_1 = f_i \text{ for the support vectors}", "examples of larger margin drop out of the sum as ρ grows"),
        s_paper.Right(50, "a", "H", Kind.Derivative, @"f(x) = a^T V_k b, \quad \frac{\partial f}{\partial V_k} = a b^T",
            "the derivative in one layer is an outer product"),
        s_paper.Wrong(54, "a", "H.2", Kind.Equilibrium, @"V_3 \propto \frac{\partial f}{\partial V_3} = V_4^T (V_2 V_1)^T",
            "orthogonal matrices in four linear layers", @"\frac{\partial f}{\partial V_3} = V_4^T (V_2 V_1 x)^T",
            "x is left out: V_4 has one row, so the derivative has rank one and no orthogonal matrix is parallel to it"),
        s_paper.Right(56, "a", "H.3", Kind.Identity,
            @"f = V_L \dots V_1 D_{L-1}(x) \dots D_1(x) x = V_L \dots V_1 \tilde{x}, \quad \tilde{x} = D_{L-1}(x) \dots D_1(x) x",
            "diagonal layers commute with the matrices D"),
        s_paper.Right(56, "b", "H.3", Kind.Derivative,
            @"\frac{\partial \hat{f}}{\partial V_k^i} = V_L^i \cdots V_{k+1}^i V_{k-1}^i \cdots \hat{x}^i",
            "the derivative in one diagonal weight"),
        s_paper.Right(56, "c", "H.3", Kind.Equilibrium, @"V_4^i \hat{f} = V_3^i V_2^i V_1^i \hat{x}^i",
            "critical points of four diagonal layers",
            typeof(DiagonalEquilibrium)),
        s_paper.Right(56, "d", "H.3", Kind.Equilibrium, @"\hat{f}^2 = (V_2^i V_1^i \hat{x}^i)^2 = (V_3^i V_1^i \hat{x}^i)^2 = \dots",
            "what SQ eq. 56c and its like imply; SQ eq. 57 does not follow from it", typeof(DiagonalEquilibrium)),
    ];
}
