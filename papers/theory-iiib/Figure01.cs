using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 1: error against the number of training examples.</summary>
internal static class LearningCurves
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-01",
        Paper = SourcePapers.TheoryIIIb,
        Number = "1",
        Title = "Error against the number of training examples, true and random labels",
        Caption = "As in the paper: the same network trained on more and more examples, with true labels (left) and with labels drawn by "
            + "lot (right), the test images’ too. Digits: five seeds, the line through their medians. CIFAR-10: the network of 9,904 "
            + "weights, one seed; rate and momentum are not given in the paper.",
        Config = "papers/theory-iiib/figure-01.yaml",
        Runs = GeneralizationSweeps.ExampleCommands,
        FullRuns = GeneralizationSweeps.FullExamples,
        Build = static context =>
        {
            List<Panel> panels = [];
            List<string> findings = [];
            void Add(string size, Func<string, IReadOnlyList<SizeRuns>> sweep)
            {
                foreach (var labels in (string[])["true", "random"])
                    if (sweep(labels) is { Count: > 0 } runs)
                    {
                        findings.Add(Finding($"{size.Split(',')[0]}, {labels} labels", runs));
                        panels.Add(SweepPanels.Of($"{char.ToUpperInvariant(labels[0])}{labels[1..]} labels: {size}", runs,
                            "training examples n", "error", ("test", "test_error"), ("training", "train_error")).Level("chance", .9));
                    }
            }
            Add("digits, five seeds", labels => GeneralizationSweeps.Examples(context, labels));
            Add(SweepPanels.WholeTitle(context), labels => GeneralizationSweeps.AllExamples(context, labels));
            return new Chart([.. panels]) { Findings = string.Join(" ", findings) };
        },
    };

    private static string Finding(string what, IReadOnlyList<SizeRuns> runs)
    {
        double[] test = [.. runs.Select(static r => r.Last("test_error").Median)];
        var fitted = runs.Where(static r => r.Last("train_error").Median == 0).Select(static r => r.Size).ToArray();
        return $"{char.ToUpperInvariant(what[0])}{what[1..]}: from {Wording.Count((long)runs[0].Size)} to "
            + $"{Wording.Count((long)runs[^1].Size)} examples the test error goes from {Wording.Text(test[0])} to {Wording.Text(test[^1])}"
            + $"{(test.Zip(test.Skip(1)).All(static p => p.Second < p.First) ? ", lower at each step" : "")}; the training error is 0 "
            + (fitted.Length > 0 ? $"up to {Wording.Count((long)fitted.Max())}." : "nowhere.");
    }
}
