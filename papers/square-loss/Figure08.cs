using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 8: margins with batch normalization alone.</summary>
internal static class MarginsWithoutDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-08",
        Paper = SourcePapers.SquareLoss,
        Number = "8",
        Title = "Batch normalization without weight decay: margins of all training examples",
        Caption = "At exactly zero square loss the sorted margins would be a horizontal line at 1/ρ (dashed), as the caption says. By "
            + "both definitions of ρ, and by the statistics of the whole training set.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithoutDecay.Groups(context);
            return NormPanels.Chart(groups.SelectMany(NormPanels.Margins),
                NormFindings.Margins(groups));
        },
    };
}
