using Rhoflow.Lab.Config;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Experiments;

/// <summary>The starting weights.</summary>
/// <param name="Kind">normal, kaiming, orthogonal, uniform, diagonal, weights or zeros.</param>
/// <param name="Scale">The spread of the random kinds; 1 unless given.</param>
/// <param name="Frobenius">‖W_k‖_F afterwards: one norm for all layers or one a layer; null: as they come.</param>
/// <param name="Weights">One matrix (rows = outputs) a layer, exactly as written.</param>
/// <param name="Place">Where it was written, for errors about shapes.</param>
/// <param name="File">A safetensors file with the weights instead, absolute.</param>
public sealed record InitConfig(string Kind, double Scale, double[]? Frobenius, double[][][]? Weights, ConfigNode? Place, string? File = null)
{
    /// <summary>The kinds, with what they mean.</summary>
    public static readonly string[] Kinds = ["normal", "kaiming", "orthogonal", "uniform", "diagonal", "weights", "zeros"];

    internal static InitConfig Read(ConfigNode? node)
    {
        if (node is null) return new InitConfig("kaiming", 1, null, null, null);
        var map = node.Map("kind", "frobenius", "scale", "weights");
        var kind = map["kind"]?.Word(Kinds) ?? (map.Has("weights") ? "weights" : "kaiming");
        if (kind != "weights" && map.Has("weights")) throw map["weights"]!.Error($"has no meaning for init.kind {kind}; leave out the kind, or write kind: weights");
        if (kind is "weights" or "zeros" && map.Has("scale")) throw map["scale"]!.Error($"has no meaning for init.kind {kind}: the weights are taken exactly as given");
        if (kind == "zeros" && map.Has("frobenius"))
            throw map["frobenius"]!.Error("a zero layer has no direction, so it cannot be scaled to a norm; choose another init.kind");
        var file = kind == "weights" && map.Required("weights", "one matrix a layer, rows = outputs, or a .safetensors file") is { IsScalar: true } path ? ReadFile(path) : null;
        return new InitConfig(kind, map["scale"]?.Positive() ?? 1,
            map["frobenius"] is { } f ? ReadNorms(f) : null,
            kind == "weights" && file is null ? ReadWeights(map["weights"]!) : null, node, file);
    }

    internal void Write(ConfigWriter writer) => writer.Section("init", () =>
    {
        writer.Entry("kind", Kind);
        if (Kind is not ("weights" or "zeros")) writer.Entry("scale", Scale);
        if (Frobenius is { Length: 1 }) writer.Entry("frobenius", Frobenius[0]);
        else if (Frobenius is not null) writer.Entry("frobenius", Frobenius);
        if (File is not null) writer.Entry("weights", File);
        if (Weights is not null) writer.Raw("weights", ConfigWriter.List(Weights.Select(ConfigWriter.Matrix)));
    });

    /// <summary>θ.</summary>
    /// <exception cref="ConfigException">Weights that do not fit the network; the layer, what was given and what is needed are named.</exception>
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
                "weights" => network.Pack(Weights ?? WeightFile.Read(File!, network)),
                _ => network.Zeros(),
            };
            if (Frobenius is not null) Initialization.ScaleLayers(network, theta, Frobenius);
            return theta;
        }
        catch (ArgumentException e)
        {
            throw Place is null ? new ConfigException($"init: {e.Message}", e) : Place.Error(e.Message);
        }
    }

    private static double[] ReadNorms(ConfigNode node) =>
        node.IsList ? [.. node.List("norms").Select(n => n.Positive())] : [node.Positive()];

    private static string ReadFile(ConfigNode node)
    {
        var given = node.Text();
        return given.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? Path.GetFullPath(given, node.Folder)
            : throw node.Error($"'{given}' is not a .safetensors file; weights are given as such a file, or as a list of matrices, one a layer (rows = outputs)");
    }

    private static double[][][] ReadWeights(ConfigNode node)
    {
        var layers = node.List("matrices, one a layer");
        return [.. layers.Select(static m => m.List("rows").Select(static r => r.List("numbers (a matrix is a list of rows)").Select(static c => c.Number()).ToArray()).ToArray())];
    }
}
