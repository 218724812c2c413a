using Rhoflow.Lab.Config;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>The starting weights.</summary>
public sealed record InitConfig
{
    /// <summary>The kinds.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["normal", "kaiming", "orthogonal", "uniform", "diagonal", "weights", "zeros"];

    /// <summary>normal, kaiming, orthogonal, uniform, diagonal, weights or zeros.</summary>
    public string Kind { get; init; } = "kaiming";

    /// <summary>The spread of the random kinds.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>‖W_k‖_F afterwards: one norm for all layers or one per layer; null: as they come.</summary>
    public IReadOnlyList<double>? Frobenius { get; init; }

    /// <summary>One matrix (rows = outputs) per layer, exactly as written.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>>? Weights { get; init; }

    /// <summary>A safetensors file with the weights instead, absolute.</summary>
    public string? File { get; init; }

    /// <summary>Where it was written, for errors about shapes.</summary>
    public ConfigNode? Place { get; init; }

    internal static InitConfig Read(ConfigNode? node)
    {
        if (node is null) return new InitConfig();
        var map = node.Map("kind", "frobenius", "scale", "weights");
        var kind = map["kind"]?.Word(Kinds) ?? (map.Has("weights") ? "weights" : "kaiming");
        if (kind != "weights" && map.Has("weights"))
            throw map["weights"]!.NoMeaning($"has no meaning for init.kind {kind}; leave out the kind, or write kind: weights");
        if (kind is "weights" or "zeros" && map.Has("scale"))
            throw map["scale"]!.NoMeaning($"has no meaning for init.kind {kind}: the weights are taken exactly as given");
        if (kind == "zeros" && map.Has("frobenius"))
            throw map["frobenius"]!.NoMeaning("a zero layer has no direction, so it cannot be scaled to a norm; choose another init.kind");
        var file = kind == "weights" && map.Required("weights", "one matrix per layer, rows = outputs, or a .safetensors file")
            is { IsScalar: true } path ? ReadFile(path) : null;
        return new InitConfig
        {
            Kind = kind,
            Scale = map["scale"]?.Positive() ?? 1,
            Frobenius = map["frobenius"] is { } f ? ReadNorms(f) : null,
            Weights = kind == "weights" && file is null ? ReadWeights(map["weights"]!) : null,
            File = file,
            Place = node,
        };
    }

    internal void Write(ConfigWriter writer) => writer.Section("init", () =>
    {
        writer.Entry("kind", Kind);
        if (Kind is not ("weights" or "zeros")) writer.Entry("scale", Scale);
        if (Frobenius is [var norm]) writer.Entry("frobenius", norm);
        else if (Frobenius is not null) writer.Entry("frobenius", Frobenius);
        if (File is not null) writer.Entry("weights", File);
        if (Weights is not null) writer.Raw("weights", ConfigWriter.List(Weights.Select(ConfigWriter.Matrix)));
    });

    /// <summary>θ.</summary>
    /// <exception cref="ConfigException">Weights that do not fit the network; the layer, what was given and what is needed are
    /// named.</exception>
    public double[] Build(Network network, long seed)
    {
        var random = new RandomStream(seed);
        try
        {
            var theta = Kind switch
            {
                "normal" => Initialization.Normal(network, random, Scale),
                "kaiming" => Initialization.Kaiming(network, random, Scale),
                "orthogonal" => Initialization.Orthogonal(network, random, Scale),
                "uniform" => Initialization.Uniform(network, random, Scale),
                "diagonal" => Initialization.Diagonal(network, random, Scale),
                "weights" => network.Pack(Weights is null ? WeightFile.Read(File!, network)
                    : [.. Weights.Select(static m => m.Select(static r => r.ToArray()).ToArray())]),
                _ => network.Zeros(),
            };
            if (Frobenius is not null) Initialization.ScaleLayers(network, theta, [.. Frobenius]);
            return theta;
        }
        catch (ArgumentException e)
        {
            if (Place is null) throw new ConfigException($"init: {e.Message}", e);
            throw (Frobenius is { Count: > 1 } norms && norms.Count != network.Depth ? Place.At("frobenius") : Place).Error(e.Message);
        }
    }

    private static double[] ReadNorms(ConfigNode node) =>
        node.IsList ? [.. node.List("norms").Select(n => n.Positive())] : [node.Positive()];

    private static string ReadFile(ConfigNode node)
    {
        var given = node.Text();
        return given.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? Path.GetFullPath(given, node.Folder)
            : throw node.Error($"'{given}' is not a .safetensors file; weights are given as such a file, or as a list of matrices, one a "
            + "layer (rows = outputs)");
    }

    private static double[][][] ReadWeights(ConfigNode node)
    {
        var layers = node.List("matrices, one per layer");
        return [.. layers.Select(static m => m.List("rows").Select(static r => r.List("numbers (a matrix is a list of rows)")
            .Select(static c => c.Number()).ToArray()).ToArray())];
    }
}
