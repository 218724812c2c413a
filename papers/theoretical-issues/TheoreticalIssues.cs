using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers;

/// <summary>Theoretical issues: its claims and figures, in the order of the paper.</summary>
public static class TheoreticalIssues
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("theoretical-issues", "Theoretical issues",
        "T. Poggio, A. Banburski, Q. Liao: Theoretical Issues in Deep Networks (draft for PNAS, 2019)");

    /// <summary>The claims that are checked, one line each.</summary>
    public static IReadOnlyList<Claim> Claims =>
    [
        CompositionAvoidsTheCurse.Claim,
        TrainedTreesNeedFewerParameters.Claim,
        StationaryPointsAreHyperbolic.Claim,
    ];

    /// <summary>The figures that are drawn, one line each.</summary>
    public static IReadOnlyList<PaperFigure> Figures =>
    [
        CompositionGraphs.Figure,
    ];
}
