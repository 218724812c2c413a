using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 5: what perturbations after convergence do to error, loss and norm.</summary>
internal static class PerturbedTrainingFigure
{
    private static readonly TrainingWords Quick = new("theory-iiib/figure-05-quick"), Images = new("theory-iiib/figure-05");

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-05",
        Paper = SourcePapers.TheoryIIIb,
        Number = "5",
        Title = "Perturbations after convergence: error, loss and norm",
        Caption = "As in the paper: a row of the control and a row with noise of a quarter of each layer’s spread every 100 epochs once "
            + "the data are fitted; classification error, cross-entropy, norm; plain gradient descent, every seed a thin line. CIFAR-10: "
            + $"{Images.Train} images, {Seeds(PerturbedTraining.KeptSeeds.Count)}, perturbed from epoch "
            + $"{PerturbedTraining.Epochs(full: true)[0]} to {Wording.Count(PerturbedTraining.Epochs(full: true)[^1])} of {Images.Epochs}, "
            + $"where the paper has all 50,000 images and epochs 1,800 to 7,500. Digits: {Quick.Train} images, "
            + $"{Spread.Seeds.Count} seeds, perturbed from epoch {PerturbedTraining.Epochs()[0]} to "
            + $"{Wording.Count(PerturbedTraining.Epochs()[^1])} of {Quick.Epochs}. No rate is given; they are "
            + $"{Images.Rate} and {Quick.Rate} here. On "
            + "images each perturbation has an observation one epoch later, on digits the next is ten epochs later.",
        Config = "papers/theory-iiib/figure-05.yaml",
        Runs = PerturbedTraining.Commands,
        FullRuns = PerturbedTraining.FullRuns,
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var digits = PerturbedTraining.Quick(context);
        var images = PerturbedTraining.Images(context);
        var size = $"{Images.Train} images of CIFAR-10{(context.Full ? "" : ", kept")}";
        return new Chart([.. images is null ? [] : Rows(size, images), .. Rows($"{Quick.Train} digits", digits)])
        {
            Columns = 3,
            Findings = (images is null ? "" : Findings("CIFAR-10", images, PerturbedTraining.Epochs(full: true), 1) + " ")
                + Findings("Digits", digits, PerturbedTraining.Epochs(), 10),
        };
    }

    private static IEnumerable<Panel> Rows(string size, PerturbedTraining.Pair pair) =>
        [.. Row($"Control, {size}", pair.Control), .. Row($"Perturbed, {size}", pair.Perturbed)];

    private static IEnumerable<Panel> Row(string arm, IReadOnlyList<IObservations> runs) =>
    [
        Lines(Lines(Empty($"{arm}: classification error", "share of images"), "training", runs, "train_error", 0), "test", runs,
            "test_error", 1),
        Lines(Lines(Empty($"{arm}: cross-entropy", "log₁₀ of the cross-entropy"), "training", runs, "log10_loss", 0), "test", runs,
            "log10_test_loss", 1),
        Lines(Empty($"{arm}: norm", "log₁₀ ρ"), "product of the layers’ norms", runs, "log10_rho", 2),
    ];

    // One number where there is one seed.
    private static string Span(double[] values) =>
        values.Length == 1 ? Wording.Text(values[0]) : Wording.Text(Spread.Of(values));

    private static string Seeds(int count) => count == 1 ? "one seed" : $"{count} seeds";

    private static Panel Empty(string title, string y) => new(title, new Axis("epoch"), new Axis(y));

    // All seeds as one series; an ordinate that is not a number lifts the pen between them.
    private static Panel Lines(Panel panel, string name, IReadOnlyList<IObservations> runs, string column, int colour) =>
        panel.Line(name, [.. runs.SelectMany(static r => r["epoch"].Append(r.Last("epoch")))],
            [.. runs.SelectMany(r => r[column].Append(double.NaN))], colour);

    private static string Findings(string set, PerturbedTraining.Pair pair, IReadOnlyList<int> at, int soon)
    {
        int[] between = [.. at, 2 * at[^1] - at[^2]];
        double[] Before(string column, Func<double[], double> of) =>
            [.. pair.Perturbed.Select(r => of(PerturbedTraining.Before(r, column, between)))];
        var errors = Before("train_error", static b => b.Max());
        var loss = Before("log10_loss", static b => b[^1] - b[0]);
        var test = Before("log10_test_loss", static b => b[^1] - b[0]);
        double[] error = [.. pair.Perturbed.Zip(pair.Control, static (p, c) => p.Last("test_error") - c.Last("test_error"))];
        var jumps = pair.Jumps("log10_rho", at, soon).SelectMany(static j => j).ToArray();
        var seeds = loss.Length == 1 ? "one seed" : $"median, least and greatest of {loss.Length} seeds";
        return $"{set}: before a perturbation the training error is at most {Wording.Text(errors.Max())}; from before the first to an "
            + $"interval after the last log₁₀ of the training loss changes by {Span(loss)}, that of the test loss by "
            + $"{Span(test)} ({seeds}); log₁₀ ρ jumps by "
            + $"{Wording.Text(jumps.Average())} in the mean (law: {Wording.Text(PerturbedTraining.NormJump(set != "Digits"))}); at the end "
            + $"the test error is {Span(error)} above the control’s.";
    }
}
