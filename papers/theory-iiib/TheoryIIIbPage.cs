using Rhoflow.Lab.Claims;
using Rhoflow.Papers.TheoryIII;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb.</summary>
public static class TheoryIIIbPage
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("theory-iiib", "Theory IIIb",
        "T. Poggio, Q. Liao, B. Miranda, A. Banburski, X. Boix, J. Hidary: Theory IIIb: Generalization in Deep Networks (CBMM Memo "
        + "90, 2018)")
    {
        Short = "T3b",
        Year = 2018,
    };

    /// <summary>Its claims and figures, one line each.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        LearningCurves.Figure,
        MoreExamplesLessError.Claim,
        WidthCurves.Figure,
        MoreParametersNoMoreError.Claim,
        LimitIndependentOfTheStart.Claim,
        ValleysFigure.Figure,
        RegularizationPathReachesTheMargin.Claim,
        WeightDecayRestoresHyperbolicity.Claim,
        PerturbedDescentFigure.Figure,
        PerturbationsMoveTheNullSpace.Claim,
        PerturbedTrainingFigure.Figure,
        PerturbationsOfTrainedNetworks.Claim,
        SquareLossKeepsTheNullSpace.Claim,
        NormalizationWashesOutTheNullSpace.Claim,
        ExponentialHessianBecomesSemidefinite.Claim,
        OneLayerHessianRank.Claim,
        SquareLossHessianHasNEigenvalues.Claim,
        TakeuchiZeroEigenvalue.Claim,
        GradientAgainstTheSeparator.Claim,
        EarlyStoppingIsRegularization.Claim,
        PolynomialDegreesFigure.Figure,
        MinimumNormOverfitsEventually.Claim,
        Figure03.InTheoryIIIb,
    ];
}
