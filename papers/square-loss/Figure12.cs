using Rhoflow.Lab.Claims;
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
        Caption = "Margins y f of all training examples at the end, sorted, by both definitions of ρ, beside 1/ρ, where all would lie "
            + "at zero square loss (dashed). Absolute: over their mean they would say that the data are fitted, not with which "
            + "norm.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.Plain.Commands,
        FullRuns = NormSweep.Plain.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.Plain.Groups(context);
            return NormPanels.Chart(groups.SelectMany(NormPanels.Margins),
                NormFindings.Margins(groups));
        },
    };
}
