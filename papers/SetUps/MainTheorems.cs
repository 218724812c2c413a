using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The papers' main theorems, item by item, with the claims that carry each item, wherever they stand. A claim joins an item by its id
/// here; a test holds that every id exists and that an item without claims says why.
/// </summary>
internal static class MainTheorems
{
    private const string
        Growth = "b02-layers-grow-alike", Balance = "b03-equal-layers-stay-equal", Logarithm = "b04-one-layer-grows-like-log-t",
        Deeper = "b05-deeper-products-grow-faster", TwoLayers = "b06-two-layer-product", Descent = "b07-gradient-descent-rate",
        Normalization = "b08-weight-normalization-rate", Same = "b11-same-direction-at-any-time",
        SphereLinear = "b13-fixed-rho-reaches-the-maximum-margin", Rises = "b14-margin-is-monotone",
        OneVector = "b15-one-support-vector-at-the-limit", Norm = "b17-minimum-norm-is-maximum-margin",
        Starts = "b18-limit-independent-of-the-start", Hyperbolic = "b19-stationary-points-are-hyperbolic",
        Decay = "b20-weight-decay-restores-hyperbolicity", Path = "b30-regularization-path-reaches-the-margin",
        Stopping = "b31-early-stopping-is-regularization", StoppedDeep = "b31-stopped-deep-networks",
        DeepMinima = "t1-fixed-rho-flow-ends-in-minima", DeepShared = "t2-lagrange-and-fixed-rho-share-stationary-points",
        DeepLimit = "t3-one-limit-of-both-dynamics", DeepMargin = "t4-limits-maximize-the-margin",
        DeepDescent = "t5-gradient-descent-shares-the-stationary-points", DeepNormalization = "t6-weight-normalization-is-lagrange",
        DeepTechniques = "t7-techniques-share-the-stationary-points", DeepLayers = "t8-each-layer-is-minimum-norm",
        DeepStarts = "t9-deep-limit-independent-of-the-start", DeepHyperbolic = "t10-fixed-rho-minima-are-hyperbolic",
        Conjugate = "b63-flow-conjugate-to-its-linearization", Control = "b79-complexity-control-at-finite-time",
        Semidefinite = "b21-exponential-hessian-becomes-semidefinite", SphereDeep = "b84-two-layers-at-fixed-rho",
        RisesAtFixedRho = "b85-margin-rises-at-fixed-rho", Degenerate = "b86-degenerate-stationary-points",
        Techniques = "b90-unit-norm-techniques-agree";

    private const string Separable =
        "Separability is reached at time T_0 during gradient descent on the exponential loss, y_n f(x_n) > 0 for all n.";

    /// <summary>Theory III.</summary>
    public static IReadOnlyList<Theorem> TheoryIII { get; } =
    [
        new("Theorem 1", "§4.8", Separable,
        [
            new("", "Unconstrained gradient descent converges to a solution that is regularized at any finite time and that converges to "
                + "a minimum norm solution for each of the layers' weight matrices.",
                DeepLayers, Stopping, StoppedDeep, Path, Norm, Starts),
            new("1", "The dynamics (A), L = Σ e^{−ρyf} under ‖V_k‖ = 1 with respect to V_k, approaches stationary points of the V_k flow "
                + "that, if realizable, are likely to be convex minima for large but finite ρ.",
                DeepMinima, Hyperbolic, SphereDeep, SphereLinear),
            new("2", "The stationary points for t → ∞ of the dynamics (B), the same with respect to V_k and ρ_k, coincide with the limit "
                + "for ρ → ∞ in (A).",
                DeepShared, DeepLimit, Normalization, SphereLinear),
            new("3", "For ρ → ∞ in (A) and for t → ∞ in (B) the stationary points of V_k are maxima of the margin and minimum norm "
                + "minimizers.",
                DeepMargin, SphereDeep, SphereLinear, Norm, OneVector, Rises, RisesAtFixedRho),
            new("4", "The unconstrained dynamics converges to the same stationary points of the flow of V_k as (A) and (B).",
                DeepDescent, Same, Descent, Starts),
            new("5", "Weight normalization corresponds to dynamics (B).", DeepNormalization, Normalization, Same, DeepTechniques,
                Techniques),
            new("6", "For each layer ∂ρ_k²/∂t is the same irrespectively of k.", Growth, Balance),
            new("7", "In the one-layer case ρ ≈ log t asymptotically; for deeper networks the product of weights at each layer diverges "
                + "faster than logarithmically, but each individual layer slower than in the one-layer case.",
                Logarithm, Deeper, TwoLayers),
        ]),
    ];

