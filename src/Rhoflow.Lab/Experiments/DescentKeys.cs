namespace Rhoflow.Lab.Experiments;

/// <summary>The keys of `descent` in a config beside its kind and its normalization, with what they mean.</summary>
public static class DescentKeys
{
    /// <summary>What else a descent can be told, with what it does.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Settings =
    [
        ("schedule", "constant | {step: {at: [100, 200], factor: 0.1}} | {cosine: {final: 0}} | loss-based (η/L, to any loss) | "
            + "normalized (η/‖∇L‖)"),
        ("weight-decay", "λ of λ‖W_k‖², one number or one per layer (2λ is what PyTorch calls weight_decay)"),
        ("batch", "examples of a minibatch of sgd (128) and langevin (all); batch normalization goes by the statistics of each, whatever "
            + "its size, and of all examples in gd"),
        ("drop-last", "true leaves out the last minibatch of an epoch where it is smaller (150 = 1 · 149 + 1); false"),
        ("rho", "ρ_k apart from V_k: constant | trained | {schedule: 3 + log(1 + step)} | {rescale: {every: 10, factor: 2}}"),
        ("label-noise", "on every minibatch: 0.1 (± 0.1) | {normal: 0.1} | {flips: 0.1}"),
        ("perturb", "W += amplitude · s · N(0, 1): {every: 50, amplitude: 0.1, relative-to: weights | gradient | nothing}  (T3b §6)"),
        ("stop", "before the last epoch: {log10-loss: -5, train-error: 0, rho: 1e3, patience: 10}"),
    ];
}
