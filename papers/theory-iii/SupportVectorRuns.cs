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
        Sizes = new("theory-iii/figure-09-digits", "data.train=25,50,200,400", FiveDraws, "descent.epochs=800", "descent.perturb=null",
            "observe.at={every: 50 epochs}"),
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

    /// <summary>Epochs after which numbers of images are compared.</summary>
    public const double Compared = 800;

    /// <summary>Five draws of N digits each, followed for <see cref="Compared"/> epochs at least, by N.</summary>
    public static IReadOnlyList<(int N, SupportVectorRun[] Runs)> BySize(StudyContext context)
    {
        SupportVectorRun[] all = [.. Sizes.Runs(context).Select(r => Of(c => r[c], null))];
        return [(25, all[..5]), (50, all[5..10]), (100, OfDigits(context, 0)), (200, all[10..15]), (400, all[15..])];
    }

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
    public static IReadOnlyList<IFigureRun> Commands(string figure) => figure == "theory-iii/figure-09"
        ? [Digits, Sizes, OfImages(figure), Early] : [Digits, OfImages(figure), OfImages("theory-iii/figure-09"), Early];

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

    /// <summary>Changes of the example of the smallest margin in the last third of training.</summary>
    public int LateChanges => Enumerable.Range(2 * Epochs.Length / 3 + 1, Epochs.Length - 2 * Epochs.Length / 3 - 1)
        .Count(i => First[i] != First[i - 1]);

    /// <summary>
    /// Index of the smallest margin by epoch, as the paper draws it: a colour and a lane a run, and lines where all examples are fitted and
    /// where weights were perturbed (the last entry of <paramref name="perturbed"/> is the end); from an epoch on. Perturbed runs may lose
    /// the fit again: theirs is where the controls were <paramref name="fitted"/>.
    /// </summary>
    public static Panel IndexPanel(string title, IReadOnlyList<SupportVectorRun> runs, IEnumerable<double> perturbed, string name = "draw",
        double from = 1, double? fitted = null)
    {
        var panel = new Panel(title, new Axis("epoch", Scale.Log, Min: from),
            new Axis($"example ({name}s side by side)", Min: -Lane * runs.Count, Max: Above));
        for (var i = 0; i < runs.Count; i++)
        {
            var (x, y) = Stretches(runs[i].Epochs, runs[i].First, (i - (runs.Count - 1) / 2.0) * Lane);
            panel = panel.Line($"{name} {i}", x, y, i);
        }
        panel = panel.At("all fitted", fitted ?? runs.Max(static r => r.Fitted));
        double[] epochs = [.. perturbed.SkipLast(1)];
        foreach (var epoch in epochs) panel = panel.At(epoch == epochs[^2] ? "perturbed" : "", epoch);
        return panel;
    }

    /// <summary>The examples of the five smallest margins by epoch.</summary>
    public static Panel OrderPanel(string title, SupportVectorRun run)
    {
        var panel = new Panel(title, new Axis("epoch", Scale.Log), new Axis("example", Min: 0, Max: Above)).At("all fitted", run.Fitted);
        for (var k = 0; k < SetSize; k++)
        {
            var (x, y) = Stretches(run.Epochs, [.. run.Order!.Select(o => o[k])], 0);
            panel = panel.Line(Ranks[k], x, y, k);
        }
        return panel;
    }

    private static readonly string[] Ranks = ["smallest margin", "second", "third", "fourth", "fifth"];

    // What lanes are apart, in examples, and an ordinate above the 100 examples that leaves room for labels.
    private const double Lane = .8, Above = 110;

    // Level lines (from epoch 1, since a logarithmic axis has no 0), each from halfway to the observation before to halfway to the one
    // after it, with a gap where the value changes.
    internal static (double[] X, double[] Y) Stretches(double[] epochs, double[] values, double shift)
    {
        List<double> x = [], y = [];
        for (var i = 0; i < epochs.Length; i++)
        {
            var from = i == 0 ? 1 : (epochs[i - 1] + epochs[i]) / 2;
            var to = i + 1 == epochs.Length ? epochs[i] : (epochs[i] + epochs[i + 1]) / 2;
            if (i > 0 && values[i] == values[i - 1])
            {
                x[^1] = to;
                continue;
            }
            if (i > 0)
            {
                x.Add(from);
                y.Add(double.NaN);
            }
            x.AddRange([from, to]);
            y.AddRange([values[i] + shift, values[i] + shift]);
        }
        return ([.. x], [.. y]);
    }

    private static SupportVectorRun Of(Func<string, double[]> column, double[][]? order) =>
        new(column("epoch"), column("support_first"), column("support_count"), column("margin_min"), column("log10_loss"),
            column("train_error"), order);
}
