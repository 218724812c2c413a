using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Launching;

/// <summary>Which experiments of a sweep are run together.</summary>
public static class RunGroups
{
    /// <summary>The experiments, those that run together side by side. Orders are kept.</summary>
    public static IReadOnlyList<IReadOnlyList<Experiment>> Of(IReadOnlyList<Experiment> experiments) =>
        [.. experiments.Select(static (e, i) => (Experiment: e, Key: Shared(e) ?? $"alone {i}"))
            .GroupBy(static p => p.Key, static p => p.Experiment, StringComparer.Ordinal)
            .Select(static g => (IReadOnlyList<Experiment>)[.. g])];

    private static string? Shared(Experiment e) => RunKinds.Of(e) is var kind
        && kind.Together(e) is { } shared ? $"{kind.Experiments.Key} {shared}" : null;
}
