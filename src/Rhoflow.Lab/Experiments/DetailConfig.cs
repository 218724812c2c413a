using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Measures;

namespace Rhoflow.Lab.Experiments;

/// <summary>How far an observation goes with measures that cost more than a forward pass.</summary>
public sealed record DetailConfig
{
    /// <summary>Its keys in <c>observe</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("gradients", ConfigForm.Word, "when measures are taken that need gradients")
        {
            Words = ["always", "ends"],
            Default = "always for flows, ends for descents",
            Example = "always",
        },
        new("curvature", ConfigForm.Word, "when measures are taken that need many Hessian products")
        {
            Words = ["always", "ends"],
            Default = "always for flows, ends for descents",
            Example = "always",
        },
        new("features", ConfigForm.Word | ConfigForm.List, "the k whose features (what enters W_k) are kept, for collapse")
        {
            Words = ["last", "all"],
            Default = "last",
            Example = "[1, 2]",
        },
        new("curvature-examples", ConfigForm.Whole, "curvature is that of the loss on the first so many")
        {
            Default = "2000",
            Example = "500",
        },
        new("tail-replicates", ConfigForm.Whole, "replicates of the bootstrap that tests power laws of spectra (0: none): p is good to "
            + "1/(2√replicates)")
        {
            Default = "100",
            Example = "2500",
        },
        new("batch-norm", ConfigForm.Word | ConfigForm.List, "by which statistics batch normalization is looked at; of two, outputs by "
            + "the second stand beside: columns whole_set_rho …")
        {
            Words = ["batch", "running", "whole-set"],
            Default = "running for outputs; curvature as the loss was descended",
            Example = "whole-set",
        },
    ];

    /// <summary>Measures that need gradients are taken at every observation; otherwise at the first and the last.</summary>
    public bool Gradients { get; init; }

    /// <summary>The same for those that need many Hessian products.</summary>
    public bool Curvature { get; init; }

    /// <summary>The k whose features (what enters W_k) are kept; empty: the last layer's, null: all.</summary>
    public IReadOnlyList<int>? Features { get; init; } = [];

    /// <summary>
    /// Curvature is that of the loss on the first so many training examples: by default 2000, enough for the largest eigenvalues of a
    /// network's Hessian, and an hour less than 50,000.
    /// </summary>
    public int CurvatureExamples { get; init; } = 2000;

    /// <summary>
    /// By which statistics of batch normalization a network is looked at; null: outputs by running ones, derivatives of the loss by
    /// those of the whole set.
    /// </summary>
    public BatchNormBy? BatchNorm { get; init; }

    /// <summary>
    /// By which statistics losses, errors, ρ_k and margins are measured a second time, in columns of their own; null: none.
    /// </summary>
    public BatchNormBy? Beside { get; init; }

    /// <summary>Replicates of the bootstrap that tests power laws of spectra.</summary>
    public int TailReplicates { get; init; } = UsualTailReplicates;

    private const int UsualTailReplicates = 100, MostTailReplicates = 100_000;

    internal static DetailConfig Read(ConfigMap? map, bool always)
    {
        var detail = new DetailConfig { Gradients = ReadWhen(map?["gradients"], always), Curvature = ReadWhen(map?["curvature"], always) };
        if (map?["features"] is { } features) detail = detail with { Features = ReadFeatures(features) };
        if (map?["batch-norm"] is { } node)
        {
            var (by, beside) = BatchNormWords.ReadWithBeside(node);
            detail = detail with { BatchNorm = by, Beside = beside };
        }
        if (map?["tail-replicates"] is { } replicates)
        {
            detail = detail with { TailReplicates = replicates.Count(0) };
            if (detail.TailReplicates > MostTailReplicates) throw replicates.Error($"at most {MostTailReplicates}");
        }
        return map?["curvature-examples"] is { } examples ? detail with { CurvatureExamples = examples.Count(1) } : detail;
    }

    /// <summary>Whether measures of that need are taken at an observation.</summary>
    /// <param name="isEnd">It is the first or the last.</param>
    internal bool IsDue(MeasureNeed need, bool isEnd) => isEnd || need switch
    {
        MeasureNeed.Curvature => Curvature,
        MeasureNeed.Gradients => Gradients,
        _ => true,
    };

    /// <summary>The layers k = 1 … K whose features are kept.</summary>
    /// <exception cref="ConfigException">The network has no such layer.</exception>
    internal IReadOnlyList<int> FeatureLayers(int depth)
    {
        if (Features is null) return [.. Enumerable.Range(1, depth)];
        foreach (var k in Features)
            if (k > depth)
                throw new ConfigException($"observe.features: layer {k} is asked for; the network has layers 1 to {depth}");
        return Features.Count == 0 ? [depth] : Features;
    }

    internal void Write(ConfigWriter writer)
    {
        writer.Entry("gradients", Gradients ? "always" : "ends");
        writer.Entry("curvature", Curvature ? "always" : "ends");
        if (Features is null) writer.Entry("features", "all");
        else if (Features.Count == 0) writer.Entry("features", "last");
        else writer.Raw("features", ConfigWriter.List(Features.Select(static k => k.ToString(CultureInfo.InvariantCulture))));
        writer.Entry("curvature-examples", CurvatureExamples);
        // Runs from before this key keep their names.
        if (TailReplicates != UsualTailReplicates) writer.Entry("tail-replicates", TailReplicates);
        if (BatchNorm is not { } by) return;
        if (Beside is { } beside) writer.Entry("batch-norm", [BatchNormWords.Word(by), BatchNormWords.Word(beside)]);
        else writer.Entry("batch-norm", BatchNormWords.Word(by));
    }

    private static bool ReadWhen(ConfigNode? node, bool usual) => node is null ? usual : node.Word("always", "ends") == "always";

    private static int[]? ReadFeatures(ConfigNode node) => node.IsScalar
        ? node.Word("last", "all") == "all" ? null : []
        : [.. node.List("layers, counted from 1").Select(static n => n.Count(1)).Distinct().Order()];
}
