using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;

namespace Rhoflow.Papers.Since;

/// <summary>Collapse, nearest class centres and alignment, layer by layer.</summary>
internal static class IntermediateFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "since/intermediate",
        Paper = SincePage.Paper,
        Number = "2",
        Title = "Collapse by layer",
        Caption = $"Digits, {IntermediateRuns.Words.Train} images, medians of five seeds after {IntermediateRuns.Words.Epochs} epochs, "
            + "of the training features that enter W_k: k = 1 are the images, the last k the features of the last layer. tr Σ_W/tr Σ_B and "
            + "CDNV are to fall with depth; the nearest class centre is to separate from some layer on; the span of the class means is to "
            + "be that of the leading right singular vectors of W_k (mean squared cosine 1; dashed: subspaces at random, 9/64).",
        Config = "papers/since/intermediate.yaml",
        Runs = static () => [.. Networks.Select(static n => n.Sweep)],
        FullRuns = static () => IntermediateRuns.FullRuns(Networks),
        Build = Build,
    };

    private static IntermediateRuns[] Networks =>
        [IntermediateRuns.Dense, IntermediateRuns.Convolutional, IntermediateRuns.Shallow, IntermediateRuns.Deep,
            IntermediateRuns.Plain];

    private static Chart Build(StudyContext context)
    {
        Panel By(string title, string y, string measure, Scale scale, double? min = null, double? max = null)
        {
            var panel = new Panel(title, new Axis("layer k", Min: .5, Max: 13.5), new Axis(y, scale, min, max));
            foreach (var (of, colour) in Networks.Select(static (n, i) => (n, i)))
            {
                // Alignment is of dense layers.
                var first = measure == "mean_alignment" && of == IntermediateRuns.Convolutional ? 5 : 1;
                double[] k = [.. Enumerable.Range(first, of.Layers - first + 1).Select(static k => (double)k)];
                panel = panel.Line(of.Text, k, of.Medians(context, measure, first), colour);
            }
            return panel;
        }
        return new Chart(
            By("Within over between classes", "tr Σ_W/tr Σ_B", "nc1_trace_ratio", Scale.Log),
            By("Class-distance normalized variance", "CDNV", "nc1_cdnv", Scale.Log),
            By("Nearest class centre", "training error", "ncc_error", Scale.Linear, min: 0),
            By("Class means and singular vectors of W_k", "mean squared cosine", "mean_alignment", Scale.Linear, min: 0, max: 1)
                .Predicted("at random", [1, 13], [9.0 / 64, 9.0 / 64], 7));
    }
}
