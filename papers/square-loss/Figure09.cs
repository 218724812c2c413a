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
        Caption = "Shares of training examples by |f_n| over its mean, at three times: broad at the start, narrow around one value at "
            + "the end, since all |g_n| go to 1; first seed of each norm, and the mean |f_n| itself of all. Of kept runs the quantiles "
            + "of the margins stand for the histogram.",
        Config = "papers/square-loss/figure-06.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context => OutputHistogram.Of(context),
    };
}
