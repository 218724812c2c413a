using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 8: the test loss of the normalized networks scaled by ρ', against their test error.</summary>
internal static class ScaledLossFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-08",
        Paper = SourcePapers.TheoryIII,
        Number = "8",
        Title = "Normalized networks scaled by ρ': test loss against test error",
        Caption = "The networks of figure 1, each divided by its own ρ and multiplied by the same ρ'. The paper sees a linear relation "
            + "that disappears around ρ' ≈ 4. Here nothing happens at 4, because outputs ρ'f̃ are still tiny: the correlation is the "
            + "same from ρ' = 1 until ρ' nears the inverse of the margins, where the loss begins to bend and follows the error best, and "
            + "then its sign turns: misclassified examples decide the loss, and the networks of large ρ lose least by them. Scaling the "
            + "inputs by c moves the threshold by 1/c, so a number like 4 belongs to one choice of inputs. Five draws of 500 digits; "
            + "full-size runs (CIFAR-10) follow where they are kept.",
        Config = "papers/theory-iii/figure-01.yaml",
        Runs = NormalizedNets.TrueLabels,
        FullRuns = NormalizedNets.FullTrueLabels,
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var nets = NormalizedNets.OfDigits(context, 0);
        var correlations = CorrelationPanel("Correlation of test loss and test error by ρ' (digits)");
        foreach (var seed in Spread.Seeds)
        {
            var one = NormalizedNets.OfDigits(context, seed);
            correlations = correlations.Line($"draw {seed}", [.. NormalizedNets.Scales], one.CorrelationsWithError(), (int)seed);
        }
        correlations = correlations.At("ρ' = 4", 4).At("1/margin", 1 / Spread.Of(nets["margin_mean"]).Median);
        var panels = new List<Panel> { Cloud("ρ' = 1 (digits)", nets, 1), Cloud("ρ' = 16 (digits)", nets, 16),
            Cloud("ρ' = 4,096 (digits)", nets, 4096), correlations };
        if (NormalizedNets.OfImages(context) is { } images)
        {
            var set = context.Full ? "CIFAR-10" : "CIFAR-10, kept from a full-size run";
            panels.Add(Cloud($"ρ' = 1 ({set})", images, 1));
            panels.Add(CorrelationPanel($"Correlation by ρ' ({set})")
                .Line("16 networks", [.. NormalizedNets.Scales], images.CorrelationsWithError(), 0)
                .At("ρ' = 4", 4).At("1/margin", 1 / Spread.Of(images["margin_mean"]).Median));
        }
        return new Chart(panels);
    }

    /// <summary>An empty panel of correlations against ρ'.</summary>
    public static Panel CorrelationPanel(string title) =>
        new Panel(title, new Axis("ρ'", Scale.Log), new Axis("Pearson's correlation", Min: -1, Max: 1)).Level("", 0);

    private static Panel Cloud(string title, NormalizedNets nets, double scale) =>
        new Panel(title, new Axis("test cross-entropy of ρ'f̃"), new Axis("test error"))
            .Points("a network", nets[NormalizedNets.Column(scale)], nets["test_error"], 0);
}
