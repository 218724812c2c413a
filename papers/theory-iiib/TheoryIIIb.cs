using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers;

/// <summary>Theory IIIb: its claims and figures, in the order of the paper.</summary>
public static class TheoryIIIb
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("theory-iiib", "Theory IIIb",
        "T. Poggio, Q. Liao, B. Miranda, A. Banburski, X. Boix, J. Hidary: Theory IIIb: Generalization in Deep Networks (CBMM Memo 90, 2018)");

    /// <summary>The claims that are checked, one line each.</summary>
    public static IReadOnlyList<Claim> Claims =>
    [
        LimitIndependentOfTheStart.Claim,
        SquareLossHessianHasNEigenvalues.Claim,
        ExponentialHessianBecomesSemidefinite.Claim,
        TakeuchiZeroEigenvalue.Claim,
        OneLayerHessianRank.Claim,
        GradientAgainstTheSeparator.Claim,
        SquareLossKeepsTheNullSpace.Claim,
        NormalizationWashesOutTheNullSpace.Claim,
        RegularizationPathReachesTheMargin.Claim,
        EarlyStoppingIsRegularization.Claim,
        PerturbationsMoveTheNullSpace.Claim,
        MinimumNormOverfitsEventually.Claim,
    ];

    /// <summary>The figures that are drawn, one line each.</summary>
    public static IReadOnlyList<PaperFigure> Figures =>
    [
        ValleysFigure.Figure,
        PerturbedDescentFigure.Figure,
        PolynomialDegreesFigure.Figure,
        Figure03.InTheoryIIIb,
    ];
}
