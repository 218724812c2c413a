using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 9: the example closest to the margin along training.</summary>
internal static class SupportVectorFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-09",
        Paper = SourcePapers.TheoryIII,
        Number = "9",
        Title = "The example closest to the margin",
        Caption = "Which of 100 training examples has the smallest f_y − max f_j, epoch by epoch; a lane a run, since runs meet on one "
            + "example. The vertical line is the epoch from which on all examples of all runs are fitted. CIFAR-10 and five layers, as in "
            + "the paper, kept: one draw from five starts for 6,000 epochs, and the order of the five smallest margins in a run of 450 "
            + "epochs from the start of seed 0. Computed now: digits and two dense layers, five draws, their order, the margins, and how "
            + "many examples are support vectors (within 1 % of the smallest margin) when N is varied, after "
            + $"{Wording.Count((long)SupportVectorRun.Compared)} epochs. figure-09.yaml says what is chosen.",
        Config = "papers/theory-iii/figure-09.yaml",
        Runs = static () => SupportVectorRun.Commands("theory-iii/figure-09"),
        FullRuns = static () => [.. SupportVectorRun.FullRuns("theory-iii/figure-09"), .. SupportVectorRun.EarlyRuns()],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var digits = SupportVectorRun.OfDigits(context, 0);
        var images = SupportVectorRun.OfImages(context, "theory-iii/figure-09");
        var early = SupportVectorRun.OfEarlyImages(context, 0);
        var sizes = SupportVectorRun.BySize(context);
        var panels = new List<Panel>();
        if (images.Length > 0) panels.Add(SupportVectorRun.IndexPanel("CIFAR-10, five starts: the smallest margin", images, [], "seed"));
        if (early.Length > 0) panels.Add(SupportVectorRun.OrderPanel("CIFAR-10: the five smallest margins", early[0]));
        panels.Add(SupportVectorRun.IndexPanel("Digits, five draws: the smallest margin", digits, []));
        panels.Add(SupportVectorRun.OrderPanel("Digits, draw 0: the five smallest margins", digits[0]));
        panels.Add(Sizes(sizes));
        panels.Add(Margins("Digits: smallest margin of the normalized network", digits, "draw"));
        if (images.Length > 0) panels.Add(Margins("CIFAR-10: smallest margin of the normalized network", images, "seed"));
        return new Chart(panels)
        {
            Findings = (images.Length > 0 ? Settled("CIFAR-10", images, "seeds") : "") + Settled("digits", digits, "draws")
                + "Support vectors by N, median of five draws: "
                + string.Join(", ", sizes.Select(s => $"{Wording.Text(Counts(s.Runs).Median)} (N = {s.N})")) + ".",
        };
    }

    private static string Settled(string set, SupportVectorRun[] runs, string name)
    {
        var still = runs.Count(static r => r.LateChanges == 0);
        var ends = runs.Select(static r => r.First[^1]).Distinct().Count();
        return $"On {set} the example of the smallest margin does not change in the last third of training for {still} of {runs.Length} "
            + $"{name}, which end on {ends} {(ends == 1 ? "example" : "different examples")}. ";
    }

    // Support vectors after the epochs that all sizes have.
    private static double[] EachCount(SupportVectorRun[] runs) => [.. runs.Select(static r => r.Count[r.At(SupportVectorRun.Compared)])];

    private static Spread Counts(SupportVectorRun[] runs) => Spread.Of(EachCount(runs));

    private static Panel Sizes(IReadOnlyList<(int N, SupportVectorRun[] Runs)> sizes)
    {
        double[] n = [.. sizes.Select(static s => (double)s.N)];
        var most = (int)sizes.Max(static s => Counts(s.Runs).Max) + 1;
        var panel = new Panel($"Digits: support vectors by N after {Wording.Count((long)SupportVectorRun.Compared)} epochs",
            new Axis("training examples N", Scale.Log, Min: 20, Max: 500)
            {
                Labels = [.. sizes.Select(static s => ((double)s.N, Wording.Count(s.N)))],
            },
            new Axis("examples within 1 % of the smallest margin", Min: 0, Max: most)
            {
                Labels = [.. Enumerable.Range(0, most + 1).Select(static c => ((double)c, Wording.Count(c)))],
            })
            .Line("median of five draws", n, [.. sizes.Select(static s => Counts(s.Runs).Median)], 7);
        for (var i = 0; i < sizes[0].Runs.Length; i++)
            panel = panel.Points($"draw {i}, {Wording.Count((long)SupportVectorRun.Compared)} epochs",
                [.. n.Select(v => v * Math.Pow(1.04, i - 2))], [.. sizes.Select(s => EachCount(s.Runs)[i])], i);
        return panel;
    }

    private static Panel Margins(string title, SupportVectorRun[] runs, string name)
    {
        var panel = new Panel(title, new Axis("epoch"), new Axis("min (f_y − max f_j)/ρ")).Level("", 0);
        for (var i = 0; i < runs.Length; i++) panel = panel.Line($"{name} {i}", runs[i].Epochs, runs[i].Margin, i);
        return panel;
    }
}
