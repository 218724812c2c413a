using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>
/// One setting of papers/since/low-rank.yaml with its five seeds: minibatch B, rate μ, decay λ of λ‖W‖². Trained to the end once and kept.
/// </summary>
internal sealed record LowRankRuns(string Name, int Batch, double Rate, double Decay, int Epochs)
{
    private const string Config = "since/low-rank";

    /// <summary>Three hidden layers of 64 units are looked at; the last layer has no more than ten rows.</summary>
    public const int Hidden = 3, Width = 64;

    private const int Classes = 10;

    /// <summary>σ_i ≤ ε σ_1 do not count into the rank (Galanti et al. count by .001).</summary>
    public const double Tolerance = 1e-3;

    /// <summary>What the settings vary one number of.</summary>
    public static LowRankRuns Middle { get; } = new("middle", 4, .05, .004, 196);

    /// <summary>λ = .016, until decay has erased the start: the shortest.</summary>
    public static LowRankRuns Strong { get; } = Middle with { Name = "decay-0.016", Decay = .016, Epochs = 49 };

    /// <summary>λ = 0, as many steps as the middle one.</summary>
    public static LowRankRuns Without { get; } = Middle with { Name = "decay-0", Decay = 0 };

    /// <summary>B = 1, 4, 16, 64; μ = .0125, .05, .2; λ = .001, .004, .016: until decay has erased the start, 2μλT = 10.</summary>
    public static RankSweep[] Erased { get; } =
    [
        new("smaller minibatches", [Middle with { Name = "batch-1", Batch = 1, Epochs = 49 }, Middle,
            Middle with { Name = "batch-16", Batch = 16, Epochs = 782 }, Middle with { Name = "batch-64", Batch = 64, Epochs = 3125 }]),
        new("higher rates", [Middle with { Name = "rate-0.2", Rate = .2, Epochs = 49 }, Middle,
            Middle with { Name = "rate-0.0125", Rate = .0125, Epochs = 782 }]),
        new("stronger decay", [Strong, Middle, Middle with { Name = "decay-0.001", Decay = .001, Epochs = 782 }]),
    ];

    /// <summary>The same for as many epochs as the middle one.</summary>
    public static RankSweep[] SameEpochs { get; } = [.. Erased.Select(static sweep => sweep with
    {
        Settings = [.. sweep.Settings.Select(static s => s == Middle ? s : s with { Name = "epochs-" + s.Name, Epochs = Middle.Epochs })],
    })];

    /// <summary>Each setting once.</summary>
    public static IReadOnlyList<LowRankRuns> All { get; } =
        [.. Erased.Concat(SameEpochs).SelectMany(static s => s.Settings).Append(Without).Distinct()];

    /// <summary>Examples, and how many are tested on.</summary>
    public static TrainingWords Words { get; } = new(Config);

    /// <summary>B log(2/ε)/(2μλ), the theorem's bound of the rank, ε = <see cref="Tolerance"/>.</summary>
    public double Bound => Batch * Math.Log(2 / Tolerance) / (2 * Rate * Decay);

    /// <summary>How it is trained.</summary>
    public TrainingSweep Sweep => new(Config, $"descent.batch={Batch}", Number("learning-rate", Rate), Number("weight-decay", Decay),
        $"descent.epochs={Epochs}", "seed=0..4");

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() => [.. All.SelectMany(static s => s.Sweep.Experiments())];

    /// <summary>Kept runs, by seed; trained anew where full size is asked for.</summary>
    public IReadOnlyList<IObservations> Runs(StudyContext context) => context.Full ? Trained(context)
        : [.. Spread.Seeds.Select(seed => KeptRun.Find(Config, $"{Name}-seed-{seed}")
            ?? throw new InvalidOperationException($"no run {Name} of seed {seed} is kept"))];

    /// <summary>The same, trained now.</summary>
    public IReadOnlyList<MeasuredRun> Trained(StudyContext context) => Sweep.Runs(context);

    /// <summary>The singular values that layers end with: 64 of each hidden one, then ten of the last.</summary>
    public static double[] SingularValues(IObservations run) => run switch
    {
        KeptRun kept => kept.Rows("singular_values", Hidden * Width + Classes)[^1],
        MeasuredRun measured => measured.Rows("singular_values")[^1],
        _ => throw new ArgumentException("neither a kept run nor one that was measured", nameof(run)),
    };

    /// <summary>σ_i/σ_1 of hidden layer k = 1 … 3.</summary>
    public static double[] Relative(IObservations run, int k)
    {
        var all = SingularValues(run);
        return [.. Enumerable.Range((k - 1) * Width, Width).Select(i => all[i] / all[(k - 1) * Width])];
    }

    /// <summary>How many σ_i > ε σ_1 a hidden layer has, the mean over the three.</summary>
    public static double Rank(IObservations run) =>
        Enumerable.Range(1, Hidden).Average(k => (double)Relative(run, k).Count(static r => r > Tolerance));

    /// <summary>exp(−Σ p_i log p_i), p_i = σ_i/Σσ, the mean over the three hidden layers.</summary>
    public static double EffectiveRank(IObservations run) => Enumerable.Range(1, Hidden).Average(k =>
    {
        var relative = Relative(run, k);
        var sum = relative.Sum();
        return Math.Exp(-relative.Where(static r => r > 0).Sum(r => r / sum * Math.Log(r / sum)));
    });

    private static string Number(string key, double value) => $"descent.{key}={value.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>Settings that differ in one number, from the strongest bias to the weakest.</summary>
internal sealed record RankSweep(string Name, IReadOnlyList<LowRankRuns> Settings);
