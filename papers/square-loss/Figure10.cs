using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
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
        Caption = "Large starts fit the training data, the largest fastest, and test worst at quick size: there the training loss falls "
            + "without the first layers having to move. The caption’s learning rate of 0.1 diverges from norm 30 within five steps, so "
            + "that the rate is 0.01 (0.002 at quick size), and it calls four fully-connected layers a ConvNet.",
        Config = "papers/square-loss/figure-10.yaml",
        Runs = NormSweep.Plain.Commands,
        FullRuns = NormSweep.Plain.FullRuns,
        Build = static context => new Chart([.. NormSweep.Plain.BothSizes(context, NormPanels.Losses)]),
    };
}
