using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 4: Σyf/Σf² beside ρ.</summary>
internal static class EquilibriumWithDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-04",
        Paper = SourcePapers.SquareLoss,
        Number = "4",
        Title = "Batch normalization and weight decay: Σyf/Σf² beside ρ",
        Caption = "The paper plots the ratio Σyf/Σf² with ρ and finds both together. In the model ρ goes to ρ_eq = Σyf/(λ + Σf²) "
            + "(dashed, first seed) and follows it from then on, while V still moves. In networks with batch normalization after the "
            + "last layer the two must meet wherever the data are fitted: Σg² = N makes the ratio ρ·corr(y, g), so that they say nothing "
            + "about the equation for ρ. Of the kept runs, whose tables have no Σf², it is computed from loss and mean margin; it stays "
            + "below ρ, as the data are not fitted there (figure 1).",
        Config = "papers/square-loss/figure-01.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context => new Chart([ModelPanels.Equilibrium(context),
            .. NormSweep.WithDecay.BothSizes(context, static (starts, size) => [NormPanels.Equilibrium(starts, size)])]),
    };
}
