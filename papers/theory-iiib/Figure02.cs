using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 2, and Theoretical issues figure 3: error and cross-entropy against the number of parameters.</summary>
internal static class WidthCurves
{
    private const int QuickExamples = 200, Examples = 5000;

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-02",
        Paper = SourcePapers.TheoryIIIb,
        Number = "2",
        Title = "Error and cross-entropy against the number of parameters",
        Caption = "The same network with more and more channels, trained on the same examples for the same number of epochs. Beyond the "
            + "number of examples (the vertical line) the error does not rise; the cross-entropy of the test examples is far above that "
            + "of the training examples. Digits: 200 examples, five seeds. CIFAR-10: 5,000 of the 50,000 images, one seed; the paper "
            + "does not say the number of epochs.",
        Config = "papers/theory-iiib/figure-02.yaml",
        Runs = GeneralizationSweeps.WidthCommands,
        FullRuns = GeneralizationSweeps.FullWidths,
        Build = static context => new Chart([.. Panels("digits, five seeds", GeneralizationSweeps.Widths(context), QuickExamples),
            .. Panels(SweepPanels.WholeTitle(context), GeneralizationSweeps.AllWidths(context), Examples)]),
    };

    /// <summary>The same as Theoretical issues prints it.</summary>
    public static PaperFigure InTheoreticalIssues { get; } =
        Figure with { Id = "theoretical-issues/figure-03", Paper = SourcePapers.TheoreticalIssues, Number = "3" };

    private static IEnumerable<Panel> Panels(string size, IReadOnlyList<SizeRuns> sweep, int examples)
    {
        if (sweep.Count == 0) yield break;
        yield return SweepPanels.Of($"Error: {size}", sweep, "parameters", "error", ("test", "test_error"), ("training", "train_error"))
            .At($"n = {examples}", examples);
        yield return SweepPanels.Of($"Cross-entropy: {size}", sweep, "parameters", "log₁₀ of the cross-entropy",
            ("test", "log10_test_loss"), ("training", "log10_loss")).At($"n = {examples}", examples);
    }
}
