using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Measures.NormalizedLoss;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Networks that were trained on the same data to their end from different starts (T3 Fig 1, 8): one number per network of every measure,
/// taken at the end.
/// </summary>
internal sealed class NormalizedNets
{
    /// <summary>What the sweeps start from: ‖W_k‖_F of all layers, four seeds each.</summary>
    public static readonly IReadOnlyList<int> DigitNorms = [4, 8, 16, 32], ImageNorms = [2, 4, 8, 16];

    /// <summary>Starts from each norm: seeds 0 to 3.</summary>
    public const int StartsPerNorm = 4;

    /// <summary>Networks of one draw of the digits.</summary>
    public static int PerDraw => DigitNorms.Count * StartsPerNorm;

    /// <summary>ρ' on which the cross-entropy of ρ'f̃ is measured.</summary>
    public static readonly IReadOnlyList<double> Scales = [1, .. NormalizedLossMeasures.PowersOfFour];

    /// <summary>ρ' on which <see cref="FineLosses"/> follows it, ten a decade; and all on which runs measure it.</summary>
    public static readonly IReadOnlyList<double> FineScales = [.. Enumerable.Range(0, 61).Select(static i => Math.Pow(10, i / 10.0))],
        KeptScales = [.. Scales.Concat(NormalizedLossMeasures.Norms).Distinct().Order()];

    private const string Digits = "theory-iii/figure-01-digits", Images = "theory-iii/figure-01";

    private static readonly TrainingSweep ImageSweep = new(Images, $"init.frobenius={string.Join(',', ImageNorms)}", "seed=0,1,2,3"),
        RandomImageSweep = new(Images, "data.labels=random", "init.frobenius=8", "seed=0,1,2,3,4");

    private readonly IReadOnlyList<Func<string, double>> _nets;

    private readonly IReadOnlyList<MeasuredRun> _runs;

    private NormalizedNets(IEnumerable<Func<string, double>> nets, IReadOnlyList<MeasuredRun>? runs = null) =>
        (_nets, _runs) = ([.. nets], runs ?? []);

    /// <summary>Networks.</summary>
    public int Count => _nets.Count;

    /// <summary>A column of metrics.csv at the end of training, one number per network.</summary>
    public double[] this[string column] => [.. _nets.Select(n => n(column))];

    /// <summary>16 networks on the digits chosen by <paramref name="dataSeed"/>; further overrides vary the set-up.</summary>
    public static NormalizedNets OfDigits(StudyContext context, long dataSeed, params string[] overrides) =>
        Run(context, DigitSweep(dataSeed, overrides));

    /// <summary>One network on the same digits with labels drawn by lot.</summary>
    public static NormalizedNets OfRandomDigits(StudyContext context, long dataSeed) =>
        Run(context, RandomDigitSweep(dataSeed));

    /// <summary>CIFAR-10 and convolutions: computed at full size, otherwise what is kept of such a run; null where nothing is.</summary>
    public static NormalizedNets? OfImages(StudyContext context) => context.Full
        ? Run(context, ImageSweep)
        : Kept([.. ImageNorms.SelectMany(norm => Enumerable.Range(0, 4).Select(seed => $"norm-{norm}-seed-{seed}"))]);

    /// <summary>The same with random labels.</summary>
    public static NormalizedNets? OfRandomImages(StudyContext context) => context.Full
        ? Run(context, RandomImageSweep)
        : Kept([.. Enumerable.Range(0, 5).Select(seed => $"random-seed-{seed}")]);

    /// <summary>What figure 1 trains at full size.</summary>
    public static IReadOnlyList<Experiment> FullRuns() => [.. FullTrueLabels(), .. RandomImageSweep.Experiments()];

    /// <summary>Those of them with true labels.</summary>
    public static IReadOnlyList<Experiment> FullTrueLabels() => ImageSweep.Experiments();

    /// <summary>What a person types for one draw of the digits and for the images, with true and with random labels.</summary>
    public static IReadOnlyList<IFigureRun> BothLabels() => [DigitSweep(0), RandomDigitSweep(0), ImageSweep, RandomImageSweep];

    /// <summary>What a person types for all draws of the digits and for the images, with true labels.</summary>
    public static IReadOnlyList<IFigureRun> TrueLabels() => [.. Spread.Seeds.Select(static s => DigitSweep(s)), ImageSweep];

    /// <summary>Pearson's correlation of the test cross-entropy of ρ'f̃ with the test error, ρ' = <see cref="Scales"/>.</summary>
    public double[] CorrelationsWithError()
    {
        var errors = this["test_error"];
        return [.. Scales.Select(r => LinearRegression.Correlation(this[Column(r)], errors))];
    }

    /// <summary>
    /// The test cross-entropy of ρ'f̃ from the outputs of the trained networks, a row a network over <see cref="FineScales"/>; of networks
    /// that were trained now.
    /// </summary>
    public double[][] FineLosses(StudyContext context) => [.. _runs.Select(run =>
    {
        var (outputs, targets, classes) = run.TestOutputs(context);
        Vectors.Scale(1 / run.Last("rho"), outputs, outputs);
        return NormalizedLosses.LogCrossEntropies(outputs, targets, classes, FineScales).Select(Math.Exp).ToArray();
    })];

    /// <summary>The column of the test cross-entropy of ρ'f̃.</summary>
    public static string Column(double scale) => FormattableString.Invariant($"test_ce_rho{scale}");

    private static TrainingSweep DigitSweep(long dataSeed, params string[] overrides) =>
        new(Digits, [$"data.seed={dataSeed}", $"init.frobenius={string.Join(',', DigitNorms)}", "seed=0,1,2,3", .. overrides]);

    private static TrainingSweep RandomDigitSweep(long dataSeed) =>
        new(Digits, $"data.seed={dataSeed}", "init.frobenius=8", "data.labels=random");

    private static NormalizedNets Run(StudyContext context, TrainingSweep sweep)
    {
        var runs = sweep.Runs(context);
        return new(runs.Select(r => (Func<string, double>)r.Last), runs);
    }

    private static NormalizedNets? Kept(IReadOnlyList<string> names)
    {
        KeptRun[] runs = [.. names.Select(n => KeptRun.Find(Images, n)).OfType<KeptRun>()];
        return runs.Length < 3 ? null : new(runs.Select(r => (Func<string, double>)r.Last));
    }
}
