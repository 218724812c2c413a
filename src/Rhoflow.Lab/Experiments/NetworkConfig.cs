using Rhoflow.Lab.Config;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>The layers, first to last. Without biases, unless they are asked for; a constant input is the first layer's.</summary>
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
        new("file", ConfigForm.Text, "instead of layers: an .onnx file, whose graph is the network and whose weights are the start")
        {
            Example = "model.onnx",
        },
        new("bias", ConfigForm.Flag, "true: a bias after every dense and conv layer that no batch-norm follows, as the layer bias does; "
            + "biases break homogeneity, and a constant input gives one to the first layer that does not")
        {
            Default = "false",
            Example = "true",
        },
    ];

    /// <summary>An .onnx file: its graph is the network, its weights are the start unless init says otherwise; null: layers.</summary>
    public string? File { get; init; }

    internal static NetworkConfig Read(ConfigNode node)
    {
        var map = node.Map(Described);
        if (map["file"] is { } file)
        {
            if ((map["layers"] ?? map["bias"]) is { } other) throw other.Error("the graph of network.file says it; leave one of them out");
            return file.Text().EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
                ? new NetworkConfig([], file) { File = Path.GetFullPath(file.Text(), file.Folder) }
                : throw file.Error($"'{file.Text()}' is no .onnx file; other files hold weights and no graph (network.layers says it, "
                    + "and init.weights names the file)");
        }
        var entries = map.Required("layers", "for example [ {dense: 20}, relu, {dense: 1} ]").List("layers");
        if (entries.Count == 0) throw map["layers"]!.Error("a network needs at least one layer of weights, for example {dense: 1}");
        return new NetworkConfig(LayerConfig.Read(entries, map["bias"]?.Flag() ?? false), map["layers"]!);
    }

    internal void Write(ConfigWriter writer) => writer.Section("network", () =>
    {
        if (File is not null)
        {
            writer.Entry("file", File);
            return;
        }
        writer.Raw("layers", ConfigWriter.List(Layers.Select(l => l.Yaml)));
        writer.Entry("bias", false); // those that it asks for stand among the layers
    });

    /// <summary>The network for data with that many inputs, as a vector.</summary>
    /// <exception cref="ConfigException">Layers that do not chain; the entry is named.</exception>
    public Network Build(int inputs) => Build(TensorShape.Vector(inputs));

    /// <summary>The network for examples of that shape.</summary>
    /// <exception cref="ConfigException">Layers that do not chain; the entry is named.</exception>
    /// <exception cref="Data.DataException">The graph of the file cannot be read, or takes other examples.</exception>
    public Network Build(TensorShape input)
    {
        if (File is not null) return OnnxNetwork.Read(File, input).Network;
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
