using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>A kind of flow as configs name it: data, not code. The equations themselves live in Rhoflow.Flows.</summary>
/// <param name="Name">In configs.</param>
/// <param name="Equations">Corrected, in the papers' letters.</param>
/// <param name="Source">Paper and equation.</param>
/// <param name="Keys">The keys of <c>flow</c> that mean something for it, beyond those of every flow.</param>
/// <param name="Required">Those of them that must be given.</param>
/// <param name="NeedsDirection">True if W_k = ρ_k V_k must have a direction at the start: no zero layer.</param>
/// <param name="IsScalar">True for the equations of ρ_k alone: data, network and init are allowed, and only say what f_n and the ρ_k of the start are.</param>
public sealed record FlowKind(string Name, string Equations, string Source, string[] Keys, string[] Required, bool NeedsDirection = true, bool IsScalar = false)
{
    /// <summary>The keys of every flow.</summary>
    public static readonly string[] Common = ["kind", "from", "until", "tolerance", "clock", "method"];

    /// <summary>All kinds, in the order in which they are listed.</summary>
    public static readonly IReadOnlyList<FlowKind> All =
    [
        new("unconstrained", "Ẇ_k = −∂L/∂W_k − 2λ W_k", "T3 eq. 8, 17, 51; PNAS eq. 3; T3b eq. 6, 8, 14 (2λ for the λ of 8)", ["weight-decay"], [], NeedsDirection: false),
        new("reparametrized", "ρ̇_k = −V_kᵀ∂L/∂W_k,  V̇_k = −(1/ρ_k) S_k ∂L/∂W_k  (unconstrained, in ρ_k and V_k)", "T3 eq. 20, 21; after PNAS eq. 18", ["weight-decay"], []),
        new("fixed-rho", "V̇_k = ρ Σ e^{−ρf_n}(∂f_n/∂V_k − V_k f_n), ρ constant", "T3 eq. 10; PNAS eq. 5", ["rho"], []),
        new("lagrange", "ρ̇_k = (ρ/ρ_k) Σ e^{−ρf} f,  V̇_k = ρ Σ e^{−ρf}(∂f/∂V_k − V_k f), ρ_k signed", "T3 eq. 14, 15, 22 (sign of 14 and 15 corrected); SQ eq. 46", ["rho", "rho-k", "weight-decay"], []),
        new("weight-normalization", "ġ = v·ẇ/|v|,  v̇ = (g/|v|) S ẇ,  ẇ = −∂L/∂w, per matrix or per row", "T3 eq. 52, 53; SQ eq. 12, 13", ["per", "rho", "weight-decay"], []),
        new("tangent", "u̇ = −(I − ννᵀ/|ν|²) ∂L/∂u, ν = ∂‖u‖_p/∂u: keeps ‖W_k‖_p", "T3 eq. 50, 71", ["p", "rho"], []),
        new("lp-constrained", "ρ̇ = VᵀẆ, V̇ = ρ S_p Ẇ", "T3 eq. 72", ["p"], []),
        new("lp-reparametrized", "ρ̇ = νᵀẆ, V̇ = (I − Vνᵀ) Ẇ/‖W‖_p", "T3 eq. 73 (corrected)", ["p"], []),
        new("batch-norm-weight-decay", "ρ̇ = −2Σ(ρf − y)f − 2λρ,  V̇_k = 2ρΣ(ρf − y)(V_k f − ∂f/∂V_k)", "SQ eq. 5, 6, 22", ["rho", "lambda"], []),
        new("scheduled-direction", "V̇ = (α(t)/ρ) Σ e^{−α(t)ρ f}(∂f/∂V − V f), ρ constant", "T3 eq. 81, reading (i)", ["rho", "alpha"], ["alpha"]),
        new("scheduled-rho", "V̇_k = ρ(t) Σ e^{−ρ(t) f_n}(∂f_n/∂V_k − V_k f_n), ρ(t) prescribed", "T3 §13.1, §17; T3 eq. 81, reading (ii); SQ §6.1", ["rho"], ["rho"]),
        new("norm-growth", "ρ̇_k = (ρ/ρ_k) f e^{−ρf} (exponential);  ρ̇_k = (ρ/ρ_k)·2f(1 − ρf) (square)", "T3 eq. 61, 62, 63, 64, 65; T3b eq. 53, 54, 55, 56, 57 (Ṙ = K f^{2/K}(log R)^{2−2/K}); SQ eq. 27, 28", ["layers", "f", "rho", "rho-k"], [], IsScalar: true),
    ];

    /// <summary>The kind of that name; <c>lp</c> alone is lp-constrained.</summary>
    internal static FlowKind Read(ConfigNode node)
    {
        var word = node.Word([.. All.Select(k => k.Name), "lp"], null);
        return All.First(k => k.Name == (word == "lp" ? "lp-constrained" : word));
    }

    public override string ToString() => Name;
}
