using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 2: ρ(t) with batch normalization and weight decay.</summary>
internal static class NormWithDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-02",
        Paper = SourcePapers.SquareLoss,
        Number = "2",
        Title = "Batch normalization and weight decay: the norm ρ",
        Caption = "Starts that lie up to seven decades apart end at one ρ, as the paper shows; which decay does, not batch normalization "
            + "(figure 7). On top the model: ρ̇ = −2[ρΣf² − Σyf] − 2λρ (eq. 5), solved along the measured f alone (dashed), is where ρ "
            + "is. The networks come to their ρ another way: with batch normalization after the last layer the outputs have variance 1, "
            + "so ρ is nothing but 1/√(mean f²) of the directions, and decay acts by how fast directions turn.",
        Config = "papers/square-loss/figure-01.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context => new Chart([ModelPanels.Norm(context),
            .. NormSweep.WithDecay.BothSizes(context, static (starts, size) => [NormPanels.Norm(starts, size)])]),
    };
}
