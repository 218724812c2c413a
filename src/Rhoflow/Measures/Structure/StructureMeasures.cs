using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// Singular values of the layers and what they say; of convolutions also the norm of the whole map; which of their units are on.
/// </summary>
internal static class StructureMeasures
{
    private const string Family = "structure";

    /// <summary>
    /// Singular values below this, relative to the largest, do not count into a rank: above the rounding of float32 weights.
    /// </summary>
    public const double RankTolerance = 1e-6;

    // Six measures and an array look at the same singular values of a snapshot, which does not change.
    private static readonly Once<Snapshot, SingularSpectrum?[]> s_spectra = new(static s => new SingularSpectrum?[s.Network.Depth]);

    /// <summary>The family, in the order of its columns.</summary>
    public static readonly IReadOnlyList<Measure> All =
    [
        OfSpectrum("spectral", "‖W_k‖₂ = σ_1(W_k); of a convolution the matrix maps × patch", "T3 §2",
            static (s, rho) => s.SpectralNorm * Math.Abs(rho)) with
        {
            Arrays = [new MeasureArray("singular_values", static s => s.Network.Layers.Sum(Smaller), static m =>
                [.. Spectra(m).Zip(m.Snapshot.RhoKArray)
                    .SelectMany(static l => l.First.Values.Select(v => v * Math.Abs(l.Second)))])],
        },
        OfSpectrum("rank_stable", "‖W_k‖_F²/‖W_k‖₂²", "Rudelson–Vershynin 2007", static (s, _) => s.StableRank),
        OfSpectrum("effective_rank", "exp(−Σ p_i log p_i), p_i = σ_i/Σσ", "Roy–Vetterli 2007", static (s, _) => s.EffectiveRank),
        OfSpectrum("rank", "number of σ_i > 1e-6 σ_1", "", static (s, _) => s.Rank(RankTolerance)),
        OfSpectrum("rank_one_distance", "√(1 − σ_1²/Σσ²), the sine of the angle to the nearest matrix of rank one",
            "Ji–Telgarsky 2019; SQ H", static (s, _) => s.RankOneDistance),
        OfSpectrum("orthogonal_distance", "√(1 − (Σσ)²/(min(m, n) Σσ²)), the sine of the angle to the nearest multiple of a "
            + "(semi-)orthogonal matrix", "SQ H.2", static (s, _) => s.OrthogonalDistance),
        new Measure
        {
            Family = Family, Name = "projection_distance", Reference = "SQ App. H.1", Cost = "p³",
            Formula = "√(1 − max_r (Σ_{i≤r} λ_i)²/(r‖W_k‖_F²)), λ the eigenvalues of (W_k + W_kᵀ)/2: the sine of the angle to the nearest "
                + "multiple of an orthogonal projection; square layers",
            Columns = static s => [.. Square(s.Network).Select(static k => $"projection_distance_{k + 1}")],
            Work = static s => Decompositions(
                Square(s.Network).Select(k => ((double)s.Network.Layers[k].Rows, (double)s.Network.Layers[k].Rows))),
            Values = static m => [.. Each(m, Square(m.Snapshot.Network),
                k => SingularSpectrum.ProjectionDistance(m.Snapshot.Network.Layers[k], m.Snapshot.V, m.Cancellation))],
            Refuse = static s => Square(s.Network).Any() ? null : "no layer is square",
        },
        new Measure
        {
            Family = Family, Name = "alignment", Reference = "Ji–Telgarsky 2019; SQ H", Cost = "p³",
            Formula = "|⟨u_1, v_1⟩|, leading left singular vector of the layer below and leading right one of W_k; product_alignment: "
                + "‖W_k W_below‖_F/(‖W_k‖_F‖W_below‖_F)",
            Variant = "columns of a convolution, or after a flattened image, are read as positions × channels; not across residual sums",
            Columns = static s => [.. Pairs(s.Network)
                .SelectMany(static k => (string[])[$"alignment_{k + 1}", $"product_alignment_{k + 1}"])],
            Work = static s => Decompositions(Pairs(s.Network).SelectMany(k => Enumerable.Repeat(
                (double)s.Network.Layers[LayerAlignment.Below(s.Network, k)!.Value].Rows, 2)).Select(static r => (r, r))),
            Values = static m => [.. Each(m, Pairs(m.Snapshot.Network), k =>
                LayerAlignment.Of(m.Snapshot.Network, m.Snapshot.V, k, LayerAlignment.Below(m.Snapshot.Network, k)!.Value,
                    m.Cancellation))
                .SelectMany(static a => (double[])[a.Leading, a.Product])],
            Refuse = static s => Pairs(s.Network).Any() ? null : s.Depth == 1 ? "there is one layer, and nothing to align it with"
                : "no layer reads the outputs of another one without a residual sum in between",
        },
        OfConvolutions("operator_norm", "‖W_k∗‖₂ of the map from image to image, zeros around the image, by Lanczos to a residual of 1e-9",
            "", "convolutions: some 100 passes of one image", static _ => null,
            static shape => 100.0 * 4 * shape.Maps * shape.Patch * shape.OutputSize / shape.Maps,
            static (shape, w, team, cancellation) => ConvolutionNorm.ZeroPadded(shape, w, team, cancellation).Value),
        OfConvolutions("circular_norm", "‖W_k∗‖₂ where the image closes to a torus: the largest norm of a block maps × (stride² channels) "
            + "over all frequencies", "Sedghi–Gupta–Long 2019 (stride 1)", "convolutions: some 30 products with every Fourier block",
            CircularConvolution.WhyNot,
            static shape => 30.0 * 8 * shape.Maps * shape.Channels * shape.Height * shape.Width / 2,
            static (shape, w, team, cancellation) =>
                new CircularConvolution(shape, w).Norm(team, cancellation).Value),
        ActiveUnits.Measure,
    ];

