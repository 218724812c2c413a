using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.Since;

/// <summary>The page of what the same group and its neighbours found after the four papers.</summary>
public static class SincePage
{
    /// <summary>Not one paper: each claim names its own.</summary>
    public static Paper Paper { get; } = new("since", "Since the papers",
        "What the same group and its neighbours found after the four papers: low rank by minibatches and weight decay, collapse in the "
        + "layers below the last, models in which collapse can be solved for, training to a loss of 10^{−1000}; every claim names "
        + "its paper");

    /// <summary>Its claims and figures.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        MinibatchGradientsBoundTheRank.Claim,
        LowRankFigure.Figure,
        LowRankBySgdAndDecay.Claim,
        LowRankAndTestError.Claim,
        SgdNoiseStays.Claim,
        UnconstrainedFeaturesCollapse.Claim,
        IntermediateFigure.Figure,
        CollapseByLayer.Claim,
        MeansAlignWithWeights.Claim,
        EffectiveDepth.Claim,
        CentralPathInTraining.Claim,
        LimitFigure.Figure,
        DirectionsReachKkt.Claim,
    ];
}
