namespace Rhoflow.Descents;

/// <summary>
/// Progressive norm rescaling: at the beginning of the chosen epochs all ρ_k are multiplied by a factor. With normalized steps on the
/// spheres in between, L is minimized at a sequence of growing norms.
/// </summary>
public sealed record Rescaling(Epochs At, double Factor);

/// <summary>What the amplitude of a perturbation is relative to.</summary>
public enum PerturbationScale
{
    /// <summary>Nothing: σ = amplitude (T3b Fig 4).</summary>
    Absolute,

    /// <summary>The standard deviation of the layer's own weights (T3b Fig 5).</summary>
    LayerDeviation,

    /// <summary>‖∇L‖ over all weights and examples (T3 Figs 10, 11).</summary>
    GradientNorm,
}

/// <summary>At the beginning of the chosen epochs every weight gets σ N(0, 1) added; γ and β of batch normalization do not.</summary>
public sealed record Perturbation(Epochs At, double Amplitude, PerturbationScale RelativeTo = PerturbationScale.LayerDeviation);

/// <summary>What label noise does to the targets of a minibatch, drawn anew in every step.</summary>
public enum LabelNoiseKind
{
    /// <summary>Each target number gets +a or −a with equal chance (SQ E.1): needs a square loss.</summary>
    Signs,

    /// <summary>Each target number gets a N(0, 1): needs a square loss.</summary>
    Normal,

    /// <summary>A share a of the labels is replaced: by the opposite sign, or by one of the other classes.</summary>
    Flips,
}

/// <summary>Noise on the targets: on y for one output, on every entry of the one-hot (or ±1) target for classes.</summary>
public sealed record LabelNoise(double Amplitude, LabelNoiseKind Kind = LabelNoiseKind.Signs);

/// <summary>
/// When training ends before its last epoch: the first of the conditions that holds at the end of an epoch; null: never for that reason.
/// </summary>
public sealed record StopWhen
{
    /// <summary>log10 L ≤ this, over all training examples.</summary>
    public double? Log10Loss { get; init; }

    /// <summary>Training error ≤ this (a share).</summary>
    public double? TrainError { get; init; }

    /// <summary>ρ = ∏‖W_k‖^{e_k} ≥ this.</summary>
    public double? Rho { get; init; }

    /// <summary>The test loss has had no new minimum for so many epochs.</summary>
    public int? Patience { get; init; }

    /// <summary>
    /// Rest: max_k ‖W_k(t + T) − W_k(t)‖/‖W_k(t + T)‖ ≤ this, T = (1 − μ)/(2ηλ) steps, the time in which decay alone takes e-fold from the
    /// norms (λ the largest λ_k; where η changes, the steps over which Σ 2ηλ/(1 − μ) grows by 1, to the end of an epoch). Looked at after
    /// each such time. It is the way that weights have gone, not their gradient: a ReLU network rests on kinks, where the gradient jumps
    /// to and fro. A falling rate makes T longer, and does not pass for rest.
    /// </summary>
    public double? Rest { get; init; }

    internal bool NeedsTraining => Log10Loss is not null || TrainError is not null;
}
