using Rhoflow.Data;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Limits;

/// <summary>How near a network is to what gradient flow converges to, and the kernels and matrices that decide how fast.</summary>
internal static class LimitMeasures
{
    private const string Family = "limits";

    private static readonly Once<Linearization, MaxMarginKkt?> s_kkt = new(MaxMarginKkt.Of);
    private static readonly Once<Linearization, TangentKernel> s_kernel = new(TangentKernel.Of);
    private static readonly Once<Dataset, ConditionNumber> s_data =
        new(static (data, cancellation) => ConditionNumber.Of(FeatureMatrix.Of(data.X.ToArray(), data.Inputs), cancellation));

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        Measure.Single(Family, "kkt_residual",
            "largest over layers of ‖(I − V_kV_kᵀ) g_k‖/‖g_k‖, g_k = −∂L/∂V_k: 0 where W is a Karush–Kuhn–Tucker direction of max margin "
            + "with multipliers p_n",
            "T3 eq. 11, 12, 13, 66; Lyu–Li", static m => DirectionResidual.Of(m), MeasureNeed.Gradients, "1 backward pass") with
        {
            Work = static _ => MeasureWork.LossGradient(false),
            Variant = "multipliers p_n of the loss itself, −∂ℓ/∂f at these weights, which weigh the examples as the gradient does; ‖V_k‖ "
                + "= 1 for every layer, the largest layer counts: a sine, not Lyu–Li's ε. Batch normalization folded in and held fixed",
            Refuse = static s => Scaling.WhyNoDirections(s.Network),
        },
        new()
        {
            Family = Family,
            Name = "max_margin_kkt",
            Formula = "‖θ − Σλ_n∂q_n/∂θ‖/‖θ‖, Σλ_n(q_n − 1)/Σλ_n with θ scaled to min q_n = 1, and how many λ_n > 1e-9 Σλ, for the λ ≥ 0 "
                + "that violate both least; the largest λ_n/Σλ and their examples",
            Reference = "Lyu–Li 2020; T3 Theorem 5, Lemma 6, Theorem 7",
            Variant = "kkt_epsilon is Lyu–Li's ε over ‖θ‖ and kkt_slackness their δ with Σλ = 1, both with the best λ and not those of "
                + "the loss; best minimizes ε² + (L Σλ_n(q_n − 1)/‖θ‖²)², L the degree; one sphere for all weights; the "
                + $"{MaxMarginKkt.LargestSupport} smallest margins may carry weight",
            Need = MeasureNeed.Gradients,
            Cost = "100 passes of one example + 100² P",
            Work = static s => new(Gradients: SupportSize(s), Operations: 4.0 * SupportSize(s) * SupportSize(s) * s.Network.ParameterCount),
            Columns = static _ => ["kkt_epsilon", "kkt_slackness", "kkt_support"],
            Values = static m => Kkt(m) is { } kkt ? [kkt.Epsilon, kkt.Slackness, kkt.Heaviest().Count]
                : [double.NaN, double.NaN, double.NaN],
            Refuse = RefuseKkt,
            Arrays =
            [
                new MeasureArray("dual_weights", SupportSize,
                    static m => Row(SupportSize(m.Setting), Kkt(m)?.Heaviest().Select(static p => p.Weight), 0)),
                new MeasureArray("dual_examples", SupportSize,
                    static m => Row(SupportSize(m.Setting), Kkt(m)?.Heaviest().Select(static p => (double)p.Example), double.NaN)),
            ],
        },
        new()
        {
            Family = Family,
            Name = "tangent_kernel",
            Formula = "largest and smallest eigenvalue of Θ_nm = C⁻¹Σ_c⟨∂f_c(x_n)/∂θ, ∂f_c(x_m)/∂θ⟩ over at most "
                + $"{TangentKernel.LargestSample} of the examples that curvature is taken of, at equal distances, their quotient, and ⟨Θ, "
                + "YYᵀ⟩/(‖Θ‖‖YYᵀ‖), plain and centred",
            Reference = "Jacot et al. 2018; Cristianini et al. 2001; Cortes et al. 2012; T3, discussion",
            Variant = "mean over outputs; parameters as they are trained; statistics of batch normalization held fixed",
            Need = MeasureNeed.Curvature,
            Cost = "512 C passes of one example + 512² C P",
            Work = static s => new(Gradients: (double)KernelSize(s) * s.Network.Outputs,
                Operations: (double)KernelSize(s) * KernelSize(s) * s.Network.Outputs * s.Network.ParameterCount,
                Decomposed: Math.Pow(KernelSize(s), 3)),
            Columns = static _ => ["ntk_largest", "ntk_smallest", "ntk_condition", "ntk_alignment", "ntk_alignment_centred"],
            Values = static m => Kernel(m) is { } kernel
                ?
                [
                    kernel.Eigenvalues[0], kernel.Eigenvalues[^1], kernel.Condition,
                    kernel.Alignment(m.Passes!.Data.Y, m.Setting.Network.Outputs, false),
                        kernel.Alignment(m.Passes.Data.Y, m.Setting.Network.Outputs, true),
                ]
                : [double.NaN, double.NaN, double.NaN, double.NaN, double.NaN],
            Refuse = static s => s.Train is null ? "the scalar equations have no gradients of examples" : null,
            Arrays = [new MeasureArray("ntk_spectrum", KernelSize,
                static m => Row(KernelSize(m.Setting), Kernel(m)?.Eigenvalues, double.NaN))],
        },
        new()
        {
            Family = Family,
            Name = "data_condition",
            Formula = "σ_1/σ_r of the inputs of the training examples, N × d, and their rank r",
            Reference = "T3 footnote 5",
            Variant = "over singular values that are not zero",
            Cost = "N d min(N, d), once",
            Work = static s => s.Train is { } t ? Conditioning(t.Count, t.Inputs) : MeasureWork.Little,
            Columns = static _ => ["data_condition", "data_rank"],
            Values = static m => m.Setting.Train is { } train && s_data.Of(train, m.Cancellation) is var c ? [c.Value, c.Rank]
                : [double.NaN, double.NaN],
            Refuse = static s => s.Train is not { } train ? "the scalar equations have no data"
                : Math.Min(train.Count, train.Inputs) > ConditionNumber.LargestSide
                ? $"the inputs have more than {ConditionNumber.LargestSide} singular values" : null,
        },
        new()
        {
            Family = Family,
            Name = "feature_condition",
            Formula = "σ_1/σ_r of what enters W_k on training examples, N × p, and its rank r",
            Reference = "T3 footnote 5",
            Variant = "over singular values that are not zero; hidden layers that are kept and have min(N, p) ≤ "
                + $"{ConditionNumber.LargestSide}",
            Need = MeasureNeed.Features,
            Cost = "N p min(N, p)",
            Work = static s => SmallFeatures(s).Select(k => Conditioning(s.Train!.Count,
                s.Network.Nodes[Linearization.Source(s.Network, k)].Shape.Count)).Aggregate(MeasureWork.Little, static (sum, one) =>
                    new(Operations: sum.Operations + one.Operations, Decomposed: sum.Decomposed + one.Decomposed)),
            Columns = static s => [.. SmallFeatures(s).SelectMany(static k => (string[])[$"feature_condition_{k}", $"feature_rank_{k}"])],
            Values = static m => [.. SmallFeatures(m.Setting).SelectMany(k => Condition(m, k))],
            Refuse = static s => s.Train is null ? "the scalar equations have no data" : SmallFeatures(s).Any() ? null
                : $"no hidden layer that is kept has features with at most {ConditionNumber.LargestSide} singular values",
        },
    ];

    // The Gram matrix, and its eigenvalues by our own reduction, 4/3 n³ on all threads.
    private static MeasureWork Conditioning(double rows, double columns) => Math.Min(rows, columns) is var side
        ? new(Operations: rows * columns * side + 4 * side * side * side) : default;

    private static string? RefuseKkt(MeasureSetting s) => !s.HasClasses ? "regression targets have no margins"
        : s.Train is null ? "the scalar equations have no gradients of examples"
        : Scaling.WhyNotHomogeneous(s.Network);

    private static int SupportSize(MeasureSetting s) =>
        s.Train is { } train ? MaxMarginKkt.SupportSize(s.Network.ParameterCount, train.Count) : 0;

    private static int KernelSize(MeasureSetting s) => s.Train is { } train ? TangentKernel.Size(s.Network.ParameterCount, train.Count) : 0;

    private static IEnumerable<int> SmallFeatures(MeasureSetting s)
    {
        if (s.Train is not { } train) return [];
        return s.FeatureLayers.Where(k => Linearization.Source(s.Network, k) is >= 0 and var source
            && Math.Min(train.Count, s.Network.Nodes[source].Shape.Count) <= ConditionNumber.LargestSide);
    }

    private static MaxMarginKkt? Kkt(MeasureInput m) => m.Passes is { } passes ? s_kkt.Of(passes) : null;

    private static TangentKernel? Kernel(MeasureInput m) => m.Passes is { } passes ? s_kernel.Of(passes) : null;

    private static double[] Condition(MeasureInput m, int k)
    {
        if (m.Features(k) is not { } features) return [double.NaN, double.NaN];
        var condition = ConditionNumber.Of(features, m.Cancellation);
        return [condition.Value, condition.Rank];
    }

    // The row's numbers, then what fills it up; NaN where there is nothing to write.
    private static double[] Row(int length, IEnumerable<double>? values, double rest)
    {
        var row = new double[length];
        Array.Fill(row, values is null ? double.NaN : rest);
        var i = 0;
        foreach (var value in values ?? []) row[i++] = value;
        return row;
    }
}
