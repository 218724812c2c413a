using Rhoflow.Descents;

namespace Rhoflow.Tests.Descents;

/// <summary>An optimizer of every kind, as tests of what all have in common need them.</summary>
internal static class OptimizerCases
{
    /// <summary>With a learning rate, by batches.</summary>
    public static Optimizer Of(string name, LearningRate rate, int batch) => name switch
    {
        "plain" => new Sgd(rate, 0, batch),
        "momentum" => new Sgd(rate, 0.9, batch) { Nesterov = true },
        "adam" => new Adam(rate, batch: batch),
        "adamw" => new AdamW(rate, beta1: 0.8, beta2: 0.9, batch: batch),
        "sign" => new SignDescent(rate, 0.9, batch),
        "muon" => new Muon(rate, batch: batch),
        "chain" => new Chain(rate, batch, new Orthogonalize(), new Momentum(0.5), new Moments(0.5, 0.9), new DecoupledDecay()),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>All of them.</summary>
    public static readonly string[] All = ["plain", "momentum", "adam", "adamw", "sign", "muon", "chain"];
}
