using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III.</summary>
public static class TheoryIIIPage
{
    /// <summary>Its claims and figures, one line each.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        StructuralLemma.Claim,
        ShortDescentGeneralizes.Claim,
        RademacherScalesWithTheNorm.Claim,
        OneSupportVectorAtTheLimit.Claim,
        SameDirectionAtAnyTime.Claim,
        RateOfGrowthFalls.Claim,
        ConditionNumberWorstAtSquare.Claim,
        PredictionRatioWorstAtSquare.Claim,
        LargeStartsAreLazy.Claim,
        NoSeparatingStationaryPoint.Claim,
        MisclassificationRegularizes.Claim,
        LangevinPrefersWideMinima.Claim,
        FixedRhoReachesTheMaximumMargin.Claim,
        TwoLayersAtFixedRho.Claim,
        MinimumNormIsMaximumMargin.Claim,
        NormalizedLossFigure.Figure,
        NormalizedLossesAreEqual.Claim,
        NormalizedLossRanksNetworks.Claim,
        BoundOffsetIsSmall.Claim,
        Figure02.Figure,
        LayersGrowAlike.Claim,
        LayersStayEqual.Claim,
        OneLayerLogarithm.Claim,
        DeeperGrowsFaster.Claim,
        TwoLayerProduct.Claim,
        Figure03.Figure,
        TwoUnequalLayers.Claim,
        ManyLayersLimit.Claim,
        MultipliersVanish.Claim,
        TangentGradientLeavesNormalization.Claim,
        CoefficientNormalizationGeneralizes.Claim,
        MarginIsMonotone.Claim,
        GradientDescentRate.Claim,
        WeightNormalizationRate.Claim,
        ErrorEquation.Claim,
        WeightNormalizationIsFaster.Claim,
        BatchNormalizationIsWeightNormalization.Claim,
        BatchNormalizationRate.Claim,
        Figure04.Figure,
        Figure05.Figure,
        Figure06.Figure,
        ScheduleMatters.Claim,
        ScaledByAlpha.Claim,
        Figure07.Figure,
        ScaledLossFigure.Figure,
        LinearRelationVanishes.Claim,
        SupportVectorFigure.Figure,
        PerturbedSupportVectorFigures.Half,
        PerturbedSupportVectorFigures.NineTenths,
        SupportVectorsUnderPerturbation.Claim,
    ];
}
