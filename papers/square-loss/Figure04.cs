using Rhoflow.Lab.Claims;
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
        Caption = "The paper plots the ratio Σyf/Σf² with ρ. Here batch normalization does not stand behind the last layer: with it "
            + "Σg² = N at any weights, and the ratio is ρ·corr(y, g), which says nothing about the equation for ρ. For ρ_L = "
            + "‖W_L‖ eq. 7 is what the last layer’s own equation has at rest, with Nλ for λ since the loss is a mean. Σyf/Σf² "
            + "over ρ is Σyg/Σg², whichever ρ is taken. In the model ρ follows ρ_eq = Σyf/(λ + Σf²) (dashed, first seed) while V "
            + "still moves.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithDecay.Groups(context).Where(static g => !g.NormalizesOutputs).ToArray();
            var lambda = NormSweep.Lambda;
            return NormPanels.Chart([.. groups.SelectMany(g => NormPanels.Equilibrium(g, lambda)), ModelPanels.Equilibrium(context)],
                NormFindings.Equilibrium(groups, lambda));
        },
    };
}
