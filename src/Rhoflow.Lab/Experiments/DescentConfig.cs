using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>How training goes down the loss: the discrete counterpart of a flow.</summary>
public sealed record DescentConfig
{
    /// <summary>Which of <see cref="DescentKind.All"/>.</summary>
    public required DescentKind Kind { get; init; }

    /// <summary>η; with loss-based steps η/L, with normalized steps η/‖∇L‖.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How η changes.</summary>
    public RateConfig Schedule { get; init; } = RateConfig.Constant;

    /// <summary>Examples of a minibatch; 0: all of them (gd).</summary>
    public int Batch { get; init; }

    /// <summary>Leave out a last minibatch that is smaller.</summary>
    public bool DropLast { get; init; }

    /// <summary>What makes steps of gradients: momentum, Adam …</summary>
    public OptimizerConfig Optimizer { get; init; } = OptimizerConfig.Default;

    /// <summary>λ of λ‖W_k‖², one for all layers or one per layer, so that W loses 2ηλW per step.</summary>
    public IReadOnlyList<double> WeightDecay { get; init; } = [0];

    /// <summary>How V_k keeps its norm.</summary>
    public NormalizationKind Normalization { get; init; } = NormalizationKind.None;

    /// <summary>weight: by rows (units) instead of whole matrices.</summary>
    public bool PerRow { get; init; }

    /// <summary>What moves ρ_k, where a normalization keeps it apart.</summary>
    public RhoConfig Rho { get; init; } = RhoConfig.Constant;

    /// <summary>langevin: T of the noise √(2ηT).</summary>
    public double Temperature { get; init; }

    /// <summary>Noise on the targets of every minibatch.</summary>
    public LabelNoiseConfig LabelNoise { get; init; } = LabelNoiseConfig.None;

    /// <summary>Noise on weights at some epochs; null: none.</summary>
    public PerturbationConfig? Perturbation { get; init; }

    /// <summary>What ends training before its last epoch.</summary>
    public StopConfig Stop { get; init; } = StopConfig.Never;

    /// <summary>How many times all examples are used.</summary>
    public required int Epochs { get; init; }

    /// <summary>Of the order of the minibatches and of all noise.</summary>
    public required long Seed { get; init; }

    /// <summary>Where it stands in the config.</summary>
    public required ConfigNode Place { get; init; }

    /// <summary>The keys of <c>descent</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
    [
        new("kind", ConfigForm.Word, "gd: all examples a step; sgd: minibatches; langevin: with noise √(2ηT)")
        {
            Words = [.. DescentKind.All.Select(static k => k.Name)],
            Example = "sgd",
        },
        new("rule", ConfigForm.Word, "what makes steps of gradients (`rhoflow list descents`)")
        {
            Words = [.. OptimizerKind.All.Select(static k => k.Name)],
            Default = OptimizerKind.Default.Name,
            Example = "adam",
        },
        new("learning-rate", ConfigForm.Number, "η > 0") { Example = "0.1" },
        new("schedule", ConfigForm.Word | ConfigForm.Map, "how η changes; loss-based is η/L of the minibatch, normalized η/‖∇L‖")
        {
            Words = [.. RateKind.All.Where(static k => k.Needs is null).Select(static k => k.Name)],
            Keys = RateConfig.Described,
            Default = "constant",
            Example = "{step: {at: [100, 200], factor: 0.1}}",
        },
        new("batch", ConfigForm.Whole, "examples of a minibatch; batch normalization goes by the statistics of each")
        {
            Default = "128 for sgd, all for langevin",
            Example = "64",
        },
        new("drop-last", ConfigForm.Flag, "leaves out the last minibatch of an epoch where it is smaller")
        {
            Default = "false",
            Example = "true",
        },
        .. OptimizerConfig.Described,
        new("weight-decay", ConfigForm.Number | ConfigForm.List, "λ of λ‖W_k‖², one, or one a layer (2λ is PyTorch's weight_decay)")
        {
            Default = "0",
            Example = "1e-4",
        },
        new("normalization", ConfigForm.Word, "how V_k keeps its norm (`rhoflow list descents`)")
        {
            Words = [.. NormalizationKind.All.Select(static k => k.Name)],
            Default = "none",
            Example = "weight",
        },
        new("per", ConfigForm.Word, "normalization: weight: by whole matrices, or by rows")
        {
            Words = ["matrix", "row"],
            Default = "matrix",
            Example = "row",
        },
        new("rho", ConfigForm.Word | ConfigForm.Map, "what moves ρ_k where a normalization keeps it apart from V_k")
        {
            Words = [.. RhoKind.All.Where(static k => k.Read is null).Select(static k => k.Name)],
            Keys = RhoConfig.Described,
            Default = "trained for normalization: weight, else constant",
            Example = "{rescale: {every: 10, factor: 2}}",
        },
        new("temperature", ConfigForm.Number, "langevin: T of the noise √(2ηT)") { Example = "0.01" },
        new("label-noise", ConfigForm.Number | ConfigForm.Map, "on the targets of every minibatch; a number: ± that much")
        {
            Keys = LabelNoiseConfig.Described,
            Default = "0",
            Example = "{flips: 0.1}",
        },
        new("perturb", ConfigForm.Map, "W += amplitude · s · N(0, 1) at some epochs (T3b §6)")
        {
            Keys = PerturbationConfig.Described,
            Default = "none",
            Example = "{every: 50, amplitude: 0.1, relative-to: weights}",
        },
        new("stop", ConfigForm.Map, "what ends training before its last epoch")
        {
            Keys = StopConfig.Described,
            Default = "nothing",
            Example = "{train-error: 0}",
        },
        new("epochs", ConfigForm.Whole, "how many times all examples are used") { Example = "100" },
        new("seed", ConfigForm.Whole, "of the order of the minibatches and of all noise")
        {
            Default = "the config's seed",
            Example = "0",
        },
    ];

