using Rhoflow.Lab.Claims;
using Rhoflow.Papers.TheoryIII;
using Rhoflow.Papers.TheoryIIIb;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Theoretical issues.</summary>
public static class TheoreticalIssuesPage
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("theoretical-issues", "Theoretical issues",
        "T. Poggio, A. Banburski, Q. Liao: Theoretical Issues in Deep Networks (draft for PNAS, 2019)")
    {
        Short = "PNAS",
        Year = 2020,
    };

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
