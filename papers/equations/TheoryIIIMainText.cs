using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Bounds;
using Rhoflow.Measures.Limits;
using Rhoflow.Measures.NormalizedLoss;
using Rhoflow.Networks;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Equations 1 to 25 of Theory III (2019): the main text.</summary>
internal static class TheoryIIIMainText
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(1, "2", Kind.Identity, @"R_N(\mathcal{F}) = \rho R_N(\tilde{\mathcal{F}})",
            "the Rademacher complexity of the networks is ρ times that of the normalized networks", typeof(RademacherComplexity)),
        Of(2, "2", Kind.Identity, @"\frac{\partial f}{\partial \rho_k} = \frac{\rho}{\rho_k} \tilde{f}",
            "the derivative of f in the norm of one layer"),
        Of(3, "2", Kind.Identity, @"\sum_{i,j} \frac{\partial f(x)}{\partial W_k^{i,j}} W_k^{i,j} = f(x)",
            "structural lemma: f is homogeneous of degree 1 in every layer of weights", typeof(Scaling)),
        Of(4, "2", Kind.Identity, @"\left( W_k, \frac{\partial f(x)}{\partial W_k} \right) = f(x)",
            "the structural lemma with W_k as a vector"),
        Of(5, "2", Kind.Identity, @"\left( W_k, \frac{\partial^2 f(x)}{\partial W_k^2} \right) = 0",
            "the second derivative in one layer along its weights vanishes (ReLU and linear networks)", typeof(Activation)),
        Of(6, "2", Kind.Identity, @"\left( V_k, \frac{\partial \tilde{f}(x)}{\partial V_k} \right) = \tilde{f}(x)",
            "the structural lemma for the normalized network"),
        Of(7, "2", Kind.Flow, @"\dot{W} \equiv \frac{dW}{dt} = -\gamma(t) \nabla_W(L(f))",
            "gradient flow with learning rate γ(t), which the paper sets to 1 afterwards"),
        Of(8, "4", Kind.Flow,
            @"\dot{W}_k = -\frac{\partial L}{\partial W_k} = \sum_{n=1}^N y_n \frac{\partial f(W; x_n)}{\partial W_k} e^{-y_n f(W; x_n)}",
            "gradient flow of the exponential loss on the weights", typeof(UnconstrainedFlow), typeof(ExponentialLoss)),
        Of(9, "4.1", Kind.Problem, @"L = \sum_n e^{-\rho f_V(x_n)} + \sum_k \lambda_k \|V_k\|^2",
            "exponential loss with Lagrange multipliers that keep ‖V_k‖ = 1"),
        Of(10, "4.2", Kind.Flow,
            @"\dot{V}_k = \rho \sum_n e^{-\rho f_V(x_n)} \left( \frac{\partial f_V(x_n)}{\partial V_k} - V_k f_V(x_n) \right)",
            "the flow (A) of the directions at fixed ρ; λ_k = ½ρ Σ e^{−ρf_n} f_n",
            typeof(FixedRhoFlow), typeof(ScheduledRhoFlow), typeof(FixedRhoMinimizer), typeof(NormalizedLossMeasures)),
        Of(11, "4.2", Kind.Equilibrium,
            @"\sum_n e^{-\rho f_V(x_n)} \frac{\partial f_V(x_n)}{\partial V_k} = \sum_n e^{-\rho f_V(x_n)} V_k f_V(x_n)",
            "where the flow (A) rests", typeof(DirectionResidual)),
        Of(12, "4.3", Kind.Equilibrium,
            @"\sum_n e^{-\rho f_V(x_n)} \left( \frac{\partial f_V(x_n)}{\partial V_k} - V_k f_V(x_n) \right) = 0",
            "where the flow (A) rests, for ρ → ∞", typeof(DirectionResidual)),
        Of(13, "4.3", Kind.Equilibrium,
            @"\sum_n e^{-R \tilde{f}(x_n)} \left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right) = 0",
            "the same at any large ρ = R", typeof(DirectionResidual)),
        Of(14, "4.3", Kind.Flow,
            @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_n e^{-\rho f_V(x_n)} f_V(x_n) \quad "
            + @"\dot{V}_k = \rho \sum_n e^{-\rho f_V(x_n)} \left( \frac{\partial f_V(x_n)}{\partial V_k} + V_k f_V(x_n) \right)",
            "the flow (B) with Lagrange multipliers, in ρ_k and V_k", typeof(LagrangeFlow)) with
        {
            Corrected = @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_n e^{-\rho f_V(x_n)} f_V(x_n) \quad "
                + @"\dot{V}_k = \rho \sum_n e^{-\rho f_V(x_n)} \left( \frac{\partial f_V(x_n)}{\partial V_k} - V_k f_V(x_n) \right)",
            Why = "with + V_k f the norm of V_k is not kept; T3 eq. 22 has the sign right",
        },
        Of(15, "4.3", Kind.Equilibrium,
            @"\dot{V}_k = R \sum_n e^{-R \tilde{f}(x_n)} \left[ \frac{\partial \tilde{f}(x_n)}{\partial V_k} + V_k \tilde{f}(x_n) "
            + @"\right] = 0",
            "where the flow (B) rests at the time at which ρ(T) = R", typeof(LagrangeFlow)) with
        {
            Corrected =
                @"\dot{V}_k = R \sum_n e^{-R \tilde{f}(x_n)} \left[ \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) "
                + @"\right] = 0",
            Why = "the sign of T3 eq. 14",
        },
        Of(16, "4.4", Kind.Equilibrium,
            @"\sum_n^N e^{-R f_V(x_n)} \left( \frac{\partial f_V(x_n)}{\partial V_k} - V_k f_V(x_n) \right) = 0",
            "stationarity from which the paper concludes H_N = ∂f/∂V − Vf = 0", typeof(KarushKuhnTucker)) with
        {
            Note = "The chain of ≥ between vectors after it has no meaning. At the limit no single H_n vanishes but Σ α_n H_n over the "
                + "support vectors, with the multipliers α_n ≥ 0 of the maximum margin.",
        },
        Of(17, "4.5.1", Kind.Flow,
            @"\dot{W}_k = -\frac{\partial L}{\partial W_k} = \sum_{n=1}^N y_n \frac{\partial f(x_n; W)}{\partial W_k} e^{-y_n f(x_n; W)}",
            "T3 eq. 8 once more", typeof(UnconstrainedFlow)) with
        {
            Note = "“The unit vector w(T)/‖w(T)‖ is the same whether or not ‖v‖ = 1 is enforced”, before it, holds in the limit, not "
                + "at a time T.",
        },
        Of(18, "4.5.1", Kind.Identity,
            @"\dot{\rho}_k = \frac{\partial \|W_k\|}{\partial W_k} \frac{\partial W_k}{\partial t} = V_k^T \dot{W}_k",
            "how the norm of a layer moves with its weights", typeof(ReparametrizedFlow)),
        Of(19, "4.5.1", Kind.Identity,
            @"\dot{V}_k = \frac{\partial V_k}{\partial W_k} \frac{\partial W_k}{\partial t} = \frac{S_k}{\rho_k} \dot{W}_k",
            "how the direction of a layer moves with its weights, S_k = I − V_kV_kᵀ", typeof(ReparametrizedFlow)),
        Of(20, "4.5.1", Kind.Flow,
            @"\dot{\rho}_k = V_k^T \dot{W}_k = \sum_{n=1}^N V_k^T y_n \frac{\partial f(x_n; W)}{\partial W_k} e^{-y_n f(x_n; W)}"
            + @" = \frac{\rho}{\rho_k} \sum_{n=1}^N y_n e^{-\rho \tilde{f}(x_n)} y_n \tilde{f}(x_n)",
            "gradient flow on the weights, seen in the norms", typeof(ReparametrizedFlow)) with
        {
            Corrected = @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_{n=1}^N y_n \tilde{f}(x_n) e^{-\rho y_n \tilde{f}(x_n)}",
            Why = "y_n stands twice in the last form and is missing in the exponent (the text leaves open whether the first stands "
                + "before the sum)",
        },
        Of(21, "4.5.1", Kind.Flow,
            @"\dot{V}_k = \frac{\rho}{\rho_k^2} \sum_{n=1}^N e^{-\rho y_n \tilde{f}(x_n)} y_n "
            + @"\left( \frac{\partial \tilde{f}(x_n)}{\partial V_k} - V_k \tilde{f}(x_n) \right)",
            "gradient flow on the weights, seen in the directions", typeof(ReparametrizedFlow)) with
        {
            Note = "“They differ by a ρ² factor” after it is right for one layer only; from the flow (B) it differs by ρ_k².",
        },
        Of(22, "4.5.2", Kind.Flow,
            @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_n e^{-\rho y_n f_V(x_n)} y_n f_V(x_n) \quad "
            + @"\dot{V}_k = \rho \sum_n y_n e^{-\rho y_n f_V(x_n)} \left( \frac{\partial f_V(x_n)}{\partial V_k} - V_k f_V(x_n) \right)",
            "the flow (B), which is weight normalization", typeof(LagrangeFlow)),
        Of(23, "4.6", Kind.Flow, @"\dot{w} = -\frac{\partial L}{\partial w} = \sum_{n=1}^N y_n x_n e^{-y_n w^T x_n}",
            "gradient flow of one linear layer", typeof(GradientDescentResidual)),
        Of(24, "4.6", Kind.Flow, @"\dot{\rho} = \sum_{n=1}^N e^{-\rho v^T x_n} v^T x_n",
            "the flow (B) of one linear layer, its norm", typeof(LagrangeFlow)),
        Of(25, "4.6", Kind.Flow,
            @"\dot{v} = -\frac{\partial L}{\partial v} = \sum_{n=1}^N \rho e^{-\rho v^T x_n} x_n - 2\lambda v )",
            "the flow (B) of one linear layer, its direction", typeof(LagrangeFlow)) with
        {
            Corrected = @"\dot{v} = \rho \sum_{n=1}^N e^{-\rho v^T x_n} x_n - 2\lambda v, \quad "
                + @"\lambda = \frac{\rho}{2} \sum_n e^{-\rho v^T x_n} v^T x_n",
            Why = "2λv stands outside the sum: a bracket is closed that was never opened",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.TheoryIII, number, section, kind, tex, says) { Types = types };
}
