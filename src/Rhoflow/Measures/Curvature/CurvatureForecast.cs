using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Curvature;

/// <summary>
/// What one observation of curvature takes, known before it starts. Lanczos' products are what trained networks usually need; close
/// eigenvalues need more.
/// </summary>
/// <param name="Products">Products with the Hessian or the Gauss–Newton matrix.</param>
/// <param name="LayerFlops">Operations of one product in each layer, a multiply-add counting 2; other nodes cost little in
/// comparison.</param>
/// <param name="DenseFlops">Of eigenvalues of matrices that are written out.</param>
/// <param name="Bytes">Activations that are kept, vectors of the Krylov basis, and matrices that are written out.</param>
internal sealed record CurvatureForecast(long Products, IReadOnlyList<double> LayerFlops, double DenseFlops, long Bytes)
{
    // Measured on trained networks of 0.1 million parameters and fewer; those of one eigenvalue at an end take a fourth.
    private const int ProductsOfEnds = 200, ProductsOfOne = 60;

    /// <summary>All operations.</summary>
    public double Flops => Products * LayerFlops.Sum() + DenseFlops;

    /// <summary>At a rate that the caller has measured for its processor and threads, in 10⁹ operations per second.</summary>
    public double Seconds(double gigaflops) => Flops / (gigaflops * 1e9);

    /// <summary>Of the measures with these names; others, and those that refuse, take nothing.</summary>
    /// <param name="setting">The network.</param>
    /// <param name="measures">Names out of <see cref="CurvatureMeasures.All"/>.</param>
    /// <param name="examples">N: examples that the loss is over.</param>
    /// <param name="precision">Of the products.</param>
    public static CurvatureForecast Of(MeasureSetting setting, IReadOnlyCollection<string> measures, int examples,
        Precision precision = Precision.Float64)
    {
        var network = setting.Network;
        long p = network.ParameterCount, products = 0, bytes = 0;
        var dense = 0.0;
        var named = CurvatureMeasures.All.Where(m => measures.Contains(m.Name) && m.Refuse(setting) is null).Select(static m => m.Name)
            .ToHashSet(StringComparer.Ordinal);
        if (named.Contains("tangent_hessian") && p <= CurvatureMeasures.LargestNetwork) WriteOut();
        if (named.Contains("hessian_ends")) Krylov(Math.Min(p, ProductsOfEnds), 2 * (HessianSpectrum.Top + HessianSpectrum.Bottom) + 20);
        if (named.Contains("hessian_trace")) Krylov(2 * HessianSpectrum.TraceProducts, HessianSpectrum.TraceProducts / 3);
        if (named.Contains("hessian_signs") || named.Contains("hessian_density"))
        {
            if (p <= HessianSpectrum.LargestDense) WriteOut();
            else Krylov(HessianSpectrum.Steps * HessianSpectrum.Probes, HessianSpectrum.Steps);
        }
        if (named.Contains("layer_hessian")) Krylov(network.Layers.Sum(static l => (long)Math.Min(l.Count, ProductsOfOne)), 22);
        if (named.Contains("tangent_ends")) Krylov(Math.Min(p, ProductsOfOne), 24);
        if (products == 0) return new CurvatureForecast(0, LayerCost(network, examples, true), 0, 0);
        var (kept, activations) = BlockLinearization<double>.Keeps(network, examples, precision == Precision.Float32 ? 4 : 8);
        return new CurvatureForecast(products, LayerCost(network, examples, kept), dense, bytes + activations);

        void Krylov(long count, long vectors)
        {
            products += count;
            bytes = Math.Max(bytes, 8 * p * Math.Min(vectors, p));
        }

        // The matrix and its copy that is reduced.
        void WriteOut()
        {
            products += p;
            dense += 4.0 / 3 * p * p * p;
            bytes = Math.Max(bytes, 2 * 8 * p * p);
        }
    }

    // Six matrix products a layer (W ȧ, Ẇ a; Wᵀδ̇, Ẇᵀδ; δ̇ aᵀ, δ ȧᵀ), and two where inputs do not move; W a and Wᵀδ again where they are
    // not kept.
    private static double[] LayerCost(Network network, int examples, bool kept)
    {
        var flops = new double[network.Depth];
        foreach (var node in network.Nodes)
        {
            if (node.Layer is not { } layer) continue;
            var first = node.Sources[0] == Node.NetworkInput;
            flops[layer] = 2.0 * examples * node.Shape.Positions * network.Layers[layer].Count
                * ((first ? 2 : 6) + (kept ? 0 : first ? 1 : 2));
        }
        return flops;
    }
}
