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
        Caption = "The same network with more and more channels, trained on the same examples for the same number of epochs; the vertical "
            + "line is where it has as many parameters as examples. Digits: 200 examples, five seeds. CIFAR-10: 5,000 of the 50,000 "
            + "images, one seed; the paper does not say the number of epochs.",
        Config = "papers/theory-iiib/figure-02.yaml",
        Runs = GeneralizationSweeps.WidthCommands,
        FullRuns = GeneralizationSweeps.FullWidths,
        Build = static context =>
        {
            IReadOnlyList<SizeRuns> digits = GeneralizationSweeps.Widths(context), images = GeneralizationSweeps.AllWidths(context);
            return new Chart([.. Panels("digits, five seeds", digits, QuickExamples),
                .. Panels($"{Wording.Count(Examples)} images of CIFAR-10{(context.Full ? "" : ", kept")}", images, Examples)])
            {
                Findings = $"{Finding("Digits", digits, QuickExamples)} {Finding("CIFAR-10", images, Examples)}".TrimEnd(),
            };
        },
    };

    /// <summary>The same as Theoretical issues prints it.</summary>
    public static PaperFigure InTheoreticalIssues { get; } =
        Figure with { Id = "theoretical-issues/figure-03", Paper = SourcePapers.TheoreticalIssues, Number = "3" };

    // What happens to the test examples from the first network with more parameters than examples to the widest.
    private static string Finding(string set, IReadOnlyList<SizeRuns> sweep, int examples)
    {
        var beyond = sweep.Where(s => s.Size > examples).ToArray();
        if (beyond.Length == 0) return "";
        double First(string column) => beyond[0].Last(column).Median;
        double Last(string column) => beyond[^1].Last(column).Median;
        double Power(double log10) => Math.Pow(10, log10);
        return $"{set}: from {Wording.Count((long)beyond[0].Size)} to {Wording.Count((long)beyond[^1].Size)} parameters the test error "
            + $"goes from {Wording.Text(First("test_error"))} to {Wording.Text(Last("test_error"))} (greatest between: "
            + $"{Wording.Text(beyond.Max(static s => s.Last("test_error").Median))}), the test cross-entropy from "
            + $"{Wording.Text(Power(First("log10_test_loss")))} to {Wording.Text(Power(Last("log10_test_loss")))} (greatest: "
            + $"{Wording.Text(Power(beyond.Max(static s => s.Last("log10_test_loss").Median)))}).";
    }

    private static IEnumerable<Panel> Panels(string size, IReadOnlyList<SizeRuns> sweep, int examples)
    {
        if (sweep.Count == 0) yield break;
        yield return SweepPanels.Of($"Error: {size}", sweep, "parameters", "error", ("test", "test_error"), ("training", "train_error"))
            .At($"n = {examples}", examples);
        yield return SweepPanels.Of($"Cross-entropy: {size}", sweep, "parameters", "log₁₀ of the cross-entropy",
            ("test", "log10_test_loss"), ("training", "log10_loss")).At($"n = {examples}", examples);
    }
}
