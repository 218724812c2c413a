using Rhoflow.Lab.Config;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>Checkpoints that another program writes, each measured as a network of its own: a run whose rows are they.</summary>
public sealed record WatchExperiment : Experiment
{
    /// <summary>How configs describe it.</summary>
    public static readonly ExperimentKind Described = new("watch", "for checkpoints that another program writes (`rhoflow watch`)", Read)
    {
        Keys = static () => WatchConfig.Described,
    };

    /// <summary>Where the checkpoints appear.</summary>
    public required WatchConfig Watch { get; init; }

    /// <summary>When it ends. Not written back: what is measured does not depend on it.</summary>
    public WatchUntil Until { get; init; } = WatchUntil.OnceOnly;

    /// <inheritdoc/>
    public override string Kind => "watch";

    /// <inheritdoc/>
    protected override void WriteKind(ConfigWriter writer) => Watch.Write(writer);

    private static WatchExperiment Read(ExperimentParts parts)
    {
        var map = parts.Map;
        if (map["init"] is { } init)
            throw init.NoMeaning("has no meaning beside 'watch': the weights are those of the checkpoints; which of their arrays are which "
                + "is said by watch.names, watch.normalizations and watch.layout");
        return new WatchExperiment
        {
            Name = parts.Name,
            Seed = parts.Seed,
            Precision = map["precision"]?.Word("float32", "float64") == "float64" ? Precision.Float64 : Precision.Float32,
            Data = DataConfig.Read(map.Required("data", "inline, set or path"), parts.Seed),
            Network = NetworkConfig.Read(map.Required("network", "its layers")),
            Loss = LossConfig.Read(map["loss"] ?? throw map.Node.Error("the key 'loss' is missing (that the network was trained on, for "
                + "example cross-entropy)"), Reduction.Mean, Losses.Loss.All),
            Watch = WatchConfig.Read(map["watch"]!),
            Observe = ObserveConfig.ReadEach(map["observe"]),
        };
    }
}
