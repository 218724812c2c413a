using Rhoflow.Lab.Claims;
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
        Caption = "The paper’s message is that all starts end at one ρ. Rows of three: ρ = ∏ρ_k from one start over more and more "
            + "iterations, on linear axes as in the paper; the dashed rectangle is the domain and range of the panel before. Then "
            + "ρ by both definitions: ∏ρ_k with batch normalization folded in, and ρ_L, which is the paper’s ρ where ρ_k = 1 "
            + "below (§2.3). The model: ρ̇ = −2[ρΣf² − Σyf] − 2λρ (eq. 5), solved along the measured f alone (dashed).",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithDecay.Commands,
        FullRuns = NormSweep.WithDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithDecay.Groups(context);
            return NormPanels.Chart([.. NormZoom.Rows(groups[0], "∏ρ_k", static r => r["rho"]),
                .. groups.SelectMany(NormPanels.Norms), ModelPanels.Norm(context)],
                NormFindings.Norms(groups), columns: 3);
        },
    };
}
