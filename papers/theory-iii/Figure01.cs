using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Theory III figure 1, which is figure 2 of Theoretical issues: test against training cross-entropy, as it is and of the normalized
/// networks.
/// </summary>
internal static class NormalizedLossFigure
{
    /// <summary>ln C of ten classes.</summary>
    private static readonly double Guess = Math.Log(10);

    private const string Story =
        "Above, computed now: two-layer networks that fit the same 500 digits without an error, from starts of four norms; red, the "
        + "same with random labels. Left their losses, right those of the networks divided by the norms of their layers, with the "
        + "diagonal, the regression, and the regression of slope 1 that the caption names. But ρf̃ with ρ = 1 is so small that every loss "
        + "is nearly ln 10, which every random label has at test; so what training took off it, ln 10 − loss, is drawn too, and against "
        + "ρ. Where longer runs are kept (CIFAR-10, 5,000 images, three-layer convolutional networks), they follow below. "
        + "figure-01.yaml says what the paper leaves open and what is chosen.";

    /// <summary>In Theory III.</summary>
    public static PaperFigure Figure { get; } = Make("theory-iii/figure-01", SourcePapers.TheoryIII, "1");

    /// <summary>In Theoretical issues.</summary>
    public static PaperFigure Again { get; } = Make("theoretical-issues/figure-02", SourcePapers.TheoreticalIssues, "2");

    private static PaperFigure Make(string id, Paper paper, string number) => new()
    {
        Id = id,
        Paper = paper,
        Number = number,
        Title = "Test against training loss, before and after normalization",
        Caption = Story,
        Config = "papers/theory-iii/figure-01.yaml",
        Runs = NormalizedNets.BothLabels,
        FullRuns = NormalizedNets.FullRuns,
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var panels = new List<Panel>();
        var findings = new List<string>();
        Add(panels, findings, "digits", NormalizedNets.OfDigits(context, 0), NormalizedNets.OfRandomDigits(context, 0));
        if (NormalizedNets.OfImages(context) is { } images)
            Add(panels, findings, context.Full ? "CIFAR-10" : "CIFAR-10, kept from a longer run", images,
                NormalizedNets.OfRandomImages(context));
        return new Chart(panels) { Findings = string.Join(" ", findings) };
    }

    private static void Add(List<Panel> panels, List<string> findings, string set, NormalizedNets nets, NormalizedNets? random)
    {
        Panel Cloud(Panel panel, Func<NormalizedNets, (double[] X, double[] Y)> of)
        {
            var (x, y) = of(nets);
            panel = panel.Points("true labels", x, y, 0);
            return random is null ? panel : of(random) is var r ? panel.Points("random labels", r.X, r.Y, 1) : panel;
        }
        (double[] X, double[] Y) Raw(NormalizedNets n) =>
            ([.. n["log10_loss"].Select(l => Math.Pow(10, l))], [.. n["log10_test_loss"].Select(l => Math.Pow(10, l))]);
        (double[] X, double[] Y) Normalized(NormalizedNets n) => (n["ce_rho1"], n["test_ce_rho1"]);
        (double[] X, double[] Y) Gaps(NormalizedNets n) => (n["ce_gap_rho1"], n["test_ce_gap_rho1"]);
        panels.Add(Cloud(new($"Unnormalized ({set})", new Axis("training cross-entropy", Scale.Log),
            new Axis("test cross-entropy", Scale.Log)), Raw));
        var (trainLoss, testLoss) = Normalized(nets);
        var line = LinearRegression.Of(trainLoss, testLoss);
        var offset = testLoss.Average() - trainLoss.Average();
        double[] ends = [trainLoss.Min(), Guess];
        panels.Add(Cloud(new($"Normalized ({set}): slope {Wording.Text(line.Slope)}", new Axis("training cross-entropy of f̃", Max: Guess),
            new Axis("test cross-entropy of f̃")), Normalized)
            .Predicted("regression", ends, x => line.Intercept + line.Slope * x, 2)
            .Predicted("regression of slope 1", ends, x => offset + x, 4)
            .Predicted("diagonal", ends, static x => x, 7));
        var (rawTrain, rawTest) = Raw(nets);
        findings.Add($"{char.ToUpperInvariant(set[0])}{set[1..]}: the rank correlation of test with training loss is "
            + $"{Wording.Text(RankCorrelation.Spearman(rawTrain, rawTest))} before and "
            + $"{Wording.Text(RankCorrelation.Spearman(trainLoss, testLoss))} after normalization; there the regression has slope "
            + $"{Wording.Text(line.Slope)}, that of slope 1 the intercept {Wording.Text(offset, 2)}, while all training losses are within "
            + $"{Wording.Text(Guess - trainLoss.Min(), 2)} of ln 10.");
        var (gap, _) = Gaps(nets);
        double[] span = [0, gap.Max()];
        panels.Add(Cloud(new($"The same below ln 10 ({set})", new Axis("ln 10 − training loss", Min: 0), new Axis("ln 10 − test loss")),
            Gaps)
            .Predicted("diagonal", span, static x => x, 7));
        panels.Add(Cloud(new($"What moves it is the norm ({set})", new Axis("ρ = ∏‖Wₖ‖", Scale.Log),
            new Axis("ln 10 − training loss", Scale.Log)), n => (n["rho"], n["ce_gap_rho1"])));
    }
}
