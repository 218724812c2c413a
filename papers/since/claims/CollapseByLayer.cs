using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>Claim b148: within-class variability, layer by layer.</summary>
internal static class CollapseByLayer
{
    private const string Ratio = "nc1_trace_ratio", Distance = "nc1_cdnv";
    private const string Both = "in the dense net of eight hidden layers and the convolutional one";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b148-collapse-falls-with-depth",
        Paper = SincePage.Paper,
        Title = "Within-class variability falls with depth",
        Keywords = ["neural collapse", "intermediate layers"],
        Place = "Rangamani, Lindegaard, Galanti and Poggio (ICML 2023), abstract; Galanti, György and Hutter (arXiv 2112.15121) for CDNV",
        Hypothesis = "Classifiers trained until all training examples are classified. The finding is empirical, on convolutional and dense "
            + "networks; the layers compared are hidden ones, after the nonlinearity.",
        Statement = "From layer to layer of a trained classifier the covariance within classes falls relative to the covariance between "
            + "them: tr Σ_W/tr Σ_B and CDNV are smaller, the deeper the layer.",
        SetUp = $"{IntermediateRuns.SetUp} Networks: {IntermediateRuns.Dense.Text} of 64 units, {IntermediateRuns.Convolutional.Text}, and "
            + $"{IntermediateRuns.Deep.Text}. Training features by running statistics. Judged: medians over the seeds of every two "
            + "neighbouring hidden layers, and seed by seed the last hidden layer against the first (below 1; the bound was .5 at "
            + $"first). Beside the kept runs a smaller sweep is trained: {IntermediateRuns.QuickHidden} hidden layers, "
            + $"{IntermediateRuns.QuickImages} images, "
            + $"{IntermediateRuns.QuickEpochs} epochs.",
        Expected = "Ratios below 1.",
        Figures = ["since/intermediate"],
        FullRuns = static () => IntermediateRuns.FullRuns(IntermediateRuns.Dense, IntermediateRuns.Convolutional, IntermediateRuns.Deep),
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var texts = new List<string>();
        foreach (var of in new[] { IntermediateRuns.Dense, IntermediateRuns.Convolutional, IntermediateRuns.Deep })
        {
            var runs = of.Runs(context);
            judge.Hypothesis.AtMost($"{of.Text}: largest training error", runs.Max(static r => r.Last("train_error")), .002);
            foreach (var (measure, name) in new[] { (Ratio, "tr Σ_W/tr Σ_B"), (Distance, "CDNV") })
            {
                var medians = of.Medians(context, measure, first: 2);
                judge.Measure($"{of.Text}: {name} of the hidden layers, medians", medians);
                var rise = medians.Zip(medians.Skip(1), static (a, b) => b / a).Max();
                var quantity = $"{name}: largest ratio of the medians of a hidden layer and the one below";
                judge.Printed.In(of.Text).AtMost(quantity, rise, 1);
                if (of != IntermediateRuns.Deep) judge.Amended(Both).In(of.Text).AtMost(quantity, rise, 1);
                judge.Printed.In(of.Text).AtMost($"{name}: last hidden layer over the first, largest of five seeds",
                    runs.Max(r => of.Last(r, measure, of.Layers) / of.Last(r, measure, 2)), 1);
            }
            texts.Add($"{of.Text}: {string.Join(", ", of.Medians(context, Ratio, first: 2).Select(static m => Wording.Text(m, 2)))}");
        }
        var quick = IntermediateRuns.Quick.Runs(context);
        var now = $"trained now, {IntermediateRuns.QuickHidden} hidden layers, {IntermediateRuns.QuickImages} images, "
            + $"{IntermediateRuns.QuickEpochs} epochs";
        judge.Hypothesis.AtMost($"{now}: largest training error", quick.Max(static r => r.Last("train_error")), .02);
        judge.Printed.In(now).AtMost("tr Σ_W/tr Σ_B: last hidden layer over the first, largest of five seeds",
            quick.Max(static r => r.Last(Ratio) / r.Last($"{Ratio}_2")), 1);
        var text = $"tr Σ_W/tr Σ_B of the hidden layers, from the first to the last, medians of five seeds. {string.Join("; ", texts)}.";
        return judge.Outcome(holds: text, care: text, fails: text, open: text);
    }
}
