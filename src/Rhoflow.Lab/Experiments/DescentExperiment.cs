using Rhoflow.Lab.Config;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>An experiment that trains: the discrete counterpart of a flow. It has data, network and init always.</summary>
public sealed record DescentExperiment : Experiment
{
    /// <summary>How configs describe it.</summary>
    public static readonly ExperimentKind Described = new("descent", "for training", Read) { Keys = static () => DescentConfig.Described };

    /// <summary>How training goes down the loss.</summary>
    public required DescentConfig Descent { get; init; }

    /// <inheritdoc/>
    public override string Kind => Descent.Kind.Name;

    /// <inheritdoc/>
    protected override void WriteKind(ConfigWriter writer) => Descent.Write(writer);

    private static DescentExperiment Read(ExperimentParts parts)
    {
        var map = parts.Map;
        var descent = DescentConfig.Read(map.Required("descent", Described.Purpose), parts.Seed);
        var loss = LossConfig.Read(map["loss"], Reduction.Mean, Losses.Loss.All);
        var network = NetworkConfig.Read(map.Required("network", "its layers"));
        return new DescentExperiment
        {
            Name = parts.Name,
            Seed = parts.Seed,
            Precision = map["precision"]?.Word("float32", "float64") == "float64" ? Precision.Float64 : Precision.Float32,
            Data = DataConfig.Read(map.Required("data", "inline, set or path"), parts.Seed),
            Network = network,
            Init = InitConfig.Read(map["init"], network),
            Loss = loss,
            Descent = descent,
            Observe = ObserveConfig.Read(map["observe"], descent),
        };
    }
}
