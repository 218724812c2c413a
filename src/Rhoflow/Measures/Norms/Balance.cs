using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Norms;

/// <summary>
/// What gradient flow without weight decay conserves besides ρ_{k+1}² − ρ_k² (T3 eq. 60; SQ eq. 25a, 26): for every unit i between two
/// layers ‖w_i^in‖² − p‖w_i^out‖², p the degree of its activation (1 for ReLU), w^in its row of W_k, w^out its column of W_{k+1}; and for
/// linear units the whole matrix W_{k+1}ᵀW_{k+1} − W_kW_kᵀ, whose diagonal that is. Of convolutions a unit is a map.
/// </summary>
internal static class Balance
{
    /// <summary>p, if nothing but units σ(cz) = c^p σ(z), pooling and reordering stands between W_k and W_{k+1}; null otherwise.</summary>
    /// <param name="k">0 … K − 2.</param>
    public static int? Degree(Network network, int k)
    {
        // What a row or column of a layer of another assembly belongs to is its own.
        if (network.Layers[k].Kind == LayerKind.Own || network.Layers[k + 1].Kind == LayerKind.Own) return null;
        var degree = 1;
        var at = network.NodeOf(k + 1);
        while (true)
        {
            int[] readers = [.. Enumerable.Range(0, network.Nodes.Count).Where(i => network.Nodes[i].Sources.Contains(at))];
            if (readers is not [var reader]) return null;
            at = reader;
            if (network.Nodes[at].Traits.UnitDegree is not { } p) return network.Nodes[at].Layer == k + 1 ? degree : null;
            degree *= p;
        }
    }

    /// <summary>Whether the matrix is conserved: full matrices with nothing between them.</summary>
    public static bool IsLinear(Network network, int k) =>
        network.Layers[k].Kind == LayerKind.Dense && network.Layers[k + 1].Kind == LayerKind.Dense
        && network.NodeOf(k + 1) is var at && network.Nodes.Count(n => n.Sources.Contains(at)) == 1
        && network.Nodes.Single(n => n.Sources.Contains(at)).Layer == k + 1;

    /// <summary>‖w_i^in‖² − p‖w_i^out‖² for every unit between W_k and W_{k+1}.</summary>
    /// <param name="rhoK">ρ_k.</param>
    /// <param name="v">V.</param>
    /// <param name="degree">p.</param>
    public static double[] Units(Network network, int k, ReadOnlySpan<double> rhoK, ReadOnlySpan<double> v, int degree)
    {
        Layer below = network.Layers[k], above = network.Layers[k + 1];
        var units = new double[below.Rows];
        var w = below.Of(v);
        var columns = w.Length / below.Rows;
        for (var i = 0; i < w.Length; i++) units[i / columns] += rhoK[k] * w[i] * (rhoK[k] * w[i]);
        w = above.Of(v);
        columns = above.Kind == LayerKind.Diagonal ? w.Length : above.Columns;
        // After pooling and reordering the map is still the fastest index.
        for (var i = 0; i < w.Length; i++) units[i % columns % units.Length] -= degree * (rhoK[k + 1] * w[i]) * (rhoK[k + 1] * w[i]);
        return units;
    }

    /// <summary>W_{k+1}ᵀW_{k+1} − W_kW_kᵀ, n × n for n units between the two.</summary>
    public static double[] Matrix(Network network, int k, ReadOnlySpan<double> rhoK, ReadOnlySpan<double> v)
    {
        Layer below = network.Layers[k], above = network.Layers[k + 1];
        double[] a = below.Of(v).ToArray(), b = above.Of(v).ToArray();
        Vectors.Scale(rhoK[k], a, a);
        Vectors.Scale(rhoK[k + 1], b, b);
        var n = below.Rows;
        double[] inner = new double[n * n], difference = new double[n * n];
        using var team = new Team();
        Gemm.Gram<double>(GemmForm.NT, n, below.Columns, a, below.Columns, inner, n, accumulate: false, team);
        Gemm.Gram<double>(GemmForm.TN, n, above.Rows, b, n, difference, n, accumulate: false, team);
        Vectors.Add(-1, inner, difference);
        Gemm.Mirror<double>(n, difference, n);
        return difference;
    }
}
