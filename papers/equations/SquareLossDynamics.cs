using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Measures.Bounds;
using Rhoflow.Measures.Equilibrium;
using Rhoflow.Measures.Limits;
using Rhoflow.Measures.Norms;
using Rhoflow.Papers.SetUps;
using Kind = Rhoflow.Papers.Equations.EquationKind;

namespace Rhoflow.Papers.Equations;

/// <summary>Equations 26 to 57 of Square loss (Memo 112, 2020): appendices D to H.</summary>
internal static class SquareLossDynamics
{
    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        Of(26, "D", Kind.Law,
            @"\frac{\partial \|W_k\|^2}{\partial t} = 2 W_k \frac{\partial W_k}{\partial t} = \frac{4}{N} \sum_n g_n^2 + \frac{4}{N} "
            + @"\sum_n g_n",
            "Lemma 3: squared norms grow at the same rate in all layers", typeof(Balance)) with
        {
            Corrected = @"\frac{\partial \|W_k\|^2}{\partial t} = 2 W_k \frac{\partial W_k}{\partial t} "
                + @"= -\frac{4}{N} \sum_n g_n^2 + \frac{4}{N} \sum_n y_n g_n",
            Why = "the first sum has a minus and the second a label, by SQ eq. 19",
        },
        Of(27, "D", Kind.Law,
            @"\dot{\rho}_k = -\frac{\partial L}{\partial \rho_k} = -2L \sum_n (\rho_k^L f_n - y_n) f_n \rho_k^{L-1} "
            + @"= -2\rho_k^{L-1} \left[ \sum_n \rho_k^L (f_n)^2 - \sum_n f_n y_n \right]",
            "L equal layers at a fixed direction", typeof(NormGrowthFlow), typeof(SquareLossGrowth)) with
        {
            Corrected = @"\dot{\rho}_k = -2\rho_k^{L-1} \left[ \sum_n \rho_k^L (f_n)^2 - \sum_n f_n y_n \right]",
            Why = "the factor L of the middle form belongs to tied layers; the last form is right",
        },
        Of(28, "D", Kind.Law, @"\dot{\rho} = 2L \rho^{\frac{2L-2}{L}} \left[ \sum_n f_n y_n - \sum_n \rho (f_n)^2 \right]",
            "the same for the product ρ = ρ_k^L; a logistic equation for L = 2 only", typeof(NormGrowthFlow), typeof(SquareLossGrowth)),
        Of(29, "E", Kind.Equilibrium,
            @"V_k^{eq} = \sum \alpha_n \frac{\partial f_n}{\partial V_k}, \quad \alpha_n = \frac{\rho f_n - y_n}{\sum_n (\rho f_n - "
            + @"y_n) f_n}",
            "where V_k rests, as a combination of gradients; needs Σ ℓ_n f_n = −λρ ≠ 0", typeof(DirectionEquilibrium)) with
        {
            Note = "Before it, “it is reasonable to assume that α_n > 0”: y_nα_n < 0 for every example that is over-fitted, ρy_nf_n > 1.",
        },
        Of(30, "E.1", Kind.Flow, @"\dot{\rho} = -2 \left[ \sum_n \rho (f_n)^2 - \sum_n f_n y_n \right] - 2\lambda \rho",
            "SQ eq. 5 once more", typeof(NormEquilibrium)),
        Of(31, "E.1", Kind.Equilibrium, @"\rho_{eq} = \frac{\sum_n y_n f_n}{\lambda + \sum_n f_n^2}",
            "SQ eq. 7 once more", typeof(NormEquilibrium)) with
        {
            Note = "Footnote 13, that label noise makes Σ y_n f_n smaller, fails to first order: noise of mean 0 leaves it.",
        },
        Of(32, "E.2", Kind.Flow, @"\dot{\rho} = \frac{2}{\rho} \sum_{n=1}^N \ell_n y_n v^T x_n - 2\lambda\rho",
            "one linear layer: its norm, ℓ_n = e^{−ρy_nv·x_n} or ρv·x_n − y_n", typeof(BatchNormWeightDecayFlow)) with
        {
            Corrected = @"\dot{\rho} = -2 \sum_{n=1}^N (\rho v^T x_n - y_n) v^T x_n - 2\lambda\rho \ \text{(square)}, \quad "
                + @"\dot{\rho} = \sum_{n=1}^N e^{-\rho y_n v^T x_n} y_n v^T x_n - 2\lambda\rho \ \text{(exponential)}",
            Why = "2/ρ is spurious; for the square loss the sign is wrong and y_n too many",
        },
        Of(33, "E.2", Kind.Flow, @"\dot{v} \propto \sum_{n=1}^N \ell_n (x_n - v v^T x_n)",
            "one linear layer: its direction", typeof(BatchNormWeightDecayFlow)) with
        {
            Corrected = @"\dot{v} = -2\rho \sum_{n=1}^N (\rho v^T x_n - y_n)(x_n - v v^T x_n) \ \text{(square)}, \quad "
                + @"\dot{v} = \rho \sum_{n=1}^N e^{-\rho y_n v^T x_n} y_n (x_n - v v^T x_n) \ \text{(exponential)}",
            Why = "the factor is negative for the square loss, and y_n is missing for the exponential loss",
        },
        Of(34, "E.2", Kind.Flow, @"\dot{v} \propto \sum_{j=1}^N \alpha_j (I - v v^T) x_j",
            "SQ eq. 33 with α_j for the weights of the examples", typeof(BatchNormWeightDecayFlow)),
        Of(35, "E.3", Kind.Flow, @"\dot{V}_k = \alpha (I - V_k V_k^T) \sum_{n=1}^N (y_n - \rho f_n) \frac{\partial f_n}{\partial V_k}",
            "SQ eq. 6 with the projection written out (α = 2ρ)", typeof(BatchNormWeightDecayFlow)),
        Of(36, "E.3", Kind.Equilibrium, @"V_k \hat{f} = \frac{\hat{\partial} f}{\partial V_k}, \quad "
            + @"\frac{\hat{\partial} f}{\partial V_k} = \sum_j \alpha_j \frac{\partial f_j}{\partial V_k}",
            "where V_k rests: parallel to the weighted sum of gradients", typeof(DirectionEquilibrium)),
        Of(37, "E.3", Kind.Equilibrium,
            @"(\rho f_n - y_n) \frac{\partial f_n}{\partial V_k} = (\rho f_n - y_n)(V_k^{eq} f_n), \quad \forall n = 1, \dots, N",
            "SQ eq. 8 asked of every example singly", typeof(ExampleStationarity)) with
        {
            Corrected = @"\sum_n (\rho f_n - y_n) \frac{\partial f_n}{\partial V_k} = \sum_n (\rho f_n - y_n)(V_k^{eq} f_n)",
            Why = "that a sum vanishes does not make its terms vanish; for k = 1 they would make all x_n collinear",
        },
        Of(38, "E.3", Kind.Equilibrium,
            @"V_k^{eq} = \sum \alpha_n \frac{\partial f_n}{\partial V_k}, \quad \alpha_n = \frac{\rho f_n - y_n}{\sum (\rho f_n - y_n) "
            + @"f_n}",
            "SQ eq. 29 once more", typeof(DirectionEquilibrium)),
        Of(39, "E.3", Kind.Equilibrium, @"0 = (I - V_k V_k^T) \ell(x_n) \frac{\partial f(x_n)}{\partial V_k}, \quad \forall n",
            "where SGD with minibatches of one would rest", typeof(ExampleStationarity)) with
        {
            Note = "At a constant rate SGD does not come to rest unless ℓ_n = 0 for all n.",
        },
        Of(40, "E.3", Kind.Equilibrium, @"\frac{\partial f(x_n)}{\partial V_k} = V_k f(x_n), \quad \forall n",
            "what SQ eq. 39 implies where no ℓ_n vanishes", typeof(ExampleStationarity)) with
        {
            Note = "It is not reached: in general every V_k would be of rank one.",
        },
        Of(41, "F", Kind.Bound,
            @"|L(g) - \hat{L}(g)| \leq c_1 \mathbb{R}_N(\mathbb{G}) + c_2 \sqrt{\frac{\ln(\frac{1}{\delta})}{2N}}",
            "uniform convergence for the ramp loss, with probability 1 − δ", typeof(RampBound)) with
        {
            Note = "With the empirical Rademacher average, as in the text, the logarithm is ln(2/δ); ln(1/δ) belongs to the expected one.",
        },
        Of(42, "F", Kind.Identity, @"\mathbb{R}_N(\mathbb{G}) = \rho \mathbb{R}_N(\mathbb{F})",
            "the Rademacher complexity of the networks is ρ times that of the normalized networks", typeof(RademacherComplexity)),
        Of(43, "F", Kind.Bound, @"L_0(f^a) \leq A\rho_a + \epsilon", "the bound for a network of norm ρ_a"),
        Of(44, "F", Kind.Bound, @"L_0(f^b) \leq A\rho_b + \epsilon", "the bound for a network of norm ρ_b > ρ_a"),
        Of(45, "F", Kind.Bound,
            @"|L(f) - \hat{L}(f)| \leq c_1 \mathbb{R}_N(\tilde{\mathbb{F}}) + c_2 \sqrt{\frac{\ln(\frac{1}{\delta})}{2N}}",
            "SQ eq. 41 for the normalized network", typeof(RampBound)),
        Of(46, "G", Kind.Flow,
            @"\dot{\rho}_k = \frac{\rho}{\rho_k} \sum_n e^{-\rho y_n f(V; x_n)} y_n f(V; x_n) \quad "
            + @"\dot{V}_k = \rho \sum_n e^{-\rho y_n f(V; x_n)} y_n S_k \frac{\partial f(V; x_n)}{\partial V_k}",
            "the flow (B) of the exponential loss", typeof(LagrangeFlow), typeof(DirectionEquilibrium)),
        Of(47, "G", Kind.Equilibrium,
            @"\sum_n^N e^{-\rho(t) y_n f_n} B_n^k = 0, \quad "
            + @"B_n^k = y_n \left( \frac{\partial f(V; x_n)}{\partial V_k} - V_k f(V; x_n) \right)",
            "where the directions of SQ eq. 46 rest", typeof(DirectionResidual)) with
        {
            Note = "“It cannot be satisfied unless f_1 = f_i for all i” after it fails: only the support vectors of the limit have one "
                + "margin.",
        },
        Of(48, "H", Kind.Equilibrium, @"V_k f_n = \frac{\partial f_n}{\partial V_k}, \quad \forall k = 1, \dots, L, \quad \forall n",
            "SQ eq. 40 once more: the constraints of which appendix H asks for solutions", typeof(ExampleStationarity)) with
        {
            Note = "Not reached, as SQ eq. 40.",
        },
        Of(49, "H", Kind.Definition, @"f(x) = (V_L \sigma(V_{L-1} \cdots \sigma(V_1 x)))", "the normalized network"),
        Of(50, "H", Kind.Identity, @"f(x_j) = V_L D_{L-1}(x_j) V_{L-1} \cdots V_{k+1} D_k(x_j) V_k \cdots D_1(x_j) V_1 x_j",
            "the same with diagonal matrices of zeros and ones for the ReLUs"),
        Of(51, "H", Kind.Identity,
            @"\sum_{i,j} \frac{\partial f(V; x)}{\partial V_k^{i,j}} V_k^{i,j} = \sum_{i,j} a^i b^j V_k^{i,j} = f(x)",
            "the structural lemma with ∂f/∂V_k = a bᵀ"),
        Of(52, "H", Kind.Equilibrium,
            @"V_k f = [V_L D_{L-1}(x) V_{L-1} \cdots V_{k+1} D_k(x)]^T D_{k-1}(x) V_{k-1} D_{k-2}(x) \cdots D_1(x) V_1 x",
            "SQ eq. 48 written out", typeof(ExampleStationarity)) with
        {
            Corrected = @"V_k f = [V_L D_{L-1}(x) V_{L-1} \cdots V_{k+1} D_k(x)]^T "
                + @"[D_{k-1}(x) V_{k-1} D_{k-2}(x) \cdots D_1(x) V_1 x]^T",
            Why = "∂f/∂V_k = a bᵀ: the second factor is transposed",
        },
        Of(53, "H.1", Kind.Equilibrium, @"V_1 = V_2 = \dots = V_{L-1}", "projections as solutions: equal layers") with
        {
            Corrected = @"V_1 = V_2 = \dots = V_{L-1} = \hat{x} \hat{x}^T, \quad \hat{x} = x / \|x\|",
            Why = "projections of rank two or more do not solve SQ eq. 48, and of rank one only the one on the example itself",
        },
        Of(54, "H.1", Kind.Equilibrium,
            @"V_L = D_{L-1}(x) V_{L-1} \cdots V_{k+1} D_k(x) V_k \cdots D_1(x) V_1 x = \frac{\partial f}{\partial V_L}",
            "projections as solutions: the last layer (up to its norm, and transposed)") with
        {
            Note = "Appendix H.2, orthogonal matrices, fails for one output: ∂f/∂V_k has rank one.",
        },
        Of(55, "H.3", Kind.Step, @"w_{t+1} - w_t = -\eta \sum_n \ell(f(w; x_n), y_n)' \nabla_{w_t} f(w; x_n)", "gradient descent"),
        Of(56, "H.3", Kind.Derivative,
            @"\frac{\partial f(x)}{\partial W_k^{ij}} = W_L D_{L-1}(x) W_{L-1} \cdots W_{k+1}^i D_k(x) "
            + @"D_{k-1}(x) W_{k-1}^j D_{k-2}(x) \cdots D_1(x) W_1 x",
            "the derivative in one weight") with
        {
            Note = "“GD preserves diagonal initial conditions” after it fails for one output: the derivatives off the diagonal do not "
                + "vanish.",
        },
        Of(57, "H.3", Kind.Equilibrium,
            @"V_k^i = \pm \frac{\sum_n \alpha_n D_{L-1}(x_n^i) \cdots D_1(x_n^i) x_n^i}{\sum_n \alpha_n f(V; x_n)}",
            "equilibria of diagonal networks: V_k^i = ±x̂_i/f̂ or 0", typeof(DiagonalEquilibrium)) with
        {
            Corrected = @"V_k^i = \left( \frac{\hat{f}}{\hat{x}^i} \right)^{\frac{1}{L-2}}, \quad "
                + @"\hat{f} = \left( \sum_i (\hat{x}^i)^{-\frac{2}{L-2}} \right)^{-\frac{L-2}{2}}",
            Why = "V_i f̂ = V_i^{L−1} x̂_i gives V_i^{L−2} = f̂/x̂_i: the print is inverted and has no root",
        },
    ];

    private static Equation Of(int number, string section, EquationKind kind, string tex, string says, params Type[] types) =>
        new(SourcePapers.SquareLoss, number, section, kind, tex, says) { Types = types };
}
