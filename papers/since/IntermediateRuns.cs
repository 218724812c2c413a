using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.Since;

/// <summary>
/// One kind of network of papers/since/intermediate.yaml, five seeds: collapse of what enters every layer, from the inputs (k = 1) to the
/// last hidden layer (k = K). Trained to the end once and kept.
/// </summary>
/// <param name="Name">Of the kept files.</param>
/// <param name="Text">In words.</param>
/// <param name="Layers">K, with weights.</param>
/// <param name="Sweep">How they are trained.</param>
internal sealed record IntermediateRuns(string Name, string Text, int Layers, TrainingSweep Sweep)
{
    private const string Config = "since/intermediate";

    /// <summary>Eight hidden layers.</summary>
    public static IntermediateRuns Dense { get; } = OfDepth("dense", 8);

    /// <summary>Four convolutions and a dense layer.</summary>
    public static IntermediateRuns Convolutional { get; } =
        new("conv", "four convolutions, a dense layer", 6, new TrainingSweep(Config + "-conv", "seed=0..4"));

    /// <summary>Four hidden layers.</summary>
    public static IntermediateRuns Shallow { get; } = OfDepth("dense-4", 4);

    /// <summary>Twelve hidden layers.</summary>
    public static IntermediateRuns Deep { get; } = OfDepth("dense-12", 12);

    /// <summary>Three hidden layers without batch normalization.</summary>
    public static IntermediateRuns Plain { get; } = new("plain", "three hidden layers without batch normalization", 4,
        new TrainingSweep(Config, "network.layers=[{dense: 64}, relu, {dense: 64}, relu, {dense: 64}, relu, {dense: 10}]", "seed=0..4"));

    /// <summary>Eight hidden layers, evaluated by the statistics of the whole training set instead of running ones.</summary>
    public static IntermediateRuns WholeSet { get; } = new("whole-set", "8 hidden layers, whole-set statistics", 9,
        new TrainingSweep(Config, "observe.batch-norm=whole-set", "seed=0..4"));

    /// <summary>Three hidden layers on 100 images, minibatches of ten, whole-set statistics.</summary>
    public static IntermediateRuns TenAStep { get; } = Small("batch-10", "100 images, ten a step", 10, 600);

    /// <summary>The same with all images a step, as many steps.</summary>
    public static IntermediateRuns AllAStep { get; } = Small("batch-100", "100 images, all a step", 100, 6000);

    /// <summary>What is trained while one waits: four hidden layers, fewer images and epochs.</summary>
    public static TrainingSweep Quick { get; } =
        new(Config, Hidden(QuickHidden), $"data.train={QuickImages}", $"descent.epochs={QuickEpochs}", "seed=0..4");

    /// <summary>Of <see cref="Quick"/>.</summary>
    public const int QuickHidden = 4, QuickImages = 200, QuickEpochs = 100;

    /// <summary>Its numbers.</summary>
    public static TrainingWords Words { get; } = new(Config);

    /// <summary>What is trained, in words.</summary>
    public static string SetUp { get; } = $"Digits in ten classes, {Words.Train} images ({Words.Test} tested), square loss (codes 0 and "
        + $"1), batch normalization in front of every ReLU unless said otherwise, {Words.Epochs} epochs, minibatches of {Words.Batch}, "
        + $"momentum {Words.Momentum}, rate {Words.Rate} falling to 0 by a cosine, λ = .004 of λ‖W‖², seeds "
        + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}; the runs are kept in papers/since/results/intermediate.";

    /// <summary>What full size trains for some of them.</summary>
    public static IReadOnlyList<Experiment> FullRuns(params IntermediateRuns[] of) => [.. of.SelectMany(static r => r.Sweep.Experiments())];

    /// <summary>Kept runs, by seed; trained anew where full size is asked for.</summary>
    public IReadOnlyList<IObservations> Runs(StudyContext context) => context.Full ? Sweep.Runs(context)
        : [.. Spread.Seeds.Select(seed => KeptRun.Find(Config, $"{Name}-seed-{seed}")
            ?? throw new InvalidOperationException($"no run {Name} of seed {seed} is kept"))];

    /// <summary>What a run ends with at the features that enter W_k.</summary>
    public double Last(IObservations run, string measure, int k) => run.Last(Column(measure, k));

    /// <summary>The same of every layer from k = <paramref name="first"/>.</summary>
    public double[] ByLayer(IObservations run, string measure, int first = 1) =>
        [.. Enumerable.Range(first, Layers - first + 1).Select(k => Last(run, measure, k))];

    /// <summary>Medians over the seeds, by layer.</summary>
    public double[] Medians(StudyContext context, string measure, int first = 1)
    {
        var all = Runs(context).Select(r => ByLayer(r, measure, first)).ToArray();
        return [.. Enumerable.Range(0, all[0].Length).Select(i => Spread.Of(all.Select(a => a[i])).Median)];
    }

    /// <summary>Features of the last layer have no number in their columns.</summary>
    public string Column(string measure, int k) => k == Layers ? measure : FormattableString.Invariant($"{measure}_{k}");

    private static IntermediateRuns OfDepth(string name, int hidden) => new(name, $"{hidden} hidden layers", hidden + 1,
        new TrainingSweep(Config, [.. hidden == 8 ? (string[])[] : [Hidden(hidden)], "seed=0..4"]));

    private static IntermediateRuns Small(string name, string text, int batch, int epochs) => new(name, $"3 hidden layers, {text}", 4,
        new TrainingSweep(Config, Hidden(3), "data.train=100", $"descent.batch={batch}", $"descent.epochs={epochs}",
            "observe.batch-norm=whole-set", "seed=0..4"));

    private static string Hidden(int layers) =>
        $"network.layers=[{string.Concat(Enumerable.Repeat("{dense: 64}, batch-norm, relu, ", layers))}{{dense: 10}}]";
}
