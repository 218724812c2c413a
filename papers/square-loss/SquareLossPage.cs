using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Square loss.</summary>
public static class SquareLossPage
{
    /// <summary>Its claims and figures, one line each.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        EquilibriumNorm.Claim,
        NormGrowsMonotonically.Claim,
        CriticalNormAtLeastOne.Claim,
        ModelAndNetworkPart.Claim,
        BatchNormDecayForgetsTheStart.Claim,
        LinearStartForgotten.Claim,
        NoFitBelowTheLeastNorm.Claim,
        FirstFitIsTheLeastNorm.Claim,
        DecayFindsTheLeastNorm.Claim,
        BothAreRequired.Claim,
        LossWithDecay.Figure,
        NormWithDecay.Figure,
        OutputsWithDecay.Figure,
        EquilibriumWithDecay.Figure,
        MarginsWithDecay.Figure,
        LossWithoutDecay.Figure,
        NormWithoutDecay.Figure,
        MarginsWithoutDecay.Figure,
        HistogramWithoutDecay.Figure,
        OnlyBothForgetTheStart.Claim,
        LossPlain.Figure,
        NormPlain.Figure,
        MarginsPlain.Figure,
        ClassificationIsNotInterpolation.Claim,
        MultipliersArePositive.Claim,
        EqualLayersStayEqual.Claim,
        LastLayerInterpolates.Claim,
        BoundRisesWithTheNorm.Claim,
        SmallStartSmallNorm.Claim,
        TransientLongerForSmallStarts.Claim,
        LargeStartsKeepInnerLayers.Claim,
        DecaySetsTheLastNorm.Claim,
        LabelNoiseLowersTheNorm.Claim,
        LabelNoiseLowersTheNorm.Reason,
        EveryExampleIsStationary.Claim,
        LastLayerFloor.Claim,
        MinibatchesAndCollapse.Claim,
        MinibatchesInTheModel.Claim,
        WithinClassVariability.Claim,
        ClassMeansFormASimplex.Claim,
        ClassifierIsSelfDual.Claim,
        NearestCentreDecides.Claim,
        CollapseIsIndependentOfTheNetwork.Claim,
        TwoOutputsAreOpposite.Claim,
        TenClassesAtRest.Claim,
        EqualMarginsForced.Claim,
        ProjectionSolutions.Claim,
        RecurrentIsFeedForward.Claim,
        OrthogonalSolutions.Claim,
        DiagonalNetworkEquilibria.Claim,
        DiagonalStaysDiagonal.Claim,
        SgdStopsAtInterpolation.Claim,
    ];
}
