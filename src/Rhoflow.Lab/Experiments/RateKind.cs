using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// How η changes: the word of configs, how its values are read and written, and the library's schedule that it stands for.
/// </summary>
/// <param name="Name">In configs: <c>descent.schedule</c>.</param>
public sealed record RateKind(string Name)
{
    private static readonly ConfigKey[] s_step =
    [
        new("at", ConfigForm.List, "the epochs where the rate changes") { Example = "[100, 200]" },
        new("factor", ConfigForm.Number, "what it is multiplied by") { Default = "0.1", Example = "0.5" },
    ];

    private static readonly ConfigKey[] s_cosine =
        [new("final", ConfigForm.Number, "the rate at the last epoch") { Default = "0", Example = "1e-3" }];

    private static readonly ConfigKey[] s_adaptive =
    [
        new("growth", ConfigForm.Number, "what η is multiplied by after an epoch that lowered L, at least 1")
        {
            Default = "1.1",
            Example = "1.05",
        },
        new("back-off", ConfigForm.Number, "what η is multiplied by after one that did not, and was taken back, between 0 and 1")
        {
            Default = "0.5",
            Example = "0.8",
        },
        new("patience", ConfigForm.Whole, "so many epochs in a row that are taken back end the run") { Default = "40", Example = "20" },
        new("window", ConfigForm.Whole, "the least number of minibatches that L̂ is a mean over; 1: each is divided by its own loss")
        {
            Default = "10",
            Example = "1",
        },
        new("leave-out", ConfigForm.Number, "a share of L: an epoch goes over the examples that are all of L but this share")
        {
            Default = "0",
            Example = "1e-6",
        },
    ];

    /// <summary>The same rate always.</summary>
    public static readonly RateKind Constant = new("constant");

    /// <summary>Multiplied by a factor from some epochs on.</summary>
    public static readonly RateKind Step = new("step")
    {
        Rate = static (eta, c, _) => LearningRate.Steps(eta, c.Factor, c.At),
        Meaning = "multiplied by a factor at some epochs",
        Keys = s_step,
        Needs = "'step' needs its epochs: {step: {at: [100, 200], factor: 0.1}}",
        Read = static node =>
        {
            var map = node.Map(s_step);
            var at = RateConfig.Epochs(map.Required("at", "the epochs where the rate changes"));
            return new RateConfig { Kind = Step!, At = at, Factor = map["factor"]?.Positive() ?? 0.1 };
        },
        Text = static c => $"{{step: {{{RateConfig.Text(c.At, 0)}, factor: {ConfigWriter.Number(c.Factor)}}}}}",
    };

    /// <summary>Half a cosine from η to a final rate.</summary>
    public static readonly RateKind Cosine = new("cosine")
    {
        Meaning = "half a cosine from η to a final rate",
        Keys = s_cosine,
        Rate = static (eta, c, epochs) => LearningRate.Cosine(eta, Math.Max(1, epochs), c.Final),
        Read = static node => new RateConfig { Kind = Cosine!, Final = node.Map(s_cosine)["final"]?.NonNegative() ?? 0 },
        Text = static c => $"{{cosine: {{final: {ConfigWriter.Number(c.Final)}}}}}",
    };

    /// <summary>η/L.</summary>
    public static readonly RateKind LossBased = new("loss-based") { Scale = StepScale.LossBased };

    /// <summary>η/L of the whole set, η growing while L falls; epochs that do not lower it are taken back.</summary>
    public static readonly RateKind Adaptive = new("adaptive")
    {
        Meaning = "η/L̂, L̂ of the whole training set, then with the minibatches; η grows while L falls, and an epoch that does not lower "
            + "L is taken back",
        Keys = s_adaptive,
        Scale = StepScale.WholeLoss,
        Read = static node =>
        {
            var (map, standard) = (node.Map(s_adaptive), new AdaptiveRate());
            return new RateConfig
            {
                Kind = Adaptive!,
                Adaptive = new AdaptiveRate(map["growth"]?.Positive() ?? standard.Growth, map["back-off"]?.Positive() ?? standard.BackOff,
                    map["patience"]?.Count(1) ?? standard.Patience, map["window"]?.Count(1) ?? standard.Window,
                    map["leave-out"]?.NonNegative() ?? standard.LeftOut),
            };
        },
        Text = static c => $"{{adaptive: {{growth: {ConfigWriter.Number(c.Adaptive!.Growth)}, back-off: "
            + $"{ConfigWriter.Number(c.Adaptive.BackOff)}, patience: {c.Adaptive.Patience}, window: "
            + $"{c.Adaptive.Window}, leave-out: {ConfigWriter.Number(c.Adaptive.LeftOut)}}}}}",
    };

    /// <summary>η/‖∇L‖.</summary>
    public static readonly RateKind Normalized = new("normalized") { Scale = StepScale.Normalized };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RateKind> All { get; } = [Constant, Step, Cosine, LossBased, Adaptive, Normalized];

    /// <summary>η as a function of the epoch: from η, the values of the config, and how many epochs there are.</summary>
    public Func<double, RateConfig, int, LearningRate> Rate { get; init; } = static (eta, _, _) => LearningRate.Constant(eta);

    /// <summary>What η is divided by in every step.</summary>
    public StepScale Scale { get; init; }

    /// <summary>What it does, in one line.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>The keys that stand under its name.</summary>
    internal IReadOnlyList<ConfigKey> Keys { get; init; } = [];

    /// <summary>Why its name alone is not enough; null if it is.</summary>
    public string? Needs { get; init; }

    /// <summary>From what stands under its name; null: it is a word alone.</summary>
    internal Func<ConfigNode, RateConfig>? Read { get; init; }

    /// <summary>As a resolved config has it; null: its name.</summary>
    internal Func<RateConfig, string>? Text { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
