using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Measures.Collapse;

/// <summary>
/// NC1 to NC4 of what enters the last layer, and of what enters other layers whose features are kept (their columns end in _k). Test
/// columns: NC1 by the means of the test features themselves, NC4 by those of the training features.
/// </summary>
internal static class CollapseMeasures
{
    private const string Family = "collapse";

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        OfFeatures("nc1", "tr(Σ_WΣ_B⁺)/C (pinv, ufm), tr Σ_W/tr Σ_B (trace_ratio), mean over pairs of (Var_c + Var_d)/(2‖μ_c − "
            + "μ_d‖²) (cdnv)", "SQ App. G",
            "pinv: Papyan–Han–Donoho 2020, μ_G the mean of class means; ufm: Zhu et al. 2021, μ_G the mean of examples; cdnv: "
            + "Galanti–György–Hutter 2022", "N p C", ofTest: true,
            static _ => ["nc1_pinv", "nc1_ufm", "nc1_trace_ratio", "nc1_cdnv"], static f =>
            {
                var within = f.Variability();
                return [within.PapyanHanDonoho, within.Zhu, within.TraceRatio, within.ClassDistance];
            }),
        OfFeatures("nc2", "of μ_c − μ_G: Std‖·‖/Avg‖·‖ (equinorm), Std of the cosines (cosine_spread), Avg|cos + 1/(C−1)| "
            + "(equiangularity), ‖MMᵀ/‖MMᵀ‖ − (I − 11ᵀ/C)/√(C−1)‖ (etf); of the rows of W_K the same (nc2_w_…); two classes: cos(μ₊, μ₋) "
            + "uncentred",
            "SQ App. G", "Papyan–Han–Donoho 2020, μ_G the mean of class means; etf: Zhu et al. 2021. With two classes nc2_… is 0 whatever "
            + "the features are", "N p", ofTest: false,
            static f => [.. Frame("nc2"), .. f.HasFrame ? Frame("nc2_w") : [], .. f.Classes == 2 ? ["nc2_cosine_uncentred"] : (string[])[]],
                static f =>
            {
                var means = f.Means();
                return [.. Numbers(SimplexFrame.Of(means.Centered(), means.Classes)), .. f.Shape.HasFrame
                    ? Numbers(SimplexFrame.Of(f.Weights(), means.Classes)) : [],
                    .. means.Classes == 2 ? [NeuralCollapse.CosineOfMeans(means)] : (double[])[]];
            }),
        OfFeatures("nc3", "‖W_K/‖W_K‖ − M/‖M‖‖_F (distance), ⟨W_K, M⟩/(‖W_K‖‖M‖) (cosine), ‖W_KMᵀ/‖W_KMᵀ‖ − (I − 11ᵀ/C)/√(C−1)‖ (etf), M "
            + "= (μ_c − μ_G)_c; one output: of w and μ₊ − μ₋", "SQ App. G",
            "Papyan–Han–Donoho 2020 (they square the distance); etf: Zhu et al. 2021", "N p", ofTest: false,
            static f => !f.HasW ? [] : ["nc3_distance", "nc3_cosine", .. f.HasFrame ? ["nc3_etf"] : (string[])[]], static f =>
            {
                if (!f.Shape.HasW) return [];
                var duality = SelfDuality.Of(f.Means(), f.Weights());
                return [duality.Distance, duality.Cosine, .. f.Shape.HasFrame ? [duality.FrameDistance] : (double[])[]];
            }),
        OfFeatures("nc4", "share of examples where argmin_c ‖h − μ_c‖ is not the network's decision; ncc_error: not the label. Ties "
            + "count. μ_c of the training features", "SQ App. G", "Papyan–Han–Donoho 2020", "N p C", ofTest: true,
            static _ => ["nc4_disagreement", "ncc_error"], static f =>
            {
                var centers = f.Centers();
                return [centers.Disagreement, centers.Error];
            }),
        new Measure
        {
            Family = Family, Name = "mean_alignment", Need = MeasureNeed.Features, Cost = "p³",
            Work = static s => new(Decomposed: Dense(s).Select(k => (double)Math.Min(s.Network.Layers[k - 1].Rows,
                s.Network.Layers[k - 1].Columns)).Sum(static n => MeasureWork.Decomposing(n, n))),
            Reference = "Rangamani–Lindegaard–Galanti–Poggio 2023",
            Formula = "(1/r)‖MVᵀ‖_F², the mean squared cosine of the angles between the leading r eigenvectors of Σ_B (rows of M) and the "
                + "leading r right singular vectors of W_k (rows of V)",
            Variant = "dense layers, batch normalization folded in; μ_G the mean of class means; r = C − 1, or the smaller of the ranks; "
                + "subspaces at random have r/p",
            Columns = static s => [.. Dense(s).Select(k => $"mean_alignment{(k == s.Depth ? "" : $"_{k}")}")],
            Values = static m => [.. Dense(m.Setting).Select(k =>
            {
                if (m.Features(k) is not { } features) return double.NaN;
                var labels = Labels(m.Snapshot.Targets, m.Snapshot.Network);
                var (means, layer) = (LabelledFeatures.MeansOf(features, labels, m.Cancellation), m.Snapshot.Network.Layers[k - 1]);
                return MeanAlignment.Of(new BetweenScatter(means.Centered(), means.Classes), layer.Of(m.Snapshot.V), layer.Rows,
                    m.Cancellation);
            })],
            Refuse = static s => WhyNot(s) ?? (Dense(s).Any() ? null : "no dense layer has its features kept"),
        },
        new Measure
        {
            Family = Family, Name = "central_path", Need = MeasureNeed.Features, Cost = "N p² + p³",
            Work = static s => Width(s) is var p ? new(Operations: p * p * ((s.Train?.Count ?? 0) + p)) : default,
            Reference =
                "Han–Papyan–Donoho 2022, Theorem 1 (there with factors ½ and a bias)",
            Formula = "(1/N)Σ‖t − W_Kh‖² + λ‖W_K‖² = L_NC1 + L_NC2/3 + L_⊥: tr W_LS(Σ_W + λI)W_LSᵀ, Σ(N_c/N)‖W_LSμ_c − t_c‖², tr(W_K − "
                + "W_LS)(S + λI)(W_K − W_LS)ᵀ; W_LS least squares on the features",
            Columns = static _ => ["path_nc1", "path_nc23", "path_off"],
            Values = static m =>
            {
                if (m.Features(m.Setting.Depth) is not { } features) return [double.NaN, double.NaN, double.NaN];
                var network = m.Snapshot.Network;
                var labels = ClassLabels.OfTargets(m.Snapshot.Targets, network.Outputs);
                var path = CentralPath.Of(features, labels, network.Layers[^1].Of(m.Snapshot.Weights()),
                    m.Setting.Loss == Loss.SquareSigns ? -1 : 0, m.Setting.WeightDecay,
                    means: LabelledFeatures.MeansOf(features, labels, m.Cancellation), cancellation: m.Cancellation);
                return [path.Variability, path.Frame, path.Off];
            },
            Refuse = static s => WhyNot(s)
                ?? (!s.FeatureLayers.Contains(s.Depth) ? "the features of the last layer are not kept" : WhyNoPath(s)),
        },
    ];

    // Those with kept features, 1 … K.
    private static IEnumerable<int> Dense(MeasureSetting s) =>
        s.FeatureLayers.Where(k => s.Network.Layers[k - 1].Kind == LayerKind.Dense);

    private static double Width(MeasureSetting s) => s.Network.Layers[^1].Columns;

    private static string? WhyNoPath(MeasureSetting s) =>
        s.Loss != Loss.Square && s.Loss != Loss.SquareSigns
            ? $"it is about the square loss; this one is {s.Loss?.Name ?? "a scalar equation"}"
        : double.IsNaN(s.WeightDecay) ? "layers have different weight decays"
        : s.Network.Nodes[^1].Layer is null || s.Network.Layers[^1].Kind != LayerKind.Dense
        ? $"the network ends in {s.Network.Nodes[^1]}; its last layer has to give the outputs"
        : null;

    // A sentence why there are no class means; null where there are.
    private static string? WhyNot(MeasureSetting s)
    {
        if (s.Train is null) return "there is no training set whose features could collapse";
        if (!s.HasClasses) return $"the targets of '{s.Train.Name}' are no classes";
        return Labels(s.Train.Y, s.Network).Absent is { } c ? $"class {c} has no example in '{s.Train.Name}', and so no mean" : null;
    }

    private static ClassLabels Labels(ReadOnlySpan<double> y, Network network) => ClassLabels.OfTargets(y, network.Outputs);

    private static Measure OfFeatures(string name, string formula, string reference, string variant, string cost, bool ofTest,
        Func<FeatureShape, string[]> columns, Func<LabelledFeatures, double[]> values) => new()
        {
            Family = Family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Variant = variant,
            Need = MeasureNeed.Features,
            Cost = cost,
            Columns = s => [.. Shapes(s, ofTest).SelectMany(shape => columns(shape)
            .Select(c => $"{(shape.IsTest ? "test_" : "")}{c}{(shape.K == s.Depth ? "" : $"_{shape.K}")}"))],
            Values = m => [.. Shapes(m.Setting, ofTest)
            .SelectMany(shape => LabelledFeatures.Of(m, shape) is { } f ? values(f) : [.. columns(shape).Select(static _ => double.NaN)])],
            Refuse = s => WhyNot(s) ?? (Shapes(s, ofTest).Any(shape => columns(shape).Length > 0) ? null
                : "W is compared with the features of the last layer, which has to be dense and give the outputs, and they have to be "
                    + "kept"),
        };

    // The sets of features that are kept; a test set without examples of a class has no means of its own, and is left out.
    private static IEnumerable<FeatureShape> Shapes(MeasureSetting s, bool ofTest)
    {
        var hasTest = ofTest && s.Test is { } test && Labels(test.Y, s.Network).Absent is null;
        foreach (var isTest in hasTest ? (bool[])[false, true] : [false])
            foreach (var k in s.FeatureLayers)
                yield return new FeatureShape(k, isTest, s.Network.Outputs, k == s.Depth
                    && s.Network.Layers[^1] is { Kind: LayerKind.Dense } last && last.Rows == s.Network.Outputs);
    }

    private static string[] Frame(string prefix) =>
        [$"{prefix}_equinorm", $"{prefix}_cosine_spread", $"{prefix}_equiangularity", $"{prefix}_etf"];

    private static double[] Numbers(SimplexFrame frame) => [frame.Equinorm, frame.CosineSpread, frame.Equiangularity, frame.Distance];
}
