using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
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
        Caption = "ρ hardly leaves a large start and ends in the order of the starts, as in the paper. Dashed: eq. 28, ρ̇ = "
            + "2Lρ^{2−2/L}[Σyf − ρΣf²]/N, solved along the measured f with t = steps × rate/(1 − momentum).",
        Config = "papers/square-loss/figure-10.yaml",
        Runs = NormSweep.Plain.Commands,
        FullRuns = NormSweep.Plain.FullRuns,
        Build = static context =>
            new Chart([.. NormSweep.Plain.BothSizes(context, static (starts, size) => [PlainNorm.Panel(starts, size)])]),
    };
}
