using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 5: margins with batch normalization and weight decay.</summary>
internal static class MarginsWithDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-05",
        Paper = SourcePapers.SquareLoss,
        Number = "5",
        Title = "Batch normalization and weight decay: margins of all training examples",
        Caption = "Margins y f of all training examples at the end, sorted, by both definitions of ρ, and beside them 1/ρ, where all "
            + "would lie at zero square loss (dashed). By running averages of batch normalization, and by the statistics of the "
            + "whole training set, which do not lag behind the weights: what is between them is no property of the solution. The "
            + "last panel is the model’s.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithDecay.Groups(context);
            return NormPanels.Chart([.. groups.SelectMany(NormPanels.Margins), ModelPanels.Margins(context)],
                NormFindings.Margins(groups));
        },
    };
}
