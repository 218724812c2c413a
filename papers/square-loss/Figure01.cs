using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
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
            + "three norms of figures 2–4. The small networks fit from every start. With the caption’s own rate and decay the 256-unit "
            + "network on CIFAR-10 does not: training and test error stay near .15, from each norm alike. Decay keeps the layers small, "
            + "so that a step turns them far at a constant rate, and the loss stays noisy. The caption contradicts itself twice "
            + "(“ConvNet … 4 layers of fully-connected layers”; “weight decay of 0.01 … No weight decay”) and names the norm 5 where "
            + "figures 2–4 have 0.1, 1 and 5; figure-01.yaml and figure-01-quick.yaml say what was chosen.",
        Config = "papers/square-loss/figure-01.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context => new Chart([.. NormSweep.WithDecay.BothSizes(context, NormPanels.Losses)]),
    };
}
