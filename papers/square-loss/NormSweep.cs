using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// The experiment of figures 1–12 in one of the paper's three settings, from layers of three norms. In two sizes: on digits from five
/// seeds, trained now, and two networks on CIFAR-10 from three, which are trained only for the full size and otherwise read from what was
/// kept.
/// </summary>
/// <param name="Key">The setting in the names of kept runs: bn-wd, bn or neither.</param>
/// <param name="Normalized">Whether batch normalization stands in front of every ReLU.</param>
/// <param name="Decays">Whether weights decay.</param>
/// <param name="Norms">Starts ‖W_k‖_F at full size, as they are written in overrides.</param>
/// <param name="QuickNorms">The same at quick size.</param>
/// <param name="OnlyQuick">What else the quick size overrides.</param>
/// <param name="Earlier">Another experiment of that setting that was kept.</param>
internal sealed record NormSweep(string Key, bool Normalized, bool Decays, string[] Norms, string[] QuickNorms, string[] OnlyQuick,
    EarlierNorms Earlier)
{
    /// <summary>Paper key and file of both sizes.</summary>
    public const string Config = "square-loss/norms", QuickConfig = "square-loss/norms-quick";

    private const string Convolutions = "conv", Dense = "dense";
    private const int Seeds = 3, QuickSeeds = 5;

    /// <summary>Figures 1–5: batch normalization and weight decay.</summary>
    public static NormSweep WithDecay { get; } = new("bn-wd", true, true, ["0.1", "1", "5"], ["0.1", "1", "5"], [],
        new("figure-01", "dense, normalized outputs, rate 0.1", true));

    /// <summary>Figures 6–9: batch normalization alone.</summary>
    public static NormSweep WithoutDecay { get; } = new("bn", true, false, ["0.1", "1", "5"], ["0.1", "1", "5"], [],
        new("figure-06", "convolutions, normalized outputs, rate 0.01", true));

    /// <summary>Figures 10–12: neither.</summary>
    public static NormSweep Plain { get; } = new("neither", false, false, ["5", "15", "30"], ["2", "5", "10"],
        ["descent.learning-rate=0.002", "descent.epochs=600"], new("figure-10", "dense, rate 0.01", false));

    /// <summary>λ of the settings with decay, in both sizes.</summary>
    public static double Lambda => FullDescent.WeightDecay[0];

    private static DescentConfig FullDescent => ((DescentExperiment)FigureConfig.Read(Config, Array.Empty<string>())).Descent;

    /// <summary>The network that was trained from one norm.</summary>
    /// <param name="Norm">‖W_k‖_F at the start.</param>
    /// <param name="Runs">Those that did not diverge, in the order of the seeds.</param>
    public sealed record Start(string Norm, IReadOnlyList<NormTraining> Runs)
    {
        /// <summary>How many seeds diverged.</summary>
        public int Diverged { get; init; }

        private static readonly string[] s_colours = ["0.1", "1", "5", "15", "30", "2", "10"];

        /// <summary>Its name in legends.</summary>
        public string Name => $"from norm {Norm}";

        /// <summary>Its colour, the same in all figures.</summary>
        public int Colour => Array.IndexOf(s_colours, Norm);

        /// <summary>Of every run the last number of a column.</summary>
        public Spread Last(string column) => Spread.Of(Runs.Select(r => r[column][^1]));
    }

    /// <summary>What overrides of either config make it this setting.</summary>
    public string[] Setting(bool quick) =>
    [
        .. Decays ? Array.Empty<string>() : ["descent.weight-decay=0"],
        .. Normalized ? Array.Empty<string>() : [quick ? Layers("{dense: 32}", "{dense: 32}", "{dense: 32}") : Layers(ConvolutionLayers)],
    ];

    /// <summary>Digits, five seeds from every norm.</summary>
    public IReadOnlyList<Start> Quick(StudyContext context, params string[] overrides) =>
        Starts(QuickNorms, QuickSeeds, OfDigits(overrides).Runs(context));

    /// <summary>The networks on CIFAR-10: trained now for the full size, otherwise what is kept of them.</summary>
    public IReadOnlyList<NormGroup> Whole(StudyContext context) =>
        [.. new[] { Convolutions, Dense }.Select(network => NormGroup.Of($"CIFAR-10, {(network == Dense ? "dense" : "convolutions")}",
            context.Full ? Trained(context, network) : Kept(network))).Where(static g => g.Starts.Count > 0)];

    /// <summary>
    /// What figures show: the networks on CIFAR-10; where of none of them all starts are kept from all seeds, digits before them, and
    /// behind them what an earlier experiment left.
    /// </summary>
    /// <param name="context">Where runs are.</param>
    /// <param name="withEarlier">Show the earlier experiment in any case.</param>
    public IReadOnlyList<NormGroup> Groups(StudyContext context, bool withEarlier = false)
    {
        var whole = Whole(context);
        NormGroup[] earlier = Earlier.Group(Norms) is { } group ? [group] : [];
        if (whole.Any(g => g.Starts.Concat(g.Diverged).Sum(static s => s.Runs.Count + s.Diverged) == Norms.Length * Seeds))
            return [.. whole, .. withEarlier ? earlier : []];
        return [new NormGroup("digits, dense", Quick(context)), .. whole, .. earlier];
    }

    /// <summary>What <see cref="Whole"/> trains at full size.</summary>
    public IReadOnlyList<Experiment> FullRuns() => [.. OfImages(Convolutions).Experiments(), .. OfImages(Dense).Experiments()];

    /// <summary>What a person types for both sizes.</summary>
    public IReadOnlyList<IFigureRun> Commands() => [OfDigits(), OfImages(Convolutions), OfImages(Dense)];

    private static string[] ConvolutionLayers =>
        [.. new[] { 16, 32, 64 }.Select(static m => $"{{conv: {{maps: {m}, kernel: 3, stride: 2}}}}")];

    private string Layers(params string[] parts) =>
        $"network.layers=[{string.Join(Normalized ? ", batch-norm, relu, " : ", relu, ", [.. parts, "{dense: 1}"])}]";

    private TrainingSweep OfDigits(params string[] overrides) =>
        new(QuickConfig, [$"init.frobenius={string.Join(',', QuickNorms)}", $"seed=0..{QuickSeeds - 1}", .. Setting(quick: true),
            .. OnlyQuick, .. overrides]);

    private TrainingSweep OfImages(string network) => new(Config, [$"init.frobenius={string.Join(',', Norms)}", $"seed=0..{Seeds - 1}",
        .. network == Convolutions ? Setting(quick: false)
            : [.. Decays ? Array.Empty<string>() : ["descent.weight-decay=0"], Layers("{dense: 256}", "{dense: 256}", "{dense: 256}")]])
    {
        MayDiverge = true,
    };

    private static Start[] Starts(string[] norms, int seeds, IReadOnlyList<MeasuredRun> runs) =>
        [.. norms.Select((norm, i) => new Start(norm, [.. runs.Skip(seeds * i).Take(seeds).Select(NormTraining.Of)]))];

    // Beside the report lies what papers/square-loss/results/norms would keep of them.
    private Start[] Trained(StudyContext context, string network)
    {
        var starts = Starts(Norms, Seeds, OfImages(network).Runs(context));
        foreach (var start in starts)
            for (var seed = 0; seed < start.Runs.Count; seed++)
                KeptNorms.Write(context, Config, KeptName(network, start.Norm, seed), start.Runs[seed],
                    withMargins: Normalized && !Decays && seed == 0);
        return [.. starts.Select(Apart)];
    }

    private Start[] Kept(string network) =>
        [.. Norms.Select(norm => Apart(new Start(norm, [.. Enumerable.Range(0, Seeds)
            .Select(seed => NormTraining.Kept(Config, KeptName(network, norm, seed))).OfType<NormTraining>()])))];

    // Of a run that diverged nothing is averaged.
    internal static Start Apart(Start start)
    {
        var epochs = FullDescent.Epochs;
        return start with
        {
            Runs = [.. start.Runs.Where(r => !r.Diverged(epochs))],
            Diverged = start.Runs.Count(r => r.Diverged(epochs)),
        };
    }

    private string KeptName(string network, string norm, int seed) =>
        FormattableString.Invariant($"{network}-{Key}-norm-{norm}-seed-{seed}");
}
