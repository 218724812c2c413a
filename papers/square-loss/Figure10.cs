using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 10: loss and error without normalization and decay.</summary>
internal static class LossPlain
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-10",
        Paper = SourcePapers.SquareLoss,
        Number = "10",
        Title = "Neither batch normalization nor weight decay: loss and error",
        Caption = "The same data as in figures 1 and 6, without normalization. The rate is that of all three settings, not the "
            + "caption’s 0.1. The caption calls four fully-connected layers a ConvNet: both are trained.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.Plain.Commands,
        FullRuns = NormSweep.Plain.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.Plain.Groups(context);
            return NormPanels.Chart(groups.SelectMany(NormPanels.Losses),
                NormFindings.Losses(groups));
        },
    };
}
