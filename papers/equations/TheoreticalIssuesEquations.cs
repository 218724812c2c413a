using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Measures.Limits;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>The 22 equations of Theoretical issues (PNAS, 2020), which prints their numbers in brackets.</summary>
internal static class TheoreticalIssuesEquations
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(1, "2.C", Kind.Bound, @"N = O(\epsilon^{-n/m}) \text{ and is the best possible}",
            "Theorem 1: units of a shallow network for accuracy ε") with
        {
            Note = "“(n + 2)N ∼ n” before it counts about nN parameters, not n.",
        },
        Of(2, "2.C", Kind.Bound, @"N = O((n-1)\epsilon^{-2/m})",
            "Theorem 2: units of a deep network for a function with a binary tree"),
        Of(3, "3.B", Kind.Flow,
            @"\dot{W}_k = -\frac{\partial L}{\partial W_k} = \sum_{n=1}^N y_n \frac{\partial f(W; x_n)}{\partial W_k} e^{-y_n f(W; x_n)}",
            "gradient flow of the exponential loss on the weights", typeof(UnconstrainedFlow), typeof(ExponentialLoss)) with
        {
            Note = "The network of §1.A is printed with an outer σ: then f ≥ 0 and the label −1 is out of reach.",
        },
        Of(4, "3.B.1", Kind.Problem, @"L = \sum_n e^{-\rho \tilde{f}(x_n)} + \sum_k \lambda_k \|V_k\|^2",
            "exponential loss with Lagrange multipliers that keep ‖V_k‖ = 1"),
        Of(5, "3.B.2", Kind.Flow,
            @"\dot{V}_k = \rho \sum_n e^{-\rho \tilde{f}(x_n)} "
            + @"\left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right)",
            "the flow (A) of the directions at fixed ρ", typeof(FixedRhoFlow), typeof(FixedRhoMinimizer), typeof(TangentHessian)),
        Of(6, "3.B.2", Kind.Equilibrium,
            @"\sum_n e^{-\rho \tilde{f}(x_n)} \frac{\partial \tilde{f}(x_n)}{\partial V_k} = \sum_n e^{-\rho \tilde{f}(x_n)} V_k "
            + @"\tilde{f}(x_n)",
            "where the flow (A) rests", typeof(DirectionResidual)),
        Of(7, "3.B.2", Kind.Derivative,
            @"\sum_n \left[ -\rho^2 \frac{\partial \tilde{f}(x_n)}{\partial V_k} \frac{\partial \tilde{f}(x_n)}{\partial V_{k'}}^T "
            + @"+ \rho \frac{\partial^2 \tilde{f}(x_n)}{\partial V_k \partial V_{k'}} \right] e^{-\rho \tilde{f}(x_n)} - 2\lambda(\rho) "
            + @"\mathbf{I}",
            "its Jacobian, which Lemma 1 takes to be negative definite", typeof(TangentHessian)) with
        {
            Note = "I is read as ones on the diagonal of the whole matrix: it stands in the blocks k = k' only, the others being of "
                + "different shapes, and λ(ρ) is one number for all layers, by PNAS eq. 5a. The form Σ V_kᵀHV_k' of Lemma 1 is that of "
                + "the radial direction, orthogonal to the spheres. On the tangent space "
                + "eigenvalues vanish for more than one layer.",
        },
        Of(8, "3.B.3", Kind.Equilibrium,
            @"\sum_n e^{-\rho \tilde{f}(x_n)} \left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right) = 0",
            "where the flow (A) rests, for ρ → ∞", typeof(DirectionResidual)),
        Of(9, "3.B.3", Kind.Equilibrium,
            @"\sum_n e^{-R \tilde{f}(x_n)} \left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right) = 0",
            "the same at any large ρ = R", typeof(DirectionResidual)),
        Of(10, "3.B.3", Kind.Flow, @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_n e^{-\rho \tilde{f}(x_n)} \tilde{f}(x_n)",
            "the flow (B) with Lagrange multipliers: ρ_k", typeof(LagrangeFlow)),
        Of(11, "3.B.3", Kind.Flow,
            @"\dot{V}_k = \rho \sum_n e^{-\rho \tilde{f}(x_n)} "
            + @"\left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} + V_k \tilde{f}(x_n) \right)",
            "the flow (B) with Lagrange multipliers: V_k", typeof(LagrangeFlow)) with
        {
            Corrected = @"\dot{V}_k = \rho \sum_n e^{-\rho \tilde{f}(x_n)} "
                + @"\left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right)",
            Why = "with + V_k f the norm of V_k is not kept",
        },
        Of(12, "3.B.3", Kind.Law, @"\dot{\|W_k\|^2} = 2 \sum_{n=1}^N y_n f(W; x_n) e^{-y_n f(x_n; W)}",
            "squared norms grow at the same rate in all layers"),
        Of(13, "3.B.4", Kind.Equilibrium,
            @"\sum_n^N e^{-R \tilde{f}(x_n)} \left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right) = 0",
            "PNAS eq. 9 once more", typeof(DirectionResidual)),
        Of(14, "3.B.4", Kind.Bound,
            @"e^{-R \tilde{f}(x_N)} \left[ H_N + e^{-R \Delta_{min}} \sum_n^{N-1} H_n \right] \geq \sum_{n=1}^N e^{-R \tilde{f}(x_n)} H_n "
            + @"\geq e^{-R \tilde{f}(x_N)} H_N \geq e^{-R \tilde{f}(x_N)} \left[ H_N + e^{-R \Delta_{max}} \sum_n^{N-1} H_n \right]",
            "from which the paper concludes H_N = ∂f/∂V − Vf = 0 at the limit", typeof(KarushKuhnTucker)) with
        {
            Corrected = @"\sum_{n \in SV} \alpha_n H_n = 0, \quad \alpha_n \geq 0",
            Why = "vectors have no order; at the limit the weighted sum over the support vectors vanishes, not one of its terms",
        },
        Of(15, "3.B.4", Kind.Problem, @"\max_{W_k} \min_{i=1,\dots,N} y_i f(W; x_i), \quad \text{subj. to } \|W\| = 1",
            "Lemma 5: the maximum margin problem", typeof(HardMargin)),
        Of(16, "3.B.4", Kind.Problem,
            @"\min_W \frac{1}{2} \|W\|^2, \quad \text{subj. to } y_i f(W; x_i) \geq 1, \ i = 1, \dots, N",
            "Lemma 5: the same as minimum norm at margin 1", typeof(HardMargin)),
        Of(17, "3.B.5", Kind.Flow,
            @"\dot{W}_k = -\frac{\partial L}{\partial W_k} = \sum_{n=1}^N y_n \frac{\partial f(W; x_n)}{\partial W_k} e^{-y_n f(W; x_n)}",
            "PNAS eq. 3 once more", typeof(UnconstrainedFlow)),
        Of(18, "3.B.5", Kind.Identity,
            @"\dot{\rho}_k = \frac{\partial \|W_k\|}{\partial W_k} \frac{\partial W_k}{\partial t} = V_k^T \dot{W}_k \quad "
            + @"\dot{V}_k = \frac{\partial V_k}{\partial W_k} \frac{\partial W_k}{\partial t} = \frac{S_k}{\rho_k} \dot{W}_k",
            "how norm and direction of a layer move with its weights", typeof(ReparametrizedFlow)) with
        {
            Note = "“They differ only by a ρ² factor” after it is right for one layer only; from the flow (B) it differs by ρ_k².",
        },
        Of(19, "3.C.1", Kind.Law, @"\dot{R} = \tilde{f}(x)^{\frac{2}{K}} K^2 (\log R)^{2 - \frac{2}{K}}, \quad R = e^{\rho_k \tilde{f}(x)}",
            "the product of K equal norms on one example", typeof(NormGrowthFlow), typeof(NormGrowthSolution)) with
        {
            Corrected = @"\dot{R} = K \tilde{f}(x)^{\frac{2}{K}} (\log R)^{2 - \frac{2}{K}}, \quad R = e^{\rho^K \tilde{f}(x)}",
            Why = "K² belongs to the flow of tied layers; ρ_k stands for ρ^K, as far as the flattened text shows",
        },
        Of(20, "3.C.3", Kind.Flow,
            @"\dot{\rho} = \sum_{n=1}^N \frac{e^{-\rho v^T x_n}}{\rho} v^T x_n \quad "
            + @"\dot{v} = \sum_{n=1}^N \frac{e^{-\rho v^T x_n}}{\rho} (x_n - v v^T x_n)",
            "gradient flow of one linear layer, in norm and direction", typeof(ReparametrizedFlow)) with
        {
            Corrected = @"\dot{\rho} = \sum_{n=1}^N e^{-\rho v^T x_n} v^T x_n \quad "
                + @"\dot{v} = \sum_{n=1}^N \frac{e^{-\rho v^T x_n}}{\rho} (x_n - v v^T x_n)",
            Why = "the 1/ρ in ρ̇ is too many for one layer",
        },
        Of(21, "3.C.3", Kind.Approximation,
            @"\dot{\epsilon} = \frac{e^{-\rho v^T x}}{\rho} (x - (x + \epsilon)(x + \epsilon)^T x) "
            + @"\approx -\frac{e^{-\rho v^T x}}{\rho} (x\epsilon^T + \epsilon x^T)",
            "the error ε = v − x of the direction under gradient descent, one example: ε ∝ 1/log t", typeof(OneExampleInvariants)) with
        {
            Corrected = @"\dot{\epsilon} = -\frac{e^{-\rho v^T x}}{\rho} \epsilon + O(\epsilon^2) \approx -\frac{1}{t \log t} \epsilon",
            Why = "x·ε is −½‖ε‖², so that the coefficient of ε is 1; with the 2 of the next line the error would be 1/log² t",
        },
        Of(22, "3.C.3", Kind.Approximation, @"\dot{v} \propto e^{-\rho} \rho (I - v v^T) x",
            "the same for weight normalization: ε̇ = −(log t/t)ε, so ε ∝ t^{−½ log t}", typeof(OneExampleInvariants)) with
        {
            Note = "With a margin γ ≠ 1 it is t^{−log t/(2γ²)}; with several support vectors the error is Θ(1/log t).",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.TheoreticalIssues, number, section, kind, tex, says) { Types = types };
}
