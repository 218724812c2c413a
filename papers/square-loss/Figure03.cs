using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 3: mean |f_n| with batch normalization and weight decay.</summary>
internal static class OutputsWithDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-03",
        Paper = SourcePapers.SquareLoss,
        Number = "3",
        Title = "Batch normalization and weight decay: mean |f_n|",
        Caption = "The mean output of the normalized network. Rows of three: from one start over more and more iterations; the dashed "
            + "rectangle is the domain and range of the panel before. Then by both definitions of ρ, f = g/∏ρ_k and f = g/ρ_L, "
            + "beside 1/ρ, where it would lie if all |g_n| = 1. In the model decay keeps ρ|f_n| below 1.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithDecay.Groups(context);
            return NormPanels.Chart([.. NormZoom.Rows(groups[0], "mean |f_n|", static r => r["abs_f_mean"]),
                .. groups.SelectMany(NormPanels.Outputs), ModelPanels.Outputs(context)],
                NormFindings.Outputs(groups), columns: 3);
        },
    };
}
