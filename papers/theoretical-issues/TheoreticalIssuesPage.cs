using Rhoflow.Lab.Claims;
using Rhoflow.Papers.TheoryIII;
using Rhoflow.Papers.TheoryIIIb;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Theoretical issues.</summary>
public static class TheoreticalIssuesPage
{
    /// <summary>Its claims and figures, one line each.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        CompositionGraphs.Figure,
        CompositionAvoidsTheCurse.Claim,
        NetworksOnTheGraphReachTheRate.Claim,
        ShallowRateIsBestPossible.Claim,
        ParametersAgainstInputs.Claim,
        TrainedTreesNeedFewerParameters.Claim,
        LocalityNotWeightSharing.Claim,
        NormalizedLossFigure.Again,
        NormalizedLossRanksNetworks.Claim,
        StationaryPointsAreHyperbolic.Claim,
        MainTheoremFigures.InTheoreticalIssues,
        FixedRhoMinimaAreHyperbolic.Claim,
        OneLimitOfBothDynamics.Claim,
        ComplexityControlAtFiniteTime.Claim,
        DirectionStepIsNonExpanding.Claim,
        WidthCurves.InTheoreticalIssues,
    ];
}
