using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers;

/// <summary>Memo 112 figure 8: margins with batch normalization alone.</summary>
internal static class MarginsWithoutDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-08",
        Paper = SquareLoss.Paper,
        Number = "8",
        Title = "Batch normalization without weight decay: margins of all training examples",
        Caption = "At exactly zero square loss the sorted margins would be a horizontal line, as the caption says. They are near it except at both ends.",
        Config = "papers/square-loss/figure-06.yaml",
        Build = static context => new Chart([.. NormSweep.WithoutDecay.BothSizes(context, NormPanels.Margins)]),
    };
}
