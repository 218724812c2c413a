using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 7: ρ(t) with batch normalization alone.</summary>
internal static class NormWithoutDecay
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-07",
        Paper = SourcePapers.SquareLoss,
        Number = "7",
        Title = "Batch normalization without weight decay: the norm ρ",
        Caption = "The paper’s message is that the final ρ depends on the start. The caption says that the plot “starts with ρ(0) = 0 "
            + "despite an initialization of ρ_k = 0 because the scaling factor of BN starts from 0”: figure 6 has no such factor "
            + "(affine=False), and layers of norm 0 would stay there; we read “ρ_k ≠ 0”. Here ∏ρ_k starts at ∏‖W_k‖, since "
            + "running variances begin at 1, and jumps in the first epoch to what the variances of the data make of it. Rows of "
            + "three: from one start over more and more iterations, the dashed rectangle being the panel before; then by both "
            + "definitions.",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.WithoutDecay.Commands,
        FullRuns = NormSweep.WithoutDecay.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.WithoutDecay.Groups(context);
            return NormPanels.Chart([.. NormZoom.Rows(groups[0], "∏ρ_k", static r => r["rho"]), .. groups.SelectMany(NormPanels.Norms)],
                NormFindings.Norms(groups), columns: 3);
        },
    };
}
