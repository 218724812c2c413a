using System.Globalization;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Config;

/// <summary>One entry of <c>network.layers</c>: dense (with its width), diagonal, or a nonlinearity.</summary>
/// <param name="Width">Rows of a dense layer; 0 otherwise.</param>
/// <param name="Activation">The nonlinearity; null for a layer of weights.</param>
/// <param name="Place">Where it was written, for errors about shapes.</param>
public sealed record LayerConfig(int Width, Activation? Activation, ConfigNode Place)
{
    public bool IsDense => Width > 0;
    public bool IsDiagonal => Width == 0 && Activation is null;

    internal string Yaml => Activation switch
    {
        null => IsDense ? string.Create(CultureInfo.InvariantCulture, $"{{dense: {Width}}}") : "diagonal",
        { Kind: ActivationKind.Identity } => "linear",
        { Kind: ActivationKind.ReLU } => "relu",
        { Kind: ActivationKind.LeakyReLU, Parameter: var a } => $"{{leaky-relu: {ConfigWriter.Number(a)}}}",
        { Parameter: var p } => $"{{power: {ConfigWriter.Number(p)}}}",
    };
}

/// <summary>The layers, first to last. Bias-free: a constant input is the first layer's bias.</summary>
public sealed record NetworkConfig(IReadOnlyList<LayerConfig> Layers)
{
    private static readonly string[] Words = ["dense", "relu", "leaky-relu", "power", "linear", "diagonal"];
    private static readonly string[] Later = ["conv", "batch-norm", "global-average", "residual", "pool", "max-pool", "dropout"];

    internal static NetworkConfig Read(ConfigNode node)
    {
        var map = node.Map("layers", "bias");
        if (map["bias"]?.Flag() == true)
            throw map["bias"]!.Error("flows have no biases (they would break homogeneity); use data.transforms: [constant-input] for one in the first layer");
        var entries = map.Required("layers", "for example [ {dense: 20}, relu, {dense: 1} ]").List("layers");
        if (entries.Count == 0) throw map["layers"]!.Error("a network needs at least one layer of weights, for example {dense: 1}");
        return new NetworkConfig([.. entries.Select(ReadLayer)]);
    }

    internal void Write(ConfigWriter writer) => writer.Section("network", () =>
    {
        writer.Raw("layers", ConfigWriter.List(Layers.Select(l => l.Yaml)));
        writer.Entry("bias", false);
    });

    /// <summary>The network for data with that many inputs.</summary>
    /// <exception cref="ConfigException">Layers that do not chain; the entry is named.</exception>
    public Network Build(int inputs)
    {
        var builder = new NetworkBuilder(inputs);
        foreach (var layer in Layers)
        {
            try
            {
                if (layer.IsDense) builder.Dense(layer.Width);
                else if (layer.IsDiagonal) builder.Diagonal();
                else if (layer.Activation is { Kind: not ActivationKind.Identity } sigma) builder.Then(sigma);
            }
            catch (ArgumentException e)
            {
                throw layer.Place.Error(e.Message);
            }
        }
        try
        {
            return builder.Build();
        }
        catch (ArgumentException e)
        {
            throw Layers[^1].Place.Error(e.Message);
        }
    }

    private static LayerConfig ReadLayer(ConfigNode node)
    {
        string? Explain(string word) => Later.Contains(word, StringComparer.Ordinal) ? "is not a layer of flow networks in this version" : null;
        if (node.IsScalar)
        {
            return node.Word(Words, Explain) switch
            {
                "relu" => new LayerConfig(0, Activation.ReLU, node),
                "leaky-relu" => new LayerConfig(0, Activation.LeakyReLU(), node),
                "linear" => new LayerConfig(0, Activation.Identity, node),
                "diagonal" => new LayerConfig(0, null, node),
                var word => throw node.Error($"'{word}' needs its {(word == "dense" ? "width" : "exponent")}: {{{word}: {(word == "dense" ? "20" : "2")}}}"),
            };
        }
        if (node.Keys is [var later] && Explain(later) is { } why) throw node.Error($"'{later}' {why}{Nearest.Hint(later, Words)}");
        var map = node.Map("dense", "leaky-relu", "power");
        switch (map.OneOf("dense", "leaky-relu", "power"))
        {
            case "dense": return new LayerConfig(map["dense"]!.Count(1), null, node);
            case "leaky-relu": return new LayerConfig(0, Activation.LeakyReLU(map["leaky-relu"]!.Number()), node);
            default: return new LayerConfig(0, Activation.Power(map["power"]!.Count(1)), node);
        }
    }
}
