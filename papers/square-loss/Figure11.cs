using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Memo 112 figure 11: ρ(t) without normalization and decay.</summary>
internal static class NormPlain
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "square-loss/figure-11",
        Paper = SourcePapers.SquareLoss,
        Number = "11",
        Title = "Neither batch normalization nor weight decay: the norm ρ",
        Caption = "Rows of three: ∏ρ_k from one start over more and more iterations; the dashed rectangle is the domain and range of "
            + "the panel before. Then by both definitions. Dashed beside ∏ρ_k: eq. 28, ρ̇ = 2Lρ^{2−2/L}[Σyf − ρΣf²]/N, solved "
            + "along the measured f of the first seed with t = steps × rate/(1 − momentum).",
        Config = "papers/square-loss/norms.yaml",
        Runs = NormSweep.Plain.Commands,
        FullRuns = NormSweep.Plain.FullRuns,
        Build = static context =>
        {
            var groups = NormSweep.Plain.Groups(context);
            return NormPanels.Chart([.. NormZoom.Rows(groups[0], "∏ρ_k", static r => r["rho"]), .. groups.SelectMany(PlainNorm.Panels)],
                NormFindings.Norms(groups), columns: 3);
        },
    };
}