    /// <summary>Theory IIIb.</summary>
    public static IReadOnlyList<Theorem> TheoryIIIb { get; } =
    [
        new("Lemma 1", "§5.1", "Linearization of the nonlinear dynamics of the weight matrices W_k = W̃_k ρ_k, ‖W̃_k‖ = 1, at each layer.",
        [
            new("1", "Each W_k converges to the minimum norm solution.", DeepLayers, Starts, Norm, Path),
            new("2", "The convergence is independent of initial conditions.", DeepStarts, Starts),
        ]),
        new("Theorem 3", "§5.3", "An exponential loss and data that the network separates, y_n f(W; x_n) > 0 for all n; around an "
            + "asymptotic equilibrium.",
        [
            new("1", "The gradient flow induced by GD is topologically equivalent to the linearized flow.", Conjugate, Decay,
                Hyperbolic),
            new("2", "The solution is the local (for the specific minimum) minimum Frobenius norm solution for the weight matrices at "
                + "each layer.",
                DeepLayers, Starts, Norm, Path),
        ]),
    ];

    /// <summary>Theoretical issues.</summary>
    public static IReadOnlyList<Theorem> TheoreticalIssues { get; } =
    [
        new("Lemma 3", "§B.3", "After onset of separability; ρ(t) grows monotonically from t_0 to ∞.",
        [
            new("", "The full dynamical system (B), eq. 11, in the limit of t → ∞ converges to the same limit to which (A), eq. 5, "
                + "converges for ρ → ∞.",
                Normalization, SphereDeep, SphereLinear),
        ]),
        new("Lemma 6", "§B.5", "Gradient descent on V_k and ρ_k under ‖V_k‖ = 1, and on W_k; ρ(t) > 0.",
        [
            new("", "Constrained and unconstrained gradient descent have the same minima, which are hyperbolic for finite times and "
                + "asymptotically degenerate.",
                Same, Hyperbolic, Semidefinite, Degenerate),
        ]),
        new("Theorem 3", "§D", Separable,
        [
            new("", "Unconstrained gradient descent converges in terms of the normalized weights to a solution that is under complexity "
                + "control for any finite time.",
                Control, Stopping, StoppedDeep, Path, Same),
            new("1", "The dynamics (A), L = Σ e^{−ρf̃} under ‖V_k‖ = 1 with respect to V_k, converges for any fixed ρ to stationary points "
                + "of the V_k flow that are hyperbolic minima.",
                DeepHyperbolic, Hyperbolic, SphereDeep, SphereLinear),
            new("2", "The stationary points of V_k in (B), the same with respect to V_k and ρ_k, in the limit of t → ∞ coincide with the "
                + "limit ρ → ∞ in (A), and they are maxima of the margin.",
                DeepShared, DeepLimit, DeepMargin, SphereDeep, SphereLinear, Normalization, Rises, RisesAtFixedRho, OneVector),
            new("3", "Unconstrained gradient descent converges to the same stationary points of the flow of V_k as (A) and (B).",
                DeepDescent, Same, Descent, Starts),
            new("4", "Weight normalization corresponds to dynamics (B).", DeepNormalization, Normalization, Same, DeepTechniques,
                Techniques),
            new("5", "For each layer ∂ρ_k²/∂t is the same irrespectively of k.", Growth, Balance),
            new("6", "In the one-layer case ρ ≈ log t asymptotically; for deeper networks the product of weights at each layer diverges "
                + "faster than logarithmically, but each individual layer slower than in the one-layer case.",
                Logarithm, Deeper, TwoLayers),
        ]),
    ];
}
