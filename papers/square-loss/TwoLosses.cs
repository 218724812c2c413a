using System.Globalization;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Memo 112 §6.1: the same network, images, starts and minibatches under the square loss and under cross-entropy, ten classes. Each loss
/// at its own learning rate: of one grid the rate with the least test error, least over the epochs and mean over two seeds that are not
/// among those compared.
/// </summary>
/// <param name="Key">digits, mnist or cifar10.</param>
/// <param name="Name">In texts.</param>
/// <param name="Overrides">Of two-losses.yaml.</param>
/// <param name="Decays">λ at which the square loss is also trained, as in overrides.</param>
internal sealed record TwoLosses(string Key, string Name, string[] Overrides, string[] Decays)
{
    /// <summary>Paper key and file.</summary>
    public const string Config = "square-loss/two-losses";

    /// <summary>The two losses, as in overrides.</summary>
    public const string Square = "square", CrossEntropy = "cross-entropy";

    /// <summary>Images of 8 × 8, trained now.</summary>
    public static TwoLosses Digits { get; } = new("digits", "digits, 300 images, 200 epochs",
        ["data.set=digits", "data.train=300", "data.test=500", "network.layers=[{dense: 32}, relu, {dense: 32}, relu, {dense: 10}]",
            "descent.batch=50", "descent.epochs=200"], []);

    /// <summary>Kept from longer runs.</summary>
    public static TwoLosses Mnist { get; } = new("mnist", "MNIST, 1,024 images, 400 epochs", [], ["0.0005", "0.005"]);

    /// <summary>Kept from longer runs: the paper's data.</summary>
    public static TwoLosses Cifar { get; } = new("cifar10", "CIFAR-10, 1,024 images, 100 epochs",
        ["data.set=cifar10", "descent.epochs=100"], ["0.0005"]);

    /// <summary>All.</summary>
    public static IReadOnlyList<TwoLosses> All { get; } = [Digits, Mnist, Cifar];

    private static readonly string[] s_kept = ["epoch", "log10_loss", "log10_test_loss", "train_error", "test_error"];

    /// <summary>Seeds that are compared.</summary>
    public const string Seeds = "seed=0..4";

    private bool IsQuick => this == Digits;

    /// <summary>Five seeds under a loss.</summary>
    /// <param name="context">Where runs are.</param>
    /// <param name="loss">As in overrides.</param>
    /// <param name="decay">λ, as in overrides.</param>
    public LossCurves Of(StudyContext context, string loss, string decay = "0") => s_curves.Of(context, (this, loss, decay));

    /// <summary>The rate that the grid gives a loss: least mean over seeds of the least test error; rates that diverge have none.</summary>
    public double Rate(string loss) => Grid(loss).Where(static g => g.Error is not null).MinBy(static g => (g.Error!.Value, g.Rate)).Rate;

    /// <summary>The rates of the grid with the mean over its seeds of the least test error; null: one seed diverged.</summary>
    public IReadOnlyList<(double Rate, double? Error)> Grid(string loss)
    {
        var runs = Rates(loss);
        var last = runs.Max(static r => r.Last("epoch"));
        return [.. runs.GroupBy(static r => r.Last("rate")).OrderBy(static g => g.Key).Select(g => (g.Key,
            g.All(r => r.Last("epoch") == last) ? g.Average(static r => r["test_error"].Min()) : (double?)null))];
    }

    /// <summary>
    /// Epochs to a test error, by seed of the grid, at the rate of which the median over the seeds is least; null: no rate gets there.
    /// </summary>
    public double[]? FewestEpochs(string loss, double good) => Rates(loss).GroupBy(static r => r.Last("rate"))
        .Select(g => new LossCurves([.. g]).EpochsTo(good))
        .Where(static epochs => epochs.All(double.IsFinite)).MinBy(static epochs => Spread.Of(epochs).Median);

    /// <summary>The rates in words.</summary>
    public string RatesText() => $"{Name}: square {Wording.Short(Rate(Square))}, cross-entropy {Wording.Short(Rate(CrossEntropy))}";

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() => [.. new[] { Mnist, Cifar }.SelectMany(static set =>
        set.Decays.Select(d => (Square, d)).Prepend((CrossEntropy, "0")).Prepend((Square, "0"))
            .SelectMany(run => set.Sweep(run.Item1, run.Item2).Experiments()))];

    private static readonly SharedResults<(TwoLosses Set, string Loss, string Decay), LossCurves> s_curves =
        new(static (context, of) => new LossCurves(of.Set.Runs(context, of.Loss, of.Decay)));

    private IReadOnlyList<IObservations> Runs(StudyContext context, string loss, string decay)
    {
        var name = $"{Key}-{loss}{(decay == "0" ? "" : $"-decay-{decay}")}";
        if (!IsQuick && !context.Full) return Table(name).By("seed");
        var runs = Sweep(loss, decay).Runs(context);
        if (!IsQuick) KeptTable.OfSeeds(runs, s_kept).Write(context, Config, name);
        return runs;
    }

    private TrainingSweep Sweep(string loss, string decay) => new(Config, [.. Overrides, $"loss={loss}",
        $"descent.learning-rate={Rate(loss).ToString(CultureInfo.InvariantCulture)}",
        .. decay == "0" ? Array.Empty<string>() : [$"descent.weight-decay={decay}"], Seeds]);

    private IReadOnlyList<KeptRun> Rates(string loss) => [.. Table($"{Key}-{loss}-rates").By("rate").SelectMany(static r => r.By("seed"))];

    private static KeptRun Table(string name) =>
        KeptRun.Find(Config, name) ?? throw new InvalidOperationException($"no table '{name}' of {Config} was kept");
}
