using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers;

/// <summary>Theory III: its claims and figures, in the order of the paper.</summary>
public static class TheoryIII
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("theory-iii", "Theory III",
        "A. Banburski, Q. Liao, B. Miranda, L. Rosasco, F. De La Torre, J. Hidary, T. Poggio: Theory III: Dynamics and Generalization in Deep Networks (2019)");

    /// <summary>The claims that are checked, one line each.</summary>
    public static IReadOnlyList<Claim> Claims =>
    [
        StructuralLemma.Claim,
        LayersGrowAlike.Claim,
        RateOfGrowthFalls.Claim,
        LayersStayEqual.Claim,
        OneLayerLogarithm.Claim,
        DeeperGrowsFaster.Claim,
        TwoLayerProduct.Claim,
        GradientDescentRate.Claim,
        WeightNormalizationRate.Claim,
        WeightNormalizationIsFaster.Claim,
        ErrorEquation.Claim,
        SameDirectionAtAnyTime.Claim,
        ScheduleMatters.Claim,
        FixedRhoReachesTheMaximumMargin.Claim,
        MarginIsMonotone.Claim,
        OneSupportVectorAtTheLimit.Claim,
        MinimumNormIsMaximumMargin.Claim,
        NoSeparatingStationaryPoint.Claim,
        MisclassificationRegularizes.Claim,
        ConditionNumberWorstAtSquare.Claim,
        BatchNormalizationIsWeightNormalization.Claim,
        RademacherScalesWithTheNorm.Claim,
    ];

    /// <summary>The figures that are drawn, one line each.</summary>
    public static IReadOnlyList<PaperFigure> Figures =>
    [
        Figure02.Figure,
        Figure03.Figure,
        Figure04.Figure,
        Figure05.Figure,
        Figure06.Figure,
        Figure07.Figure,
    ];
}
