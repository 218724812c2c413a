using Rhoflow.Lab.Claims;
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
        Caption = "The same networks on the same data as in figure 1, batch normalization without parameters and no decay. The paper "
            + "shows norms 0.1 and 5.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithoutDecay.Groups(context);
            return NormPanels.Chart(groups.SelectMany(NormPanels.Losses),
                NormFindings.Losses(groups));
        },
    };
}
