using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers;

/// <summary>Square loss: its claims and figures, in the order of the paper.</summary>
public static class SquareLoss
{
    /// <summary>The paper.</summary>
    public static Paper Paper { get; } = new("square-loss", "Square loss",
        "T. Poggio, Q. Liao: Generalization in deep network classifiers trained with the square loss (CBMM Memo 112, 2020)");

    /// <summary>The claims that are checked, one line each.</summary>
    public static IReadOnlyList<Claim> Claims =>
    [
        EquilibriumNorm.Claim,
        NormGrowsMonotonically.Claim,
        CriticalNormAtLeastOne.Claim,
        DiagonalNetworkEquilibria.Claim,
    ];

    /// <summary>The figures that are drawn, one line each.</summary>
    public static IReadOnlyList<PaperFigure> Figures =>
    [
    ];
}
