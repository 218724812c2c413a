using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>What every config says, whatever the kind of its experiment, and the map that the rest is read from.</summary>
/// <param name="Map">The whole config; its keys are known to be allowed.</param>
/// <param name="Name">The experiment's name.</param>
/// <param name="Seed">The seed, 0 unless given.</param>
public sealed record ExperimentParts(ConfigMap Map, string Name, long Seed);

/// <summary>A kind of experiment, recognised by one key of the config: <c>flow</c> or <c>descent</c>.</summary>
/// <param name="Key">The key that only configs of this kind have, and whose map says what is followed.</param>
/// <param name="Purpose">What the key is for, in words that follow "the key 'flow' is missing".</param>
/// <param name="Read">Reads the experiment; throws <see cref="ConfigException"/> where the config is wrong.</param>
public sealed record ExperimentKind(string Key, string Purpose, Func<ExperimentParts, Experiment> Read)
{
    /// <summary>The keys that may stand under its key, for help and the schema.</summary>
    public Func<IReadOnlyList<ConfigKey>> Keys { get; init; } = static () => [];
}
