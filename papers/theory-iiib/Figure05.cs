using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 5: what perturbations after convergence do to loss, error and norm.</summary>
internal static class PerturbedTrainingFigure
{
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-05",
        Paper = SourcePapers.TheoryIIIb,
        Number = "5",
        Title = "Perturbations after convergence: loss, error and norm",
        Caption = "Noise of a quarter of each layer’s spread every 100 epochs once the data are fitted, for a while; control without. "
            + "The norm steps up at each perturbation, and the training loss comes back if the step is small: on CIFAR-10 at rate 0.01, "
            + "not at 0.05, where descent overshoots. Digits: 200 examples, five seeds (thin lines). CIFAR-10: 1,000 images, one seed, "
            + "perturbed from epoch 600 to 1,600, where the paper takes all images and epochs 1,800 to 7,500; its rate is not given.",
        Config = "papers/theory-iiib/figure-05.yaml",
        Runs = PerturbedTraining.Commands,
        FullRuns = PerturbedTraining.FullRuns,
        Build = static context => new Chart([.. Panels("digits, five seeds", PerturbedTraining.Quick(context)),
            .. PerturbedTraining.Rates.Reverse().SelectMany(rate =>
            PerturbedTraining.Whole(context, rate) is { } whole ? Panels($"{SweepPanels.WholeTitle(context)}, rate {rate}", whole) : [])]),
    };

    private static IEnumerable<Panel> Panels(string size, PerturbedTraining.Pair pair) =>
    [
        Lines($"Training loss: {size}", "log₁₀ of the cross-entropy", pair, static r => r["log10_loss"]),
        Lines($"Test loss: {size}", "log₁₀ of the cross-entropy", pair, static r => r["log10_test_loss"]),
        Lines($"Test error: {size}", "share of examples", pair, static r => r["test_error"]),
        Lines($"Norm: {size}", "log₁₀ ρ", pair, static r => r["log10_rho"]),
    ];

    private static Panel Lines(string title, string y, PerturbedTraining.Pair pair, Func<IObservations, double[]> values)
    {
        var panel = new Panel(title, new Axis("epoch"), new Axis(y));
        // All seeds as one series; an ordinate that is not a number lifts the pen between them.
        Panel With(string name, IReadOnlyList<IObservations> runs, int colour) => panel.Line(name,
            [.. runs.SelectMany(static r => r["epoch"].Append(r.Last("epoch")))], [.. runs.SelectMany(r => values(r).Append(double.NaN))],
                colour);
        panel = With("perturbed", pair.Perturbed, 1);
        return With("control", pair.Control, 0);
    }
}