    internal static DescentConfig Read(ConfigNode node, long seed)
    {
        var map = node.Map(Described);
        var kind = ReadKind(map);
        kind.RefuseOthersKeys(map);
        var normalization = NormalizationKind.Read(map);
        var optimizer = OptimizerConfig.Read(map);
        if (kind.WithoutRules is { } why && optimizer.Create(1, 0).Rules.Count > 0)
            throw (optimizer.Kind == OptimizerKind.Default ? map["momentum"] : map["rule"])!
                .NoMeaning($"has no meaning for {kind}: {why}");
        return new DescentConfig
        {
            Kind = kind,
            LearningRate = map.Required("learning-rate", "η > 0").Positive(),
            Schedule = RateConfig.Read(map["schedule"]),
            Batch = map["batch"]?.Count(1) ?? kind.UsualBatch,
            DropLast = map["drop-last"]?.Flag() ?? false,
            Optimizer = optimizer,
            WeightDecay = map["weight-decay"] is { } decay ? ReadDecay(decay) : [0],
            Normalization = normalization,
            PerRow = map["per"]?.Word("matrix", "row") == "row",
            Rho = RhoConfig.Read(map["rho"], normalization),
            Temperature = kind.Has("temperature") ? map.Required("temperature", "T ≥ 0 of the noise").NonNegative() : 0,
            LabelNoise = LabelNoiseConfig.Read(map["label-noise"]),
            Perturbation = map["perturb"] is { } perturb ? PerturbationConfig.Read(perturb) : null,
            Stop = StopConfig.Read(map["stop"]),
            Epochs = map.Required("epochs", "how many times all examples are used").Count(0),
            Seed = map["seed"]?.Integer() ?? seed,
            Place = node,
        };
    }

    internal void Write(ConfigWriter writer) => writer.Section("descent", () =>
    {
        writer.Entry("kind", Kind.Name);
        writer.Entry("learning-rate", LearningRate);
        Schedule.Write(writer);
        if (Kind.Has("batch") && Batch > 0) writer.Entry("batch", Batch);
        if (Kind.Has("batch")) writer.Entry("drop-last", DropLast);
        if (Kind.WithoutRules is null) Optimizer.Write(writer);
        if (WeightDecay.Count == 1) writer.Entry("weight-decay", WeightDecay[0]);
        else writer.Entry("weight-decay", WeightDecay);
        writer.Entry("normalization", Normalization.Name);
        if (Normalization.Has("per")) writer.Entry("per", PerRow ? "row" : "matrix");
        if (Normalization.Has("rho")) Rho.Write(writer);
        if (Kind.Has("temperature")) writer.Entry("temperature", Temperature);
        LabelNoise.Write(writer);
        Perturbation?.Write(writer);
        Stop.Write(writer);
        writer.Entry("epochs", Epochs);
        writer.Entry("seed", Seed);
    });

    private static DescentKind ReadKind(ConfigMap map)
    {
        string[] names = [.. DescentKind.All.Select(static k => k.Name)];
        var name = map.Required("kind", $"one of {string.Join(", ", names)}").Word(names, static word =>
            OptimizerKind.All.Any(k => k.Name == word) ? $"is not known here; it is a rule: write kind: sgd and rule: {word}" : null);
        return DescentKind.All.First(k => k.Name == name);
    }

    private static double[] ReadDecay(ConfigNode node) =>
        node.IsList ? [.. node.List("weight decays λ_k").Select(static n => n.NonNegative())] : [node.NonNegative()];
}
