using System.Globalization;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>Everything that a descent does to a replica; unset parts do nothing.</summary>
/// <param name="Rule">How a gradient becomes a step.</param>
public sealed record DescentOptions(Optimizer Rule)
{
    /// <summary>
    /// λ of λ‖W_k‖², one for all layers or one per layer: the gradient gets 2λW (PyTorch's weight_decay is 2λ), or, of an optimizer that
    /// decouples it, the step gets −2ηλW. γ and β of batch normalization are not decayed. With W_k = ρ_k V_k or g_k v_k/‖v_k‖ it acts on
    /// ρ_k
    /// or g_k, since ‖W_k‖² does not depend on the rest.
    /// </summary>
    public IReadOnlyList<double> WeightDecay { get; init; } = [0];

    /// <summary>The coordinates.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>What ρ_k does; null: trained for weight normalization, constant for the unit-norm techniques.</summary>
    public NormControl? Norms { get; init; }

    /// <summary>Factors that ρ_k gets at some epochs; null: none.</summary>
    public Rescaling? Rescaling { get; init; }

    /// <summary>Noise that weights get at some epochs; null: none.</summary>
    public Perturbation? Perturbation { get; init; }

    /// <summary>Noise on the targets of every minibatch; null: none.</summary>
    public LabelNoise? LabelNoise { get; init; }

    /// <summary>A rate that grows while the loss falls, and epochs that are taken back; null: the rate is the optimizer's.</summary>
    public AdaptiveRate? Adaptive { get; init; }

    /// <summary>What ends the descent before its last epoch.</summary>
    public StopWhen Stop { get; init; } = new();

    /// <summary>Of the order of the minibatches: the same for all replicas.</summary>
    public long Seed { get; init; }

    /// <summary>Of this replica's own noise (Langevin, labels, perturbations); null: <see cref="Seed"/>.</summary>
    public long? NoiseSeed { get; init; }

    /// <summary>λ_k.</summary>
    /// <param name="layer">k − 1.</param>
    public double DecayOf(int layer) => WeightDecay.Count == 1 ? WeightDecay[0] : WeightDecay[layer];

    internal NormRule NormRule => Norms?.Rule
        ?? (Normalization is Normalization.Weight or Normalization.WeightPerRow ? NormRule.Trained : NormRule.Constant);

    /// <summary>Checks that the parts fit each other, the network and the loss.</summary>
    /// <exception cref="ArgumentException">They do not; the message is a sentence that says what does not.</exception>
    public void Check(Network network, Loss loss)
    {
        Require(WeightDecay.Count == 1 || WeightDecay.Count == network.Depth,
            $"{WeightDecay.Count} weight decays were given for a network of {network.Depth} layers; one, or one per layer, is needed");
        foreach (var lambda in WeightDecay) Require(IsSize(lambda), $"weight decay must be finite and not negative; {lambda} was given");
        Rule.Check();
        Require(Normalization != Normalization.None || Norms is not { Rule: not NormRule.Trained },
            $"without a normalization there is no ρ_k apart from V_k to keep constant or to schedule");
        Require(Normalization != Normalization.WeightPerRow || Norms is not { Rule: NormRule.Scheduled },
            $"a schedule of ρ needs one ρ_k per layer; weight normalization by rows has one g per row");
        if (Rescaling is { } rescaling)
            Require(rescaling.Factor > 0 && double.IsFinite(rescaling.Factor),
                $"the factor of norm rescaling must be positive and finite; {rescaling.Factor} was given");
        if (Perturbation is { } p)
            Require(IsSize(p.Amplitude), $"the amplitude of a perturbation must be finite and not negative; {p.Amplitude} was given");
        Require(Adaptive is not null == (Rule.Scale == StepScale.WholeLoss),
            $"an adaptive rate and steps over the whole loss need each other");
        if (Adaptive is { } adaptive)
        {
            Require(adaptive.Growth >= 1 && double.IsFinite(adaptive.Growth), $"growth must be at least 1; {adaptive.Growth} was given");
            Require(adaptive.BackOff is > 0 and < 1, $"back-off must lie between 0 and 1; {adaptive.BackOff} was given");
            Require(adaptive.Window >= 1, $"the window must be at least 1; {adaptive.Window} was given");
            Require(adaptive.LeftOut is >= 0 and < 1,
                $"the share left out must be at least 0 and less than 1; {adaptive.LeftOut} was given");
            Require(adaptive.LeftOut == 0 || network.StatisticsCount == 0,
                $"batch normalization needs minibatches of all examples, so an adaptive rate cannot leave out any");
            Require(adaptive.Patience >= 1, $"patience must be at least 1; {adaptive.Patience} was given");
            Require(Rescaling is null && Perturbation is null && Norms is not { Rule: NormRule.Scheduled } && LabelNoise is null,
                $"an adaptive rate needs a loss that nothing else changes: no rescaling, perturbation, label noise or schedule of ρ");
        }
        if (Stop.Rest is { } rest)
        {
            Require(rest > 0 && double.IsFinite(rest), $"rest must be positive and finite; {rest} was given");
            Require(WeightDecay.Any(static lambda => lambda > 0),
                $"rest is measured in times (1 − μ)/(2ηλ) of weight decay, and there is none; stop at a log₁₀ of the loss instead");
            Require(NormRule == NormRule.Trained || Normalization == Normalization.None,
                $"rest needs norms that are trained; here ρ_k is kept or scheduled apart from V_k");
            Require(Rule.Scale == StepScale.Plain, $"rest is measured in the time of steps η∇L; others have another");
        }
        if (LabelNoise is not { } noise) return;
        if (noise.Kind == LabelNoiseKind.Flips)
        {
            Require(noise.Amplitude is >= 0 and <= 1, $"the share of flipped labels must be in [0, 1]; {noise.Amplitude} was given");
            return;
        }
        Require(IsSize(noise.Amplitude), $"the amplitude of label noise must be finite and not negative; {noise.Amplitude} was given");
        Require(loss.TakesRealTargets,
            $"the {loss.Name} loss takes labels, not numbers, so noise cannot be added to them; use flips, or a square loss");
    }

    private static bool IsSize(double value) => value >= 0 && double.IsFinite(value);

    private static void Require(bool condition, FormattableString otherwise)
    {
        if (!condition) throw new ArgumentException(otherwise.ToString(CultureInfo.InvariantCulture));
    }
}
