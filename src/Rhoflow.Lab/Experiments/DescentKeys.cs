namespace Rhoflow.Lab.Experiments;

/// <summary>The words of `descent` in a config, with what they mean.</summary>
public static class DescentKeys
{
    /// <summary>The kinds, with what they mean.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Kinds =
    [
        ("gd", "W ← W − η∇L over all examples  (T3 eq. 8)"),
        ("sgd", "W ← W − η∇L over a minibatch, in an order drawn anew every epoch"),
        ("langevin", "W ← W − η∇L + √(2ηT) N(0, 1)  (T3 eq. 30)"),
    ];

    /// <summary>What `descent.normalization` may be, with W_k = ρ_k V_k and g = −η∂L/∂V_k.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Normalizations =
    [
        ("none", "W itself moves"),
        ("weight", "W_k = g v/‖v‖, both trained  (T3 eq. 52, 53; per: matrix | row)"),
        ("coefficient", "V ← (V + g)/‖V + g‖  (T3 eq. 49)"),
        ("tangent", "V ← V + (I − VVᵀ)g, renormalized  (T3 eq. 50)"),
        ("lagrange", "V ← αV + g with ‖αV + g‖ = 1  (T3 eq. 48)"),
        ("geodesic", "V moves along the great circle of (I − VVᵀ)g  (T3 §10)"),
    ];

    /// <summary>What else a descent can be told, with what it does.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Settings =
    [
        ("schedule", "constant | {step: {at: [100, 200], factor: 0.1}} | {cosine: {final: 0}} | loss-based (η/L, to any loss) | "
            + "normalized (η/‖∇L‖)"),
        ("weight-decay", "λ of λ‖W_k‖², one number or one per layer (2λ is what PyTorch calls weight_decay)"),
        ("rho", "ρ_k apart from V_k: constant | trained | {schedule: 3 + log(1 + step)} | {rescale: {every: 10, factor: 2}}"),
        ("label-noise", "on every minibatch: 0.1 (± 0.1) | {normal: 0.1} | {flips: 0.1}"),
        ("perturb", "W += amplitude · s · N(0, 1): {every: 50, amplitude: 0.1, relative-to: weights | gradient | nothing}  (T3b §6)"),
        ("stop", "before the last epoch: {log10-loss: -5, train-error: 0, rho: 1e3, patience: 10}"),
    ];
}
