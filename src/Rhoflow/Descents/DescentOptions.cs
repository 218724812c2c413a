using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>Everything that a descent does to a replica; unset parts do nothing.</summary>
public sealed record DescentOptions(Sgd Rule)
{
    /// <summary>
    /// λ of λ‖W_k‖², one for all layers or one a layer: the gradient gets 2λW (PyTorch's weight_decay is 2λ). γ and β of batch
    /// normalization are not decayed. With W_k = ρ_k V_k or g_k v_k/‖v_k‖ it acts on ρ_k or g_k, since ‖W_k‖² does not depend on the rest.
    /// </summary>
    public IReadOnlyList<double> WeightDecay { get; init; } = [0];

    /// <summary>The coordinates.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>What ρ_k does; null: trained for weight normalization, constant for the unit-norm techniques.</summary>
    public NormControl? Norms { get; init; }

    public Rescaling? Rescaling { get; init; }
    public Perturbation? Perturbation { get; init; }
    public LabelNoise? LabelNoise { get; init; }
    public StopWhen Stop { get; init; } = new();

    /// <summary>Of the order of the minibatches: the same for all replicas.</summary>
    public long Seed { get; init; }

    /// <summary>Of this replica's own noise (Langevin, labels, perturbations); null: <see cref="Seed"/>.</summary>
    public long? NoiseSeed { get; init; }

    /// <summary>λ_k.</summary>
    public double DecayOf(int layer) => WeightDecay.Count == 1 ? WeightDecay[0] : WeightDecay[layer];

    internal NormRule NormRule => Norms?.Rule ?? (Normalization is Normalization.Weight or Normalization.WeightPerRow ? NormRule.Trained : NormRule.Constant);

    /// <summary>Null if the parts fit each other, the network and the loss; otherwise a sentence that says what does not.</summary>
    public string? Refuse(Network network, Loss loss)
    {
        if (WeightDecay.Count != 1 && WeightDecay.Count != network.Depth)
            return $"{WeightDecay.Count} weight decays were given for a network of {network.Depth} layers; one, or one a layer, is needed";
        foreach (var lambda in WeightDecay)
            if (!(lambda >= 0 && double.IsFinite(lambda))) return $"weight decay must be finite and not negative; {lambda} was given";
        if (Rule.Nesterov && Rule.Momentum == 0) return "Nesterov's form needs a momentum above 0";
        if (!(Rule.Temperature >= 0 && double.IsFinite(Rule.Temperature))) return $"the temperature must be finite and not negative; {Rule.Temperature} was given";
        if (Normalization == Normalization.None && Norms is { Rule: not NormRule.Trained }) return "without a normalization there is no ρ_k apart from V_k to keep constant or to schedule";
        if (Normalization == Normalization.WeightPerRow && Norms is { Rule: NormRule.Scheduled }) return "a schedule of ρ needs one ρ_k a layer; weight normalization by rows has one g a row";
        if (Rescaling is { } r && !(r.Factor > 0 && double.IsFinite(r.Factor))) return $"the factor of norm rescaling must be positive and finite; {r.Factor} was given";
        if (Perturbation is { } p && !(p.Amplitude >= 0 && double.IsFinite(p.Amplitude))) return $"the amplitude of a perturbation must be finite and not negative; {p.Amplitude} was given";
        if (LabelNoise is not { } noise) return null;
        if (noise.Kind == LabelNoiseKind.Flips) return noise.Amplitude is >= 0 and <= 1 ? null : $"the share of flipped labels must be in [0, 1]; {noise.Amplitude} was given";
        if (!(noise.Amplitude >= 0 && double.IsFinite(noise.Amplitude))) return $"the amplitude of label noise must be finite and not negative; {noise.Amplitude} was given";
        return loss.TakesRealTargets ? null : $"the {loss.Name} loss takes labels, not numbers, so noise cannot be added to them; use flips, or a square loss";
    }
}
