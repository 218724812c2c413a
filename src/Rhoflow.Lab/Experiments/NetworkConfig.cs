using Rhoflow.Lab.Config;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>The layers, first to last. Bias-free: a constant input is the first layer's bias.</summary>
public sealed record NetworkConfig(IReadOnlyList<LayerConfig> Layers, ConfigNode Place)
{
    /// <summary>The keys of <c>network</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("layers", ConfigForm.List, "the layers, first to last; sizes of inputs follow from the data")
        {
            Keys = LayerConfig.Described,
            Example = "[ {dense: 20}, relu, {dense: 1} ]",
        },
        new("bias", ConfigForm.Flag, "false only: biases break homogeneity; a constant input gives one to the first layer")
        {
            Default = "false",
            Example = "false",
        },
    ];

    internal static NetworkConfig Read(ConfigNode node)
    {
        var map = node.Map(Described);
        if (map["bias"]?.Flag() == true)
            throw map["bias"]!.Error(
                "there are no biases (they would break homogeneity); use data.transforms: [constant-input] for one in the first layer");
        var entries = map.Required("layers", "for example [ {dense: 20}, relu, {dense: 1} ]").List("layers");
        if (entries.Count == 0) throw map["layers"]!.Error("a network needs at least one layer of weights, for example {dense: 1}");
        return new NetworkConfig([.. entries.Select(LayerConfig.Read)], map["layers"]!);
    }

    internal void Write(ConfigWriter writer) => writer.Section("network", () =>
    {
        writer.Raw("layers", ConfigWriter.List(Layers.Select(l => l.Yaml)));
        writer.Entry("bias", false);
    });

    /// <summary>The network for data with that many inputs, as a vector.</summary>
    /// <exception cref="ConfigException">Layers that do not chain; the entry is named.</exception>
    public Network Build(int inputs) => Build(TensorShape.Vector(inputs));

    /// <summary>The network for examples of that shape.</summary>
    /// <exception cref="ConfigException">Layers that do not chain; the entry is named.</exception>
    public Network Build(TensorShape input)
    {
        var builder = new NetworkBuilder(input);
        foreach (var layer in Layers) layer.AddTo(builder);
        try
        {
            return builder.Build();
        }
        catch (ArgumentException e)
        {
            throw Layers[^1].Place.Error(e.Message);
        }
    }
}
