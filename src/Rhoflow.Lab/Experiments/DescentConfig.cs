using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>How training goes down the loss: the discrete counterpart of a flow.</summary>
/// <param name="Kind">gd, sgd or langevin.</param>
/// <param name="LearningRate">η; with loss-based steps η/L, with normalized steps η/‖∇L‖.</param>
/// <param name="Batch">Examples of a minibatch; 0: all of them (gd).</param>
/// <param name="DropLast">Leave out a last minibatch that is smaller.</param>
/// <param name="Momentum">μ.</param>
/// <param name="WeightDecay">λ of λ‖W_k‖², one for all layers or one a layer, so that W loses 2ηλW a step.</param>
/// <param name="Normalization">none, weight, coefficient, tangent, lagrange or geodesic: how V_k keeps its norm.</param>
/// <param name="PerRow">weight: by rows (units) instead of whole matrices.</param>
/// <param name="Temperature">langevin: T of the noise √(2ηT).</param>
/// <param name="LabelNoise">Noise on every minibatch's targets.</param>
/// <param name="Epochs">How many times all examples are used.</param>
/// <param name="Seed">Of the order of the minibatches and of all noise.</param>
public sealed record DescentConfig(
    string Kind, double LearningRate, RateConfig Schedule, int Batch, bool DropLast, double Momentum, bool Nesterov, double[] WeightDecay,
    string Normalization, bool PerRow, RhoConfig Rho, double Temperature, LabelNoiseConfig LabelNoise, PerturbationConfig? Perturbation, StopConfig Stop,
    int Epochs, long Seed, ConfigNode Place)
{
    /// <summary>The kinds, with what they mean.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Kinds =
    [
        ("gd", "W ← W − η∇L over all examples  (T3 eq. 8)"),
        ("sgd", "W ← W − η∇L over a minibatch, in an order drawn anew every epoch"),
        ("langevin", "W ← W − η∇L + √(2ηT) N(0, 1)  (T3 eq. 30)"),
    ];

    /// <summary>What `descent.normalization` may be, with W_k = ρ_k V_k and g = −η∂L/∂V_k.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Normalizations =
    [
        ("none", "W itself moves"),
        ("weight", "W_k = g v/‖v‖, both trained  (T3 eq. 52, 53; per: matrix | row)"),
        ("coefficient", "V ← (V + g)/‖V + g‖  (T3 eq. 49)"),
        ("tangent", "V ← V + (I − VVᵀ)g, renormalized  (T3 eq. 50)"),
        ("lagrange", "V ← αV + g with ‖αV + g‖ = 1  (T3 eq. 48)"),
        ("geodesic", "V moves along the great circle of (I − VVᵀ)g  (T3 §10)"),
    ];

    /// <summary>What else a descent can be told, with what it does.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Settings =
    [
        ("schedule", "constant | {step: {at: [100, 200], factor: 0.1}} | {cosine: {final: 0}} | loss-based (η/L, to any loss) | normalized (η/‖∇L‖)"),
        ("weight-decay", "λ of λ‖W_k‖², one number or one a layer (2λ is what PyTorch calls weight_decay)"),
        ("rho", "ρ_k apart from V_k: constant | trained | {schedule: 3 + log(1 + step)} | {rescale: {every: 10, factor: 2}}"),
        ("label-noise", "on every minibatch: 0.1 (± 0.1) | {normal: 0.1} | {flips: 0.1}"),
        ("perturb", "W += amplitude · s · N(0, 1): {every: 50, amplitude: 0.1, relative-to: weights | gradient | nothing}  (T3b §6)"),
        ("stop", "before the last epoch: {log10-loss: -5, train-error: 0, rho: 1e3, patience: 10}"),
    ];

    private static readonly string[] Keys =
    [
        "kind", "learning-rate", "schedule", "batch", "drop-last", "momentum", "nesterov", "weight-decay", "normalization", "per", "rho", "temperature",
        "label-noise", "perturb", "stop", "epochs", "seed",
    ];

    internal static DescentConfig Read(ConfigNode node, long seed)
    {
        var map = node.Map(Keys);
        var kind = map.Required("kind", $"one of {string.Join(", ", Kinds.Select(static k => k.Name))}").Word([.. Kinds.Select(static k => k.Name)]);
        void OnlyFor(string key, string needed, bool given)
        {
            if (map.Has(key) && !given) throw map[key]!.Error($"has a meaning for {needed} only");
        }
        OnlyFor("batch", "sgd and langevin (gd uses all examples in every step)", kind != "gd");
        OnlyFor("temperature", "langevin", kind == "langevin");
        var normalization = map["normalization"]?.Word([.. Normalizations.Select(static n => n.Name)]) ?? "none";
        OnlyFor("per", "normalization: weight", normalization == "weight");
        OnlyFor("rho", "a normalization other than none, which keeps W_k = ρ_k V_k apart", normalization != "none");
        var momentum = map["momentum"]?.NonNegative() ?? 0;
        if (momentum >= 1) throw map["momentum"]!.Error($"a number in [0, 1) was expected; {map["momentum"]!.Given} was given");
        var nesterov = map["nesterov"]?.Flag() ?? false;
        if (nesterov && momentum == 0) throw map["nesterov"]!.Error("needs descent.momentum > 0");
        if (kind == "langevin" && momentum > 0) throw map["momentum"]!.Error("has no meaning for langevin: the noise's stationary density e^{−L/T} belongs to plain steps");
        return new DescentConfig(kind,
            map.Required("learning-rate", "η > 0").Positive(), RateConfig.Read(map["schedule"]),
            kind == "gd" ? 0 : map["batch"]?.Count(1) ?? (kind == "sgd" ? 128 : 0), map["drop-last"]?.Flag() ?? false, momentum, nesterov,
            map["weight-decay"] is { } decay ? ReadDecay(decay) : [0],
            normalization, map["per"]?.Word("matrix", "row") == "row", RhoConfig.Read(map["rho"], normalization),
            kind == "langevin" ? map.Required("temperature", "T ≥ 0 of the noise").NonNegative() : 0, LabelNoiseConfig.Read(map["label-noise"]),
            map["perturb"] is { } perturb ? PerturbationConfig.Read(perturb) : null, StopConfig.Read(map["stop"]),
            map.Required("epochs", "how many times all examples are used").Count(0), map["seed"]?.Integer() ?? seed, node);
    }

    internal void Write(ConfigWriter writer) => writer.Section("descent", () =>
    {
        writer.Entry("kind", Kind);
        writer.Entry("learning-rate", LearningRate);
        Schedule.Write(writer);
        if (Kind != "gd" && Batch > 0) writer.Entry("batch", Batch);
        if (Kind != "gd") writer.Entry("drop-last", DropLast);
        if (Kind != "langevin") writer.Entry("momentum", Momentum);
        if (Momentum > 0) writer.Entry("nesterov", Nesterov);
        if (WeightDecay.Length == 1) writer.Entry("weight-decay", WeightDecay[0]);
        else writer.Entry("weight-decay", WeightDecay);
        writer.Entry("normalization", Normalization);
        if (Normalization == "weight") writer.Entry("per", PerRow ? "row" : "matrix");
        if (Normalization != "none") Rho.Write(writer);
        if (Kind == "langevin") writer.Entry("temperature", Temperature);
        LabelNoise.Write(writer);
        Perturbation?.Write(writer);
        Stop.Write(writer);
        writer.Entry("epochs", Epochs);
        writer.Entry("seed", Seed);
    });

    private static double[] ReadDecay(ConfigNode node) => node.IsList ? [.. node.List("weight decays λ_k").Select(static n => n.NonNegative())] : [node.NonNegative()];
}
