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
        Caption = "With true labels the test error falls with every doubling, also while the training error is 0. With random labels it "
            + "stays at chance, 0.9, while the training error of the same network is 0 as long as the examples are few. Digits: five "
            + "seeds, the line through their medians. CIFAR-10: the network of 9,904 weights, one seed; rate and momentum are not given "
            + "in the paper.",
        Config = "papers/theory-iiib/figure-01.yaml",
        Runs = GeneralizationSweeps.ExampleCommands,
        FullRuns = GeneralizationSweeps.FullExamples,
        Build = static context =>
        {
            List<Panel> panels = [];
            void Add(string size, Func<string, IReadOnlyList<SizeRuns>> sweep)
            {
                foreach (var labels in (string[])["true", "random"])
                    if (sweep(labels) is { Count: > 0 } runs)
                        panels.Add(SweepPanels.Of($"{char.ToUpperInvariant(labels[0])}{labels[1..]} labels: {size}", runs,
                            "training examples n", "error", ("test", "test_error"), ("training", "train_error")).Level("chance", .9));
            }
            Add("digits, five seeds", labels => GeneralizationSweeps.Examples(context, labels));
            Add(SweepPanels.WholeTitle(context), labels => GeneralizationSweeps.AllExamples(context, labels));
            return new Chart([.. panels]);
        },
    };
}
