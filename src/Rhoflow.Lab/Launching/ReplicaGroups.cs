using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Launching;

/// <summary>Which descents of a sweep can be trained together: those that see the same minibatches of the same data with networks of one shape.</summary>
public static class ReplicaGroups
{
    /// <summary>The experiments, those that belong together side by side; flows stand alone. Orders are kept.</summary>
    public static IReadOnlyList<IReadOnlyList<Experiment>> Of(IReadOnlyList<Experiment> experiments) =>
        [.. experiments.Select(static (e, i) => (Experiment: e, Key: e.Descent is null ? $"flow {i}" : Shared(e)))
            .GroupBy(static p => p.Key, static p => p.Experiment, StringComparer.Ordinal).Select(static g => (IReadOnlyList<Experiment>)[.. g])];

    // What replicas must have in common: the config without its name, its start, and the numbers of its step rule.
    private static string Shared(Experiment e) => (e with
    {
        Name = "replicas",
        Seed = 0,
        Init = null,
        Descent = e.Descent! with
        {
            LearningRate = 1,
            Schedule = RateConfig.Constant,
            Momentum = 0,
            Nesterov = false,
            WeightDecay = [0],
            Normalization = "none",
            PerRow = false,
            Rho = RhoConfig.Constant,
            Temperature = 0,
            LabelNoise = LabelNoiseConfig.None,
            Perturbation = null,
            Stop = StopConfig.Never,
        },
    }).ToYaml();
}
