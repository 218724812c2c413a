using Rhoflow.Lab.Config;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Experiments;

/// <summary>One entry of <c>network.layers</c>.</summary>
/// <param name="Yaml">The entry fully resolved.</param>
/// <param name="Add">Puts it behind what a builder has.</param>
/// <param name="Place">Where it was written, for errors about shapes.</param>
public sealed record LayerConfig(string Yaml, Action<NetworkBuilder> Add, ConfigNode Place)
{
    private static readonly string[] Words =
    [
        "dense", "conv", "relu", "leaky-relu", "power", "linear", "diagonal", "batch-norm", "max-pool", "average-pool", "global-average", "flatten", "residual",
    ];

    private static readonly string[] Maps = ["dense", "conv", "leaky-relu", "power", "batch-norm", "max-pool", "average-pool", "residual"];

    internal static LayerConfig Read(ConfigNode node)
    {
        if (node.IsScalar) return ReadWord(node);
        if (node.Keys is [var key] && !Maps.Contains(key, StringComparer.Ordinal) && Words.Contains(key, StringComparer.Ordinal))
            throw node.Error($"'{key}' stands alone, without a colon");
        if (node.Keys.Contains("residual")) return ReadResidual(node);
        if (node.Keys is [var unknown] && !Maps.Contains(unknown, StringComparer.Ordinal)) throw node.Error($"'{unknown}' is not known{Nearest.Hint(unknown, Words)}");
        var map = node.Map(Maps);
        var kind = map.OneOf(Maps);
        var value = map[kind]!;
        switch (kind)
        {
            case "dense":
                var width = value.Count(1);
                return new($"{{dense: {width}}}", b => b.Dense(width), node);
            case "leaky-relu":
                var slope = value.Number();
                return new($"{{leaky-relu: {ConfigWriter.Number(slope)}}}", b => b.Then(Activation.LeakyReLU(slope)), node);
            case "power":
                var power = value.Count(1);
                return new($"{{power: {power}}}", b => b.Then(Activation.Power(power)), node);
            case "conv":
                return ReadConvolution(value, node);
            case "batch-norm":
                return ReadBatchNorm(value, node);
            default:
                return ReadPooling(kind, value, node);
        }
    }

    /// <summary>Puts it behind what the builder has; errors about shapes name the entry.</summary>
    internal void AddTo(NetworkBuilder builder)
    {
        try
        {
            Add(builder);
        }
        catch (ArgumentException e)
        {
            throw Place.Error(e.Message);
        }
    }

    private static LayerConfig ReadWord(ConfigNode node) => node.Word(Words, static w => w == "dropout" ? "is not here: the theory is about deterministic networks" : null) switch
    {
        "relu" => new("relu", static b => b.Then(Activation.ReLU), node),
        "leaky-relu" => new("{leaky-relu: 0.01}", static b => b.Then(Activation.LeakyReLU()), node),
        "linear" => new("linear", static _ => { }, node),
        "diagonal" => new("diagonal", static b => b.Diagonal(), node),
        "global-average" => new("global-average", static b => b.GlobalAverage(), node),
        "flatten" => new("flatten", static b => b.Flatten(), node),
        "batch-norm" => BatchNorm(node, affine: false, 1e-5, 0.1),
        var word => throw node.Error($"'{word}' needs its {word switch
        {
            "dense" => "width: {dense: 20}",
            "conv" => "maps: {conv: {maps: 16, kernel: 3, stride: 2, pad: 1}}",
            "power" => "exponent: {power: 2}",
            "residual" => "branch: {residual: [ {conv: 16}, batch-norm, relu, {conv: 16} ]}",
            _ => $"window: {{{word}: 2}}",
        }}"),
    };

    private static LayerConfig ReadConvolution(ConfigNode value, ConfigNode node)
    {
        if (value.IsScalar) return Convolution(node, value.Count(1), 3, 1, 1);
        var map = value.Map("maps", "kernel", "stride", "pad");
        var kernel = map["kernel"]?.Count(1) ?? 3;
        return Convolution(node, map.Required("maps", "how many there are").Count(1), kernel, map["stride"]?.Count(1) ?? 1, map["pad"]?.Count(0) ?? kernel / 2);
    }

    private static LayerConfig Convolution(ConfigNode node, int maps, int kernel, int stride, int pad) =>
        new($"{{conv: {{maps: {maps}, kernel: {kernel}, stride: {stride}, pad: {pad}}}}}", b => b.Convolution(maps, kernel, stride, pad), node);

    private static LayerConfig ReadBatchNorm(ConfigNode value, ConfigNode node)
    {
        var map = value.Map("affine", "epsilon", "momentum");
        return BatchNorm(node, map["affine"]?.Flag() ?? false, map["epsilon"]?.NonNegative() ?? 1e-5, map["momentum"]?.Positive() ?? 0.1);
    }

    private static LayerConfig BatchNorm(ConfigNode node, bool affine, double epsilon, double momentum) =>
        new($"{{batch-norm: {{affine: {(affine ? "true" : "false")}, epsilon: {ConfigWriter.Number(epsilon)}, momentum: {ConfigWriter.Number(momentum)}}}}}",
            b => b.BatchNorm(affine, epsilon, momentum), node);

    private static LayerConfig ReadPooling(string kind, ConfigNode value, ConfigNode node)
    {
        int kernel, stride, pad = 0;
        if (value.IsScalar) kernel = stride = value.Count(1);
        else
        {
            var map = value.Map("kernel", "stride", "pad");
            kernel = map.Required("kernel", "the side of the window").Count(1);
            stride = map["stride"]?.Count(1) ?? kernel;
            pad = map["pad"]?.Count(0) ?? 0;
        }
        return new($"{{{kind}: {{kernel: {kernel}, stride: {stride}, pad: {pad}}}}}",
            b => _ = kind == "max-pool" ? b.MaxPool(kernel, stride, pad) : b.AveragePool(kernel, stride, pad), node);
    }

    private static LayerConfig ReadResidual(ConfigNode node)
    {
        var map = node.Map("residual", "shortcut");
        LayerConfig[] Side(string key) => map[key] is { } side ? [.. side.List("layers").Select(Read)] : [];
        LayerConfig[] branch = Side("residual"), shortcut = Side("shortcut");
        var yaml = $"{{residual: {ConfigWriter.List(branch.Select(static l => l.Yaml))}{(shortcut.Length > 0 ? $", shortcut: {ConfigWriter.List(shortcut.Select(static l => l.Yaml))}" : "")}}}";
        return new(yaml, b => b.Residual(left => Array.ForEach(branch, l => l.AddTo(left)), shortcut.Length == 0 ? null : right => Array.ForEach(shortcut, l => l.AddTo(right))), node);
    }
}
