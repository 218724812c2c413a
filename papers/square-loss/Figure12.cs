using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 12: margins without normalization and decay.</summary>
internal static class MarginsPlain
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-12",
        Paper = SourcePapers.SquareLoss,
        Number = "12",
        Title = "Neither batch normalization nor weight decay: margins of all training examples",
        Caption = "The mean margin goes like 1/ρ: the larger the start, the smaller. Over their mean the margins are flatter from a "
            + "large start than from a small one: flatness says that the data are fitted, not that they are fitted with a small norm.",
        Config = "papers/square-loss/figure-10.yaml",
        Runs = NormSweep.Plain.Commands,
        FullRuns = NormSweep.Plain.FullRuns,
        Build = static context => new Chart([.. NormSweep.Plain.BothSizes(context, NormPanels.Margins)]),
    };
}