    /// <summary>The sizes of layer k (0 … K−1) if it is a convolution; null otherwise.</summary>
    internal static ConvolutionShape? Shape(Network network, int k) => network.Layers[k].Geometry;

    /// <summary>Singular values of every V_k, computed once a snapshot.</summary>
    internal static IEnumerable<SingularSpectrum> Spectra(MeasureInput m)
    {
        var known = s_spectra.Of(m.Snapshot);
        foreach (var (k, layer) in m.Snapshot.Network.Layers.Index())
        {
            if (known[k] is null) m.Part?.Invoke($"layer {k + 1} of {known.Length}");
            yield return known[k] ??= SingularSpectrum.Of(layer, m.Snapshot.V, m.Cancellation);
        }
    }

    private static IEnumerable<T> Each<T>(MeasureInput m, IEnumerable<int> layers, Func<int, T> of)
    {
        foreach (var k in layers)
        {
            m.Part?.Invoke($"layer {k + 1} of {m.Setting.Depth}");
            yield return of(k);
        }
    }

    /// <summary>What all singular values take that measures of one snapshot share.</summary>
    internal static MeasureWork SingularValues(Network network) => Decompositions(network.Layers
        .Where(static l => l.Kind != LayerKind.Diagonal).Select(static l => ((double)l.Rows, (double)l.Columns)), "singular values");

    private static MeasureWork Decompositions(IEnumerable<(double Rows, double Columns)> matrices, string shared = "") =>
        new(shared, Decomposed: matrices.Sum(static m => MeasureWork.Decomposing(m.Rows, m.Columns)));

    private static Measure OfSpectrum(string name, string formula, string reference, Func<SingularSpectrum, double, double> value) => new()
    {
        Family = Family,
        Name = name,
        Formula = formula,
        Reference = reference,
        Cost = "p³",
        Work = static s => SingularValues(s.Network),
        Columns = setting => [.. Enumerable.Range(1, setting.Depth).Select(k => $"{name}_{k}")],
        Values = input => [.. Spectra(input).Select((s, k) => value(s, input.Snapshot.RhoK[k]))],
    };

    private static Measure OfConvolutions(string name, string formula, string reference, string cost,
        Func<ConvolutionShape, string?> whyNot, Func<ConvolutionShape, double> operations,
        Func<ConvolutionShape, double[], Team, CancellationToken, double> norm)
    {
        IEnumerable<(int K, ConvolutionShape Shape)> Those(Network network) =>
            from k in Enumerable.Range(0, network.Depth)
            let shape =
                Shape(network, k)
            where shape is not null && whyNot(shape) is null
            select (k, shape);
        return new Measure
        {
            Family = Family,
            Name = name,
            Formula = formula,
            Reference = reference,
            Cost = cost,
            Work = setting => new MeasureWork(Operations: Those(setting.Network).Sum(c => operations(c.Shape))),
            Columns = setting => [.. Those(setting.Network).Select(c => $"{name}_{c.K + 1}")],
            Values = input =>
            {
                var s = input.Snapshot;
                using var team = new Team { Cancellation = input.Cancellation };
                var shapes = Those(s.Network).ToDictionary(static c => c.K, static c => c.Shape);
                return [.. Each(input, shapes.Keys, k => (K: k, Shape: shapes[k]))
                    .Select(c => Math.Abs(s.RhoK[c.K]) * norm(c.Shape, s.Network.Layers[c.K].Of(s.V).ToArray(), team, input.Cancellation))];
            },
            Refuse = setting => Those(setting.Network).Any() ? null
                : Enumerable.Range(0, setting.Depth).Select(k => Shape(setting.Network, k))
                .FirstOrDefault(static s => s is not null) is { } first ? whyNot(first)
                : "there is no convolution; for other layers it is the spectral norm",
        };
    }

    private static IEnumerable<int> Square(Network network) => Enumerable.Range(0, network.Depth)
        .Where(k => network.Layers[k].Rows == network.Layers[k].Columns && network.Layers[k].Kind is LayerKind.Dense or LayerKind.Diagonal);

    private static IEnumerable<int> Pairs(Network network) =>
        Enumerable.Range(0, network.Depth).Where(k => LayerAlignment.Below(network, k) is not null);

    private static int Smaller(Layer layer) => Math.Min(layer.Rows, layer.Columns);
}
