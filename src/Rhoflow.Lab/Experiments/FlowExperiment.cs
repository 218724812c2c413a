using Rhoflow.Lab.Config;
using Rhoflow.Losses;

namespace Rhoflow.Lab.Experiments;

/// <summary>An experiment that follows a flow. The scalar equations of the norms do without data, network and initial weights.</summary>
public sealed record FlowExperiment : Experiment
{
    /// <summary>How configs describe it.</summary>
    public static readonly ExperimentKind Described = new("flow", "which equations to follow, see `rhoflow list flows`", Read)
    {
        Keys = static () => FlowConfig.Described,
    };

    /// <summary>The equations, from where, how far and how exactly.</summary>
    public required FlowConfig Flow { get; init; }

    /// <inheritdoc/>
    public override string Kind => Flow.Kind.Name;

    /// <inheritdoc/>
    protected override void WriteKind(ConfigWriter writer) => Flow.Write(writer);

    private static FlowExperiment Read(ExperimentParts parts)
    {
        var map = parts.Map;
        map["precision"]?.Word(["float64"], static word => word == "float32" ? "is for descents; flows need float64" : null);
        var flow = FlowConfig.Read(map.Required("flow", Described.Purpose));
        var scalar = flow.Kind.IsScalar;
        ConfigNode? Part(string key, string what) => map[key] ?? (scalar ? null : map.Required(key, what));
        var data = Part("data", "inline, set or path") is { } d ? DataConfig.Read(d, parts.Seed) : null;
        var network = Part("network", "its layers") is { } layers ? NetworkConfig.Read(layers) : null;
        if (scalar && data is null != network is null)
            throw (map["data"] ?? map["network"])!.Error(
                $"{flow.Kind.Name} takes data and network together (they say what f_n is), or neither");
        return new FlowExperiment
        {
            Name = parts.Name,
            Seed = parts.Seed,
            Data = data,
            Network = network,
            Init = scalar && !map.Has("init") && network is null ? null : InitConfig.Read(map["init"], network),
            Loss = LossConfig.Read(map["loss"], scalar ? Reduction.Sum : Reduction.Mean, Losses.Loss.Binary),
            Flow = flow,
            Observe = ObserveConfig.Read(map["observe"], map.Node, flow),
        };
    }
}
