using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 9: histogram of |f_n| with batch normalization alone.</summary>
internal static class HistogramWithoutDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-09",
        Paper = SourcePapers.SquareLoss,
        Number = "9",
        Title = "Batch normalization without weight decay: how |f_n| are distributed over time",
        Caption = "The share of training examples by |f_n|, f = g/∏ρ_k, at every observation: a column is a histogram, its bins equal "
            + "in the logarithm. The first seed of each norm. At zero square loss all lie at 1/ρ.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithoutDecay.Groups(context);
            return NormPanels.Chart(OutputMap.Panels(groups[0]).Concat(groups.SelectMany(NormPanels.Outputs)),
                NormFindings.Outputs(groups));
        },
    };
}
