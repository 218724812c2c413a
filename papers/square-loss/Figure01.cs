using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 1: loss and error with batch normalization and weight decay.</summary>
internal static class LossWithDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-01",
        Paper = SourcePapers.SquareLoss,
        Number = "1",
        Title = "Batch normalization and weight decay: loss and error",
        Caption = "The paper trains one network to zero training error and shows its losses and errors; here it is trained from all "
            + "three norms of figures 2–4, in one experiment with figures 6–12 (norms.yaml). The caption contradicts itself twice "
            + "(“ConvNet … 4 layers of fully-connected layers”; “weight decay of 0.01 … No weight decay”) and names the norm 5 "
            + "where figures 2–4 have 0.1, 1 and 5; norms.yaml says what was chosen. Its rate, 0.1, is tried on dense layers with "
            + "normalized outputs (figure-01.yaml). Lines are medians over seeds, bands go from the least to the greatest.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithDecay.Groups(context, withEarlier: true);
            return NormPanels.Chart(groups.SelectMany(NormPanels.Losses),
                NormFindings.Losses(groups));
        },
    };
}
