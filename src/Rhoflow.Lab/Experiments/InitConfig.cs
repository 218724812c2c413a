using Rhoflow.Lab.Config;
using Rhoflow.Lab.Weights;
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

    /// <summary>A file with the weights instead: safetensors, npz, or what a run folder keeps.</summary>
    public WeightChoice? File { get; init; }

    /// <summary>Whether data are prepared anew although the weights are those of a run, which learned how to prepare them.</summary>
    public bool PreparesAnew { get; init; }

    /// <summary>Where it was written, for errors about shapes.</summary>
    public ConfigNode? Place { get; init; }

    /// <summary>The keys of <c>init</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("kind", ConfigForm.Word, "how the weights are drawn")
        {
            Words = Kinds,
            Default = "kaiming; weights where these are given",
            Example = "normal",
        },
        new("frobenius", ConfigForm.Number | ConfigForm.List, "afterwards each layer is scaled to this ‖W_k‖_F; one number, or one a layer")
        {
            Default = "as drawn",
            Example = "0.1",
        },
        new("scale", ConfigForm.Number, "what the drawn weights are multiplied by") { Default = "1", Example = "0.5" },
        new("weights", ConfigForm.List | ConfigForm.Text | ConfigForm.Map,
            "a matrix a layer (rows = outputs), a file of weights (.safetensors, .pt, .npz, .onnx), or the folder of a run")
        {
            Keys = WeightKeys.Described,
            Example = "[ [[0.3, -0.1]] ]",
        },
    ];

    /// <param name="node">What is written; null: nothing.</param>
    /// <param name="network">The graph of a file has its own weights.</param>
    internal static InitConfig Read(ConfigNode? node, NetworkConfig? network)
    {
        if (node is null)
        {
            return network?.File is { } model ? new InitConfig { Kind = "weights", File = new WeightChoice(model) } : new InitConfig();
        }
        var map = node.Map(Described);
        var kind = map["kind"]?.Word(Kinds) ?? (map.Has("weights") ? "weights" : "kaiming");
        if (kind != "weights" && map.Has("weights"))
            throw map["weights"]!.NoMeaning($"has no meaning for init.kind {kind}; leave out the kind, or write kind: weights");
        if (kind is "weights" or "zeros" && map.Has("scale"))
            throw map["scale"]!.NoMeaning($"has no meaning for init.kind {kind}: the weights are taken exactly as given");
        if (kind == "zeros" && map.Has("frobenius"))
            throw map["frobenius"]!.NoMeaning("a zero layer has no direction, so it cannot be scaled to a norm; choose another init.kind");
        var weights = kind == "weights"
            ? map.Required("weights", "one matrix per layer, rows = outputs, or a .safetensors file") : null;
        var (file, anew) = weights is { IsList: false } ? WeightKeys.Read(weights) : (null, false);
        return new InitConfig
        {
            Kind = kind,
            Scale = map["scale"]?.Positive() ?? 1,
            Frobenius = map["frobenius"] is { } f ? ReadNorms(f) : null,
            Weights = kind == "weights" && file is null ? ReadWeights(map["weights"]!) : null,
            File = file,
            PreparesAnew = anew,
            Place = node,
        };
    }

    internal void Write(ConfigWriter writer) => writer.Section("init", () =>
    {
        writer.Entry("kind", Kind);
        if (Kind is not ("weights" or "zeros")) writer.Entry("scale", Scale);
        if (Frobenius is [var norm]) writer.Entry("frobenius", norm);
        else if (Frobenius is not null) writer.Entry("frobenius", Frobenius);
        if (File is not null) WeightKeys.Write(writer, File, PreparesAnew);
        if (Weights is not null) writer.Raw("weights", ConfigWriter.List(Weights.Select(ConfigWriter.Matrix)));
    });

    /// <summary>θ.</summary>
    /// <exception cref="ConfigException">Weights that do not fit the network; the layer, what was given and what is needed are
    /// named.</exception>
    public double[] Build(Network network, long seed) => Start(network, seed, null).Theta;

    /// <summary>θ, and what a file of weights has beside it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">For the random kinds.</param>
    /// <param name="data">The data, whose constant input makes a bias of the first layer possible; null: unknown.</param>
    /// <exception cref="ConfigException">Weights that do not fit the network; the layer, what was given and what is needed are
    /// named.</exception>
    /// <exception cref="Data.DataException">The file of weights cannot be read, or its arrays do not fit; they are named.</exception>
    public InitialWeights Start(Network network, long seed, DataConfig? data)
    {
        var random = new RandomStream(seed);
        try
        {
            var loaded = File is null ? null
                : WeightReader.Read(File with { HasConstantInput = data?.Transforms is [.., "constant-input"] }, network);
            var theta = Kind switch
            {
                "normal" => Initialization.Normal(network, random, Scale),
                "kaiming" => Initialization.Kaiming(network, random, Scale),
                "orthogonal" => Initialization.Orthogonal(network, random, Scale),
                "uniform" => Initialization.Uniform(network, random, Scale),
                "diagonal" => Initialization.Diagonal(network, random, Scale),
                "weights" => loaded?.Theta ?? network.Pack([.. Weights!.Select(static m => m.Select(static r => r.ToArray()).ToArray())]),
                _ => network.Zeros(),
            };
            if (Frobenius is not null) Initialization.ScaleLayers(network, theta, [.. Frobenius]);
            return new InitialWeights(theta, loaded?.Statistics is { Length: > 0 } statistics ? statistics : null, loaded?.Notes ?? []);
        }
        catch (ArgumentException e)
        {
            if (Place is null) throw new ConfigException($"init: {e.Message}", e);
            throw (Frobenius is { Count: > 1 } norms && norms.Count != network.Depth ? Place.At("frobenius") : Place).Error(e.Message);
        }
    }

    /// <summary>What the run that the weights come from learned of its data; null where they come from elsewhere.</summary>
    /// <exception cref="Data.DataException">It is damaged.</exception>
    public FittedPreparation? Learned() => PreparesAnew
        || WeightKeys.PreparationOf(File) is not { } path ? null : FittedPreparation.Read(path);

    private static double[] ReadNorms(ConfigNode node) =>
        node.IsList ? [.. node.List("norms").Select(n => n.Positive())] : [node.Positive()];

    private static double[][][] ReadWeights(ConfigNode node)
    {
        var layers = node.List("matrices, one per layer");
        return [.. layers.Select(static m => m.List("rows").Select(static r => r.List("numbers (a matrix is a list of rows)")
            .Select(static c => c.Number()).ToArray()).ToArray())];
    }
}
