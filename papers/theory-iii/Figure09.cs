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
        Caption = "Which of 100 training examples has the smallest f_y − max f_j, epoch by epoch, for five draws of the examples. Some "
            + "time after all "
            + "are fitted (vertical line) the index stands still. The second panel follows the five smallest margins of one draw: after "
            + "the "
            + "first, order goes on changing. Computed now on digits with two dense layers; runs of the paper's kind (100 images of "
            + "CIFAR-10, five layers) follow where they are kept. figure-09.yaml says what is chosen.",
        Config = "papers/theory-iii/figure-09.yaml",
        Runs = static () => SupportVectorRun.Commands("theory-iii/figure-09"),
        FullRuns = static () => SupportVectorRun.FullRuns("theory-iii/figure-09"),
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var digits = SupportVectorRun.OfDigits(context, 0);
        var panels = new List<Panel> { SupportVectorRun.IndexPanel("Smallest margin, five draws (digits)", digits, []), Five(digits[0]),
            Margins("Smallest margin of the normalized network (digits)", digits) };
        var images = SupportVectorRun.OfImages(context, "theory-iii/figure-09");
        if (images.Length > 0)
        {
            var set = context.Full ? "CIFAR-10" : "CIFAR-10, kept from a full-size run";
            panels.Add(SupportVectorRun.IndexPanel($"Smallest margin ({set})", images, [], "seed"));
            panels.Add(Margins($"Smallest margin of the normalized network ({set})", images));
        }
        return new Chart(panels);
    }

    private static Panel Five(SupportVectorRun run)
    {
        var panel = new Panel("The five smallest margins of draw 0 (digits)", new Axis("epoch"), new Axis("example", Min: 0, Max: 100));
        for (var k = 0; k < SupportVectorRun.SetSize; k++)
            panel = panel.Points(k == 0 ? "smallest" : $"{k + 1}.", run.Epochs, [.. run.Order!.Select(o => o[k])], k);
        return panel;
    }

    private static Panel Margins(string title, SupportVectorRun[] runs)
    {
        var panel = new Panel(title, new Axis("epoch"), new Axis("min (f_y − max f_j)/ρ")).Level("", 0);
        for (var i = 0; i < runs.Length; i++) panel = panel.Line($"margin, {i}", runs[i].Epochs, runs[i].Margin, i);
        return panel;
    }
}
