using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Trained networks whose V_k and bounds are looked at: 4 against 9 of MNIST kept from longer runs, 3 against 8 of digits trained now; two
/// hidden matrices of 32 × 32, as Memo 112 appendix H supposes.
/// </summary>
/// <param name="Key">In names of kept tables.</param>
/// <param name="Name">In texts.</param>
/// <param name="Normalization">none, batch or weight.</param>
/// <param name="Decays">Whether λ = .005, which is the paper’s weight decay .01.</param>
/// <param name="Norm">‖W_k‖_F at the start, as in overrides.</param>
/// <param name="IsLinear">Without ReLUs, as appendix H assumes.</param>
internal sealed record WeightSetting(string Key, string Name, string Normalization, bool Decays, string Norm = "5", bool IsLinear = false)
{
    /// <summary>Paper key and file.</summary>
    public const string Config = "square-loss/weights";

    private static readonly string[] s_quick =
    [
        "data.set=digits", "data.classes=[\"3\", \"8\"]", "data.test=100", "descent.epochs=100", "observe.at={log-spaced: 4}",
        "init.frobenius=6.5", "network.layers=[{dense: 56}, relu, {dense: 56}, relu, {dense: 56}, relu, {dense: 1}]",
    ];

    /// <summary>Hidden layers whose matrices are square.</summary>
    public static IReadOnlyList<int> SquareLayers { get; } = [2, 3];

    // What is kept of the longer runs; bounds are of networks without normalization, active units of those with ReLUs.
    private static readonly string[] s_kept =
    [
        "epoch", "log10_loss", "train_error", "test_error", "rho", "margin_q10", "ramp_bound", "ramp_loss", "log10_frobenius_margin_q10",
        "log10_spectral_margin_q10", "log10_bartlett_q10", "log10_pac_bayes_q10", "log10_path_l2_margin_q10",
        .. new[] { "orthogonal_distance", "projection_distance", "rank_one_distance", "rank_stable" }
            .SelectMany(static name => SquareLayers.Select(k => $"{name}_{k}")),
        .. new[] { "active_share", "active_always", "active_never" }
            .SelectMany(static name => SquareLayers.Append(4).Select(k => $"{name}_{k}")),
    ];

    /// <summary>Batch normalization and decay: the paper's setting.</summary>
    public static WeightSetting BatchDecay { get; } = new("bn-wd", "BN + WD", "batch", true);

    /// <summary>Weight normalization and decay: the paper's model (SQ eq. 3) in steps.</summary>
    public static WeightSetting WeightDecay { get; } = new("wn-wd", "WN + WD", "weight", true);

    /// <summary>Decay alone.</summary>
    public static WeightSetting Decay { get; } = new("wd", "WD", "none", true);

    /// <summary>Batch normalization alone.</summary>
    public static WeightSetting Batch { get; } = new("bn", "BN", "batch", false);

    /// <summary>Weight normalization alone.</summary>
    public static WeightSetting Weight { get; } = new("wn", "WN", "weight", false);

    /// <summary>Neither.</summary>
    public static WeightSetting Neither { get; } = new("neither", "neither", "none", false);

    /// <summary>All with ReLUs from norm 5.</summary>
    public static IReadOnlyList<WeightSetting> Units { get; } = [BatchDecay, WeightDecay, Decay, Batch, Weight, Neither];

    /// <summary>Deep linear networks: appendix H's assumption “at training time”.</summary>
    public static IReadOnlyList<WeightSetting> Linear { get; } = [.. new[] { BatchDecay, WeightDecay, Decay, Weight }.Select(static s =>
        s with { Key = $"linear-{s.Key}", Name = $"linear, {s.Name}", IsLinear = true })];

    /// <summary>This setting from layers of norm 1.</summary>
    public WeightSetting FromOne => this with { Name = $"{Name}, norm 1", Norm = "1" };

    /// <summary>Five seeds on MNIST: kept, or trained for the full size.</summary>
    public IReadOnlyList<IObservations> Whole(StudyContext context)
    {
        var name = $"{Key}-norm-{Norm}";
        if (!context.Full)
            return KeptRun.Find(Config, name)?.By("seed") ?? throw new InvalidOperationException($"no table '{name}' of {Config} was kept");
        var runs = Sweep([]).Runs(context);
        KeptTable.OfSeeds(runs, [.. s_kept.Where(runs[0].Has)]).Write(context, Config, name);
        return runs;
    }

    /// <summary>Five seeds on digits, trained now.</summary>
    public IReadOnlyList<IObservations> Quick(StudyContext context) => Sweep(s_quick).Runs(context);

    /// <summary>What full size trains.</summary>
    public static IReadOnlyList<Experiment> FullRuns() =>
        [.. Units.Concat(Linear).Concat(NormsOfBounds).Distinct().SelectMany(static s => s.Sweep([]).Experiments())];

    /// <summary>Plain networks with ρ of several sizes, whose bounds are theorems: no batch normalization, which has shifts.</summary>
    public static IReadOnlyList<WeightSetting> NormsOfBounds { get; } =
        [WeightDecay, Decay, Weight, Neither, Weight.FromOne, Neither.FromOne];

    /// <summary>Whether a network fits: no training error, and a mean square loss of at most <see cref="FittedLoss"/>.</summary>
    public static bool IsFitted(IObservations run) =>
        run.Last("train_error") == 0 && run.Last("log10_loss") <= Math.Log10(FittedLoss);

    /// <summary>“Near-zero” beside 1, the loss of f = 0; decay does not let it become 0.</summary>
    public const double FittedLoss = .05;

    /// <summary>Networks and training in words.</summary>
    public static string SetUp { get; } = Words();

    private string Layers()
    {
        var between = string.Concat(Normalization == "batch" ? ", batch-norm" : "", IsLinear ? "" : ", relu");
        return $"network.layers=[{string.Concat(Enumerable.Repeat($"{{dense: 32}}{between}, ", 3))}{{dense: 1}}]";
    }

    private TrainingSweep Sweep(string[] overrides) => new(Config,
    [
        .. Normalization == "batch" || IsLinear ? [Layers()] : Array.Empty<string>(),
        .. Normalization == "weight" ? ["descent.normalization=weight"] : Array.Empty<string>(),
        .. IsLinear ? ["descent.learning-rate=0.005"] : Array.Empty<string>(),
        .. Decays ? Array.Empty<string>() : ["descent.weight-decay=0"],
        .. Norm == "5" ? Array.Empty<string>() : [$"init.frobenius={Norm}"],
        .. overrides, "seed=0..4",
    ]);

    private static string Words()
    {
        TrainingWords whole = new(Config), quick = new(Config, s_quick);
        return $"Networks 784-32-32-32-1, {whole.Train} images of 4 and 9 of MNIST ({whole.Test} to test), square loss, SGD with rate "
            + $"{whole.Rate} (.005 for linear ones, some of which diverge at .02), momentum {whole.Momentum}, minibatches of "
            + $"{whole.Batch}, {whole.Epochs} epochs, λ = .005 or 0, layers of norm 5 at the start unless norm 1 is said, "
            + "seeds 0–4 with their own images (weights.yaml), kept from longer runs; 3 against 8 of "
            + $"digits, {quick.LayersOnDigits}, layers of norm 6.5, {quick.Epochs} epochs, trained now. Batch normalization is folded "
            + "into V_k";
    }
}
