using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 6: loss and error with batch normalization alone.</summary>
internal static class LossWithoutDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-06",
        Paper = SourcePapers.SquareLoss,
        Number = "6",
        Title = "Batch normalization without weight decay: loss and error",
        Caption = "Convolutions, batch normalization without parameters, no decay. The data are fitted from every norm, and the losses "
            + "come down more smoothly than with decay (figure 1), because layers only grow and steps turn them less and less; the small "
            + "start is slower. The paper shows norms 0.1 and 5.",
        Config = "papers/square-loss/figure-06.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context => new Chart([.. NormSweep.WithoutDecay.BothSizes(context, NormPanels.Losses)]),
    };
}
