using Rhoflow.Lab.Config;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// One run, fully described: everything that determines its result, defaults filled in: a flow, or a descent. The scalar equations
/// (norm-growth) do without data, network and initial weights.
/// </summary>
/// <param name="Precision">float32 or float64; flows need float64.</param>
/// <param name="FlowOrNone">What to follow; null for a descent.</param>
/// <param name="Descent">How to train; null for a flow.</param>
public sealed record Experiment(
    string Name,
    long Seed,
    Precision Precision,
    DataConfig? Data,
    NetworkConfig? Network,
    InitConfig? Init,
    LossConfig Loss,
    FlowConfig? FlowOrNone,
    DescentConfig? Descent,
    ObserveConfig Observe)
{
    /// <summary>The flow of an experiment that is known to have one.</summary>
    public FlowConfig Flow => FlowOrNone ?? throw new InvalidOperationException("this experiment describes a descent");

    /// <summary>The kind of flow or descent.</summary>
    public string Kind => FlowOrNone?.Kind.Name ?? Descent!.Kind;

    /// <summary>All keys of a config, in the order they are written back.</summary>
    public static readonly string[] Keys = ["name", "seed", "precision", "data", "network", "init", "loss", "flow", "descent", "observe"];

    /// <summary>Reads a config strictly.</summary>
    /// <exception cref="ConfigException">Anything wrong; the message names the place, the key and what is allowed.</exception>
    /// <exception cref="Data.DataException">Inline data that cannot be used.</exception>
    public static Experiment Read(ConfigSource source)
    {
        var map = source.Node.Map(Keys);
        var name = map["name"] is { } n ? ReadName(n) : DefaultName(source.Name);
        var seed = map["seed"]?.Integer() ?? 0;
        return map.Has("descent") ? ReadDescent(map, name, seed) : ReadFlow(map, name, seed);
    }

    /// <summary>Reads a config file with overrides.</summary>
    public static Experiment Load(string file, IReadOnlyList<(string Path, string Value)> overrides)
    {
        var source = ConfigSource.Load(file);
        Overrides.Apply(source, overrides);
        return Read(source);
    }

    /// <summary>The fully resolved config as YAML; reading it gives the same experiment.</summary>
    public string ToYaml()
    {
        var writer = new ConfigWriter();
        writer.Entry("name", Name);
        writer.Entry("seed", Seed);
        writer.Entry("precision", Precision == Precision.Float32 ? "float32" : "float64");
        Data?.Write(writer);
        Network?.Write(writer);
        Init?.Write(writer);
        Loss.Write(writer);
        FlowOrNone?.Write(writer);
        Descent?.Write(writer);
        Observe.Write(writer);
        return writer.ToString();
    }

    private static Experiment ReadFlow(ConfigMap map, string name, long seed)
    {
        map["precision"]?.Word(["float64"], static word => word == "float32" ? "is for descents; flows need float64" : null);
        var flow = FlowConfig.Read(map.Required("flow", "which equations to follow, see `rhoflow list flows`; or 'descent' for training"));
        var scalar = flow.Kind.IsScalar;
        var data = map["data"] is { } d ? DataConfig.Read(d, seed) : scalar ? null : DataConfig.Read(map.Required("data", "inline, set or path"), seed);
        var network = map["network"] is { } layers ? NetworkConfig.Read(layers) : scalar ? null : NetworkConfig.Read(map.Required("network", "its layers"));
        if (scalar && data is null != network is null)
            throw (map["data"] ?? map["network"])!.Error($"{flow.Kind.Name} takes data and network together (they say what f_n is), or neither");
        return new Experiment(name, seed, Precision.Float64, data, network,
            scalar && !map.Has("init") && network is null ? null : InitConfig.Read(map["init"]),
            LossConfig.Read(map["loss"], scalar ? Reduction.Sum : Reduction.Mean, Losses.Loss.Binary),
            flow, null, ObserveConfig.Read(map["observe"], map.Node, flow));
    }

    private static Experiment ReadDescent(ConfigMap map, string name, long seed)
    {
        if (map.Has("flow")) throw map["descent"]!.Error("stands beside 'flow'; a run follows one of the two");
        var descent = DescentConfig.Read(map["descent"]!, seed);
        var loss = LossConfig.Read(map["loss"], Reduction.Mean, Losses.Loss.All);
        return new Experiment(name, seed, map["precision"]?.Word("float32", "float64") == "float64" ? Precision.Float64 : Precision.Float32,
            DataConfig.Read(map.Required("data", "inline, set or path"), seed), NetworkConfig.Read(map.Required("network", "its layers")),
            InitConfig.Read(map["init"]), loss, null, descent, ObserveConfig.Read(map["observe"], descent));
    }

    private static string ReadName(ConfigNode node)
    {
        var name = node.Text();
        return IsFileName(name) ? name : throw node.Error($"'{name}' names the run's folder, so it may hold letters, digits, '-', '_' and '.' only (and not begin with '.')");
    }

    private static string DefaultName(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return IsFileName(name) ? name : "run";
    }

    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= 100 && name[0] != '.' && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.');
}
