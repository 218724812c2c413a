using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
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
        Caption = "The mean output of the normalized network, from three norms. Where all |g_n| = ρ|f_n| = 1, as at zero loss, it is 1/ρ "
            + "(dashed, first seed): the curves come down to one line where ρ goes up to one. In the model decay keeps ρ|f_n| below 1.",
        Config = "papers/square-loss/figure-01.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context => new Chart([ModelPanels.Outputs(context),
            .. NormSweep.WithDecay.BothSizes(context, static (starts, size) => [NormPanels.Outputs(starts, size)])]),
    };
}
