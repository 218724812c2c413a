using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
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
        Caption = "At exactly zero square loss the sorted margins would be a horizontal line, as the caption says. From norm 5 they come "
            + "nearer to it than from norm 0.1 in the same number of epochs.",
        Config = "papers/square-loss/figure-06.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context => new Chart([.. NormSweep.WithoutDecay.BothSizes(context, NormPanels.Margins)]),
    };
}
