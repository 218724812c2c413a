using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers;

/// <summary>Theoretical issues.</summary>
public static class TheoreticalIssues
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("theoretical-issues", "Theoretical issues",
        "T. Poggio, A. Banburski, Q. Liao: Theoretical Issues in Deep Networks (draft for PNAS, 2019)");

    /// <summary>Its claims and figures, one line each.</summary>
    public static IReadOnlyList<IStudy> Contents =>
    [
        CompositionGraphs.Figure,
        CompositionAvoidsTheCurse.Claim,
        TrainedTreesNeedFewerParameters.Claim,
        NormalizedLossFigure.Again,
        StationaryPointsAreHyperbolic.Claim,
        WidthCurves.InTheoreticalIssues,
    ];
}
