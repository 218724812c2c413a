using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>The trainings of <see cref="LowRankRuns"/> in words.</summary>
internal static class LowRankSetUp
{
    /// <summary>Data, network, descent and what varies.</summary>
    public static string Words { get; } = $"Digits in ten classes, {LowRankRuns.Words.Train} images ({LowRankRuns.Words.Test} tested), "
        + $"ReLU net {LowRankRuns.Words.LayersOnDigits} without normalization, cross-entropy, plain SGD at a constant rate, seeds "
        + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}; from B = {LowRankRuns.Middle.Batch}, μ = {Wording.Short(LowRankRuns.Middle.Rate)}, λ = "
        + $"{Wording.Short(LowRankRuns.Middle.Decay)} one number at a time, B = "
        + $"{Each(0, static s => $"{s.Batch}")}; μ = {Each(1, static s => Wording.Short(s.Rate))}; λ = 0, "
        + $"{Each(2, static s => Wording.Short(s.Decay))}. Twice: for T = 5/(μλ) steps, in which decay alone multiplies the start by "
        + $"e^{{−10}} (λ = 0: as the middle one), and for {LowRankRuns.Middle.Epochs} epochs all. The runs are kept in "
        + "papers/since/results/low-rank; the one of λ = .016 and 49 epochs is trained again.";

    /// <summary><c>B = 4, μ = .05, λ = .004, 196 epochs</c>.</summary>
    public static string Name(LowRankRuns s) =>
        $"B = {s.Batch}, μ = {Wording.Short(s.Rate)}, λ = {Wording.Short(s.Decay)}, {Wording.Count(s.Epochs)} epochs";

    private static string Each(int sweep, Func<LowRankRuns, string> of) =>
        string.Join(", ", LowRankRuns.Erased[sweep].Settings.Select(of));
}
