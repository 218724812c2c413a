using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 8: the test loss of the normalized networks scaled by ρ', against their test error.</summary>
internal static class ScaledLossFigure
{
    // Where the paper sees the relation disappear.
    private const double Paper = 4;

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-08",
        Paper = SourcePapers.TheoryIII,
        Number = "8",
        Title = "Normalized networks scaled by ρ': test loss against test error",
        Caption = "The networks of figure 1, each divided by its own ρ and multiplied by the same ρ'. The paper sees a linear relation "
            + "that disappears around ρ' ≈ 4. Drawn at that moment in its two readings, ρ' = 4 for the product of the norms and ρ' = 4^K "
            + "for 4 a layer, each with its regression line; at the moment when the relation is closest here; and the correlation by ρ', "
            + "ten values a decade, for five draws of 500 digits. The runs of CIFAR-10 that are kept (5,000 of its 50,000 images, 16 "
            + "networks) follow, at the ρ' at which they were measured. The loss begins to bend where ρ' nears the inverse of the margins, "
            + "then misclassified examples decide it, by which networks of large ρ lose least. Scaling the inputs by c moves this by 1/c, "
            + "so a number like 4 belongs to one choice of inputs.",
        Config = "papers/theory-iii/figure-01.yaml",
        Runs = NormalizedNets.TrueLabels,
        FullRuns = NormalizedNets.FullTrueLabels,
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var draws = Spread.Seeds.Select(seed => NormalizedNets.OfDigits(context, seed)).ToList();
        double[][][] losses = [.. draws.Select(d => d.FineLosses(context))];
        double[][] correlations = [.. draws.Select((d, i) => Correlations(losses[i], d["test_error"]))];
        var nets = draws[0];
        var error = nets["test_error"];
        var fine = NormalizedNets.FineScales;
        var best = Enumerable.Range(0, fine.Count).MaxBy(j => correlations[0][j]);
        var curve = CorrelationPanel("Correlation of test loss and test error by ρ' (digits)");
        for (var i = 0; i < draws.Count; i++) curve = curve.Line($"draw {i}", [.. fine], correlations[i], i);
        var panels = new List<Panel>
        {
            Cloud("Digits, ρ' = 4", nets[NormalizedNets.Column(Paper)], error),
            Cloud("Digits, 4 a layer: ρ' = 4² = 16", nets[NormalizedNets.Column(Paper * Paper)], error),
            Cloud($"Digits, closest: ρ' = {Wording.Text(fine[best])}", [.. losses[0].Select(l => l[best])], error),
            curve.At("ρ' = 4", Paper).At("4²", Paper * Paper).At("1/margin", 1 / Spread.Of(nets["margin_mean"]).Median),
        };
        var onImages = "";
        if (NormalizedNets.OfImages(context) is { } images)
        {
            var set = context.Full ? "CIFAR-10" : "CIFAR-10, kept";
            var cube = Paper * Paper * Paper;
            panels.Add(Cloud($"{set}, ρ' = 4", images[NormalizedNets.Column(Paper)], images["test_error"]));
            panels.Add(Cloud($"{set}, 4 a layer: ρ' = 4³ = 64", images[NormalizedNets.Column(cube)], images["test_error"]));
            panels.Add(CorrelationPanel($"Correlation by ρ' ({set})")
                .Line("16 networks on CIFAR-10", [.. NormalizedNets.KeptScales],
                    Correlations([.. Enumerable.Range(0, images.Count).Select(n => NormalizedNets.KeptScales
                        .Select(r => images[NormalizedNets.Column(r)][n]).ToArray())], images["test_error"]), 0)
                .At("ρ' = 4", Paper).At("4³", cube).At("1/margin", 1 / Spread.Of(images["margin_mean"]).Median));
            onImages = $" On CIFAR-10 {At(images, Paper)}.";
        }
        return new Chart(panels) { Findings = $"On digits {At(nets, Paper)}. {Said(correlations)}{onImages}" };
    }

    // Pearson's correlation of the losses of networks (rows) with their errors, by ρ'.
    private static double[] Correlations(double[][] losses, double[] errors) =>
        [.. Enumerable.Range(0, losses[0].Length).Select(j => LinearRegression.Correlation([.. losses.Select(l => l[j])], errors))];

    private static string At(NormalizedNets nets, double scale)
    {
        var line = LinearRegression.Of(nets[NormalizedNets.Column(scale)], nets["test_error"]);
        return $"the line at ρ' = {Wording.Text(scale)} has slope {Number(line.Slope)} and R² = {Wording.Text(line.R * line.R)} over "
            + $"{nets.Count} networks";
    }

    private static string Said(double[][] correlations)
    {
        var fine = NormalizedNets.FineScales;
        int four = Nearest(Paper), sixteen = Nearest(Paper * Paper);
        var change = correlations.Max(c => Math.Max(Math.Abs(c[four] - c[0]), Math.Abs(c[sixteen] - c[0])));
        double[] turned = [.. correlations.Select(c => Array.FindIndex(c, static r => r < 0)).Where(static j => j >= 0)
            .Select(j => fine[j])];
        var closest = Spread.Of(correlations.Select(c => fine[Array.IndexOf(c, c.Max())]));
        return $"From ρ' = 1 to 16 the correlation moves by {Wording.Text(change, 2)} at most in five draws; it is greatest at ρ' = "
            + $"{Wording.Text(closest)}" + (turned.Length == 0 ? " and keeps its sign."
            : $" and below 0 from ρ' = {Wording.Text(Spread.Of(turned))} on ({turned.Length} of {correlations.Length} draws).");
        int Nearest(double scale) => Enumerable.Range(0, fine.Count).MinBy(j => Math.Abs(Math.Log(fine[j] / scale)));
    }

    private static string Number(double value) => Wording.Text(value).Replace('-', '−');

    /// <summary>An empty panel of correlations against ρ'.</summary>
    public static Panel CorrelationPanel(string title) =>
        new Panel(title, new Axis("ρ'", Scale.Log), new Axis("Pearson's correlation", Min: -1, Max: 1)).Level("", 0);

    /// <summary>Networks as dots, with the least-squares line of their test error over their test loss.</summary>
    internal static Panel Cloud(string title, double[] loss, double[] error)
    {
        var line = LinearRegression.Of(loss, error);
        double[] ends = [loss.Min(), loss.Max()];
        // A margin, so that no dot lies on the frame.
        static (double, double) Around(double[] values) =>
            (values.Min() - .05 * (values.Max() - values.Min()), values.Max() + .05 * (values.Max() - values.Min()));
        var ((low, high), (least, most)) = (Around(loss), Around(error));
        return new Panel($"{title}: R² = {Wording.Text(line.R * line.R)}", new Axis("test cross-entropy of ρ'f̃", Min: low, Max: high),
            new Axis("test error", Min: least, Max: most))
            .Predicted($"regression, slope {Number(line.Slope)}", ends, x => line.Intercept + line.Slope * x, 7)
            .Points("a network", loss, error, 0);
    }
}
