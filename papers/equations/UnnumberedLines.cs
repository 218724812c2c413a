using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Formulas without a number (in the text, in footnotes and captions) whose print is wrong. Each stands in the table by the numbered
/// equation before it, with a letter.
/// </summary>
internal static class UnnumberedLines
{
    /// <summary>Paper by paper, in the order of their places.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(SourcePapers.TheoryIII, 16, "a", "4.4", Kind.Equilibrium,
            @"H_N = \frac{\partial f_V(x_N)}{\partial V_k} - V_k f_V(x_N) = 0", "what T3 eq. 16 is said to leave at large ρ",
            @"\sum_{n \in SV} \alpha_n H_n = 0, \quad \alpha_n \geq 0",
            "the chain of ≥ before it compares vectors; what vanishes is the weighted sum over the support vectors, as in PNAS eq. 14"),
        Of(SourcePapers.TheoryIII, 21, "a", "4.5.1", Kind.Law, @"\dot{V}_k^{(B)} = \rho^2 \dot{V}_k",
            "how far the flow (B) and gradient descent differ", @"\dot{V}_k^{(B)} = \rho_k^2 \dot{V}_k",
            "“a ρ² factor” is that of one layer; of several it is the square of each layer's own norm"),
        Of(SourcePapers.TheoryIII, 36, "a", "9", Kind.Identity, @"f(\alpha W; x) = \alpha f(W; x)",
            "homogeneity in all weights together (printed before T3 eq. 36)", @"f(\alpha W; x) = \alpha^K f(W; x)",
            "α f is what one layer gives"),
        Of(SourcePapers.TheoryIII, 60, "a", "5", Kind.Law, @"\frac{\partial \rho_k^2}{\partial t} \text{ grows monotonically}",
            "what the discussion says of T3 eq. 60", @"\rho_k^2 \text{ grows monotonically}",
            "§12.1 derives the sign of the rate, not of its change; the rate goes to 0"),
        Of(SourcePapers.TheoryIII, 65, "a", "12.2", Kind.Law, @"R(t) = \text{li}^{-1}(f_V(x) K^2 t + C), \quad K = 2",
            "T3 eq. 65 solved for two layers", @"R(t) = \text{li}^{-1}(2 f_V(x) t + C)", "4f is the K² of T3 eq. 65, K = 2 gives 2f"),
        Of(SourcePapers.TheoryIII, 65, "b", "12.2", Kind.Law,
            @"R(t) = L^{-1}(\alpha_\infty t + C), \quad \alpha_\infty = \lim_{K \to \infty} f_V(x)^{\frac{2}{K}} K^2",
            "T3 eq. 65 for K → ∞, L(z) = li(z) − z/log z",
            @"R = L^{-1}(s + C), \quad s = Kt, \quad \lim_{K \to \infty} f_V(x)^{\frac{2}{K}} = 1",
            "α_∞ is infinite; there is a limit in the time Kt (K²t by the print), in which the constant is 1"),
        Of(SourcePapers.TheoryIII, 70, "a", "14", Kind.Equilibrium, @"\lambda^2 = \sum_n e^{2\rho v^T x_n} \rho^2 x_n^2",
            "the multiplier of one linear layer", @"2\lambda = \left\| \sum_n e^{-\rho v^T x_n} \rho x_n \right\|",
            "the norm is of the sum, not of its terms, and the exponent has a minus; 2λ as in T3 eq. 25"),
        Of(SourcePapers.TheoryIIIb, 24, "a", "11.2", Kind.Equilibrium,
            @"w = \sum_n k_n x_n, \quad e^{-k_n x_n \cdot \sum_j x_j} = k_n \lambda", "where T3b eq. 24 rests",
            @"w = \sum_n k_n x_n, \quad e^{-x_n \cdot \sum_j k_j x_j} = 2\lambda k_n",
            "each k_j belongs inside the sum; 2λ as in T3b eq. 24"),
        Of(SourcePapers.TheoryIIIb, 28, "a", "12.3", Kind.Bound, @"\#\{\text{distinct } \mu_i\} \leq N",
            "eigenvalues of the Hessian at zero square loss", @"\#\{\mu_i \neq 0\} \leq N",
            "zero is an eigenvalue too, of the other directions: N + 1 distinct ones in general"),
        Of(SourcePapers.TheoryIIIb, 44, "a", "12.3.2", Kind.Definition,
            @"x'_n e^{-\frac{1}{2} y_n w'^T x'_n} = x_n \sqrt{f'(w^T x_n)^2 - f''(w^T x_n)} e^{-\frac{1}{2} y_n w^T x_n}",
            "data of the linear system that has the same Hessian",
            @"x'_n e^{-\frac{1}{2} y_n w'^T x'_n} = x_n \sqrt{f'(w^T x_n)^2 - y_n f''(w^T x_n)} e^{-\frac{1}{2} y_n f(w^T x_n)}",
            "y_n is missing before f'', and f in the exponent; the root exists only where f'² ≥ y_n f''"),
        Of(SourcePapers.SquareLoss, 3, "a", "2.3", Kind.Flow, @"\dot{V}_k = \rho S \dot{W}_k",
            "weight normalization (again after SQ eq. 23)", @"\dot{V}_k = \rho_k S_k \dot{W}_k",
            "ρ_k, not their product; “then V̇_k = Ẇ_k/ρ_k” after it lacks S_k and is gradient descent's"),
        Of(SourcePapers.SquareLoss, 5, "a", "2.3", Kind.Equilibrium, @"\dot{\rho} = 0 \Leftrightarrow \sum_n \ell_n f_n = 0",
            "footnote 4: where ρ rests", @"\dot{\rho} = 0 \Leftrightarrow \sum_n \ell_n f_n = -\lambda\rho",
            "by SQ eq. 20; the print is right for λ = 0"),
        Of(SourcePapers.SquareLoss, 9, "a", "3", Kind.Definition, @"\text{ConvNet with 4 layers of fully-connected layers}",
            "caption of figure 1: the network", @"\text{4 layers, convolutional or fully connected}",
            "it cannot be both; figure 6 has convolutions. Read here: fully connected"),
        Of(SourcePapers.SquareLoss, 9, "b", "3", Kind.Definition, @"\text{weight decay of 0.01, no weight decay}",
            "caption of figure 1: the decay", @"\text{weight decay of 0.01}", "the figure is of batch normalization and weight decay"),
        Of(SourcePapers.SquareLoss, 9, "c", "3", Kind.Definition, @"\|W_k\|_F = 5 \text{ at the start}",
            "caption of figure 1: the start", @"\|W_k\|_F = 0.1, 1, 5", "figures 2 to 4 show the same networks from three norms"),
        Of(SourcePapers.SquareLoss, 9, "d", "3", Kind.Definition, @"\rho(0) = 0 \text{ despite an initialization of } \rho_k = 0",
            "caption of figure 7: the start", @"\rho(0) = 0 \text{ despite an initialization of } \rho_k = 0.1 \text{ or } 5",
            "the norms of the start are those of its two rows; “despite” asks for a norm that is not 0"),
        Of(SourcePapers.SquareLoss, 17, "a", "A.2", Kind.Identity, @"\|W\|_F = M \text{ for } M \text{ rows of norm } 1",
            "footnote 16", @"\|W\|_F = \sqrt{M}", "squares of norms add"),
        Of(SourcePapers.TheoreticalIssues, 1, "a", "2.C", Kind.Definition, @"(n + 2) N \sim n",
            "parameters of a shallow network with N units", @"(n + 2) N \sim nN", "the units are counted once for each input"),
        Of(SourcePapers.TheoreticalIssues, 18, "a", "3.B.5", Kind.Law, @"\dot{V}_k^{(B)} = \rho^2 \dot{V}_k",
            "how far the flow (B) and gradient descent differ", @"\dot{V}_k^{(B)} = \rho_k^2 \dot{V}_k", "as T3 eq. 21a"),
    ];

    private static Equation Of(
        Paper paper, int number, string letter, string section, Kind kind, string tex, string says, string corrected, string why) =>
        new(paper, number, section, kind, tex, says) { Letter = letter, Corrected = corrected, Why = why };
}
