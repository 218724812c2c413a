using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 5: margins with batch normalization and weight decay.</summary>
internal static class MarginsWithDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-05",
        Paper = SourcePapers.SquareLoss,
        Number = "5",
        Title = "Batch normalization and weight decay: margins of all training examples",
        Caption = "The paper’s curves are nearly flat and alike from the three norms. Margins y f̃ over their mean, sorted: at zero "
            + "square loss all would be 1. In the small networks they nearly are, class by class: the step in the middle is the offset "
            + "between both classes, which the running means leave. In the model λ = 0.2 leaves a slope. The tables kept of the "
            + "full-size runs have no single margins but their mean and the least one, which is negative: not all examples are fitted.",
        Config = "papers/square-loss/figure-01.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context => new Chart([ModelPanels.Margins(context), .. NormSweep.WithDecay.BothSizes(context, NormPanels.Margins)]),
    };
}
