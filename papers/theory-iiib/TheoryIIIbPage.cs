using Rhoflow.Lab.Claims;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb.</summary>
public static class TheoryIIIbPage
{
    /// <summary>Its claims and figures, one line each.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        LearningCurves.Figure,
        MoreExamplesLessError.Claim,
        WidthCurves.Figure,
        MoreParametersNoMoreError.Claim,
        TestErrorFallsAfterSeparation.Claim,
        LimitIndependentOfTheStart.Claim,
        MainTheoremFigures.InTheoryIIIb,
        EachLayerIsMinimumNorm.Claim,
        DeepLimitIndependentOfTheStart.Claim,
        ValleysFigure.Figure,
        RegularizationPathReachesTheMargin.Claim,
        WeightDecayRestoresHyperbolicity.Claim,
        FlowIsConjugateToItsLinearization.Claim,
        SquareLossNormDependsOnThePath.Claim,
        PerturbedDescentFigure.Figure,
        PerturbationsMoveTheNullSpace.Claim,
        PerturbedTrainingFigure.Figure,
        PerturbationsOfTrainedNetworks.Claim,
        SquareLossKeepsTheNullSpace.Claim,
        NormalizationWashesOutTheNullSpace.Claim,
        ExponentialHessianBecomesSemidefinite.Claim,
        OneLayerHessianRank.Claim,
        SquareLossHessianHasNEigenvalues.Claim,
        VirtualDataOfTheSquareLoss.Claim,
        OneLayerAtATime.Claim,
        DeepNetworkIsConjugateToALinearOne.Claim,
        TakeuchiZeroEigenvalue.Claim,
        GradientAgainstTheSeparator.Claim,
        EarlyStoppingIsRegularization.Claim,
        StoppedDeepNetworks.Claim,
        FixedMultipliersStop.Claim,
        NormAtEqualLossRanks.Claim,
        MulticlassFollowsTheMargin.Claim,
        LearningRatesMustSumToInfinity.Claim,
        PolynomialDegreesFigure.Figure,
        MinimumNormOverfitsEventually.Claim,
        Figure03.InTheoryIIIb,
    ];
}
