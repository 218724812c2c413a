using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Which training examples have the smallest margins along a training that goes on long after it has fitted its 100 examples (T3 Fig 9–11).
/// </summary>
/// <param name="Epochs">Observed epochs.</param>
/// <param name="First">The example with the smallest margin.</param>
/// <param name="Count">Examples within 1 % of the smallest margin.</param>
/// <param name="Margin">The smallest normalized margin.</param>
/// <param name="Log10Loss">log₁₀ L.</param>
/// <param name="TrainError">Share of misclassified examples.</param>
/// <param name="Order">The ten examples of the smallest margins, ascending; null where they were not kept.</param>
internal sealed record SupportVectorRun(double[] Epochs, double[] First, double[] Count, double[] Margin, double[] Log10Loss,
    double[] TrainError, double[][]? Order)
{
    /// <summary>How many of the smallest margins are compared as a set.</summary>
    public const int SetSize = 5;

    /// <summary>
    /// Amplitudes of the digits' runs: 0 is the control, .5 and .9 are those of figures 10 and 11 for a loss that is a mean, 50 and 90 for
    /// one that is the sum over the 100 examples.
    /// </summary>
    public static readonly IReadOnlyList<double> Amplitudes = [0, .5, .9, 10, 50, 90, 1000];

    /// <summary>Those that were tried on images of CIFAR-10 right after the fit.</summary>
    public static readonly IReadOnlyList<double> EarlyAmplitudes = [0, .5, .9];

    private const string FiveSeeds = "seed=0,1,2,3,4", FiveDraws = "data.seed=0..4";

    private static readonly TrainingSweep Digits = new("theory-iii/figure-09-digits", OfAmplitudes(Amplitudes), FiveDraws),
        Early = new("theory-iii/figure-10", FiveDraws, "descent.epochs=450", "descent.perturb.at=[100, 150, 200, 300]",
            OfAmplitudes(EarlyAmplitudes), "observe.at={every: 10 epochs}");

    /// <summary>Epochs of perturbations, digits and images, long after the fit and right after it; and the end.</summary>
    public static readonly IReadOnlyList<double> DigitsPerturbed = [100, 200, 400, 800, 1600, 2400], ImagesPerturbed =
        [2000, 3000, 4000, 5000, 6000], EarlyPerturbed = [100, 150, 200, 300, 450];

    /// <summary>
    /// Five draws of CIFAR-10 at an amplitude, perturbed right after the fit: computed at full size, otherwise those that are kept.
    /// </summary>
    public static SupportVectorRun[] OfEarlyImages(StudyContext context, double amplitude)
    {
        var place = EarlyAmplitudes.ToList().IndexOf(amplitude);
        return context.Full ? [.. Early.Runs(context).Where((_, i) => i % EarlyAmplitudes.Count == place)
                .Select(r => Of(c => r[c], r.Rows("support_order")))]
            : [.. Enumerable.Range(0, 5).Select(draw => KeptRun.Find("theory-iii/figure-10",
                FormattableString.Invariant($"early-{amplitude}-draw-{draw}"))).OfType<KeptRun>()
                .Select(r => Of(c => r[c], r.Rows("support_", 10)))];
    }

    /// <summary>What full size trains for the perturbations right after the fit.</summary>
    public static IReadOnlyList<Experiment> EarlyRuns() => Early.Experiments();

    /// <summary>Five draws of the digits at an amplitude.</summary>
    public static SupportVectorRun[] OfDigits(StudyContext context, double amplitude)
    {
        var all = Digits.Runs(context);
        var place = Amplitudes.ToList().IndexOf(amplitude);
        return [.. all.Skip(place * 5).Take(5).Select(r => Of(c => r[c], r.Rows("support_order")))];
    }

    /// <summary>The runs of figure 9, 10 or 11 itself: computed at full size, otherwise those that are kept; empty where none is.</summary>
    public static SupportVectorRun[] OfImages(StudyContext context, string figure) => context.Full
        ? [.. OfImages(figure).Runs(context).Select(r => Of(c => r[c], r.Rows("support_order")))]
        : [.. Enumerable.Range(0, 5).Select(seed => KeptRun.Find(figure, $"seed-{seed}")).OfType<KeptRun>()
        .Select(r => Of(c => r[c], null))];

    /// <summary>What figure 9, 10 or 11 trains at full size.</summary>
    public static IReadOnlyList<Experiment> FullRuns(string figure) => OfImages(figure).Experiments();

    /// <summary>What a person types for the digits and for figure 9, 10 or 11 itself.</summary>
    public static IReadOnlyList<IFigureRun> Commands(string figure) => [Digits, OfImages(figure)];

    private static TrainingSweep OfImages(string figure) => new(figure, FiveSeeds);

    private static string OfAmplitudes(IEnumerable<double> amplitudes) =>
        $"descent.perturb.amplitude={string.Join(',', amplitudes.Select(static a => FormattableString.Invariant($"{a}")))}";

    /// <summary>The first observed epoch without a training error from which on there is none.</summary>
    public double Fitted => Epochs[Array.FindLastIndex(TrainError, e => e > 0) + 1];

    /// <summary>The place of the observation at <paramref name="epoch"/>, which is the last before a perturbation of that epoch.</summary>
    public int At(double epoch) => Array.IndexOf(Epochs, epoch);

    /// <summary>|A∩B|/|A∪B| of the five smallest margins of two runs at one observation.</summary>
    public static double Overlap(SupportVectorRun a, SupportVectorRun b, int at) =>
        Losses.SupportVectors.Change([.. a.Order![at].Take(SetSize).Select(static n => (int)n)],
            [.. b.Order![at].Take(SetSize).Select(static n => (int)n)]).Jaccard;

    /// <summary>
    /// Index of the smallest margin by epoch, as the paper draws it: one colour per run, and lines where all examples are fitted and where
    /// weights were perturbed.
    /// </summary>
    public static Panel IndexPanel(string title, IReadOnlyList<SupportVectorRun> runs, IEnumerable<double> perturbed, string name = "draw")
    {
        var panel = new Panel(title, new Axis("epoch"), new Axis("example of the smallest margin", Min: 0, Max: 100));
        for (var i = 0; i < runs.Count; i++) panel = panel.Points($"{name} {i}", runs[i].Epochs, runs[i].First, i);
        panel = panel.At("all fitted", runs.Max(r => r.Fitted));
        double[] epochs = [.. perturbed];
        foreach (var epoch in epochs) panel = panel.At(epoch == epochs[^1] ? "perturbed" : "", epoch);
        return panel;
    }

    private static SupportVectorRun Of(Func<string, double[]> column, double[][]? order) =>
        new(column("epoch"), column("support_first"), column("support_count"), column("margin_min"), column("log10_loss"),
            column("train_error"), order);
}
