using System.Numerics.Tensors;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Margins;

/// <summary>
/// How far the last features h_n (what enters W_K) are from being taken for the strongest other class: (f_y − f_j)/‖∇_h(f_y − f_j)‖ =
/// (f_y − f_j)/‖w_y − w_j‖, j the largest other output (Elsayed et al. 2018, there linearized; exact here, since f = W_K h). Divided by
/// √(Σ variances of h) it no longer depends on the scale of any layer (Jiang et al. 2019).
/// </summary>
internal static class FeatureMargins
{
    /// <summary>Null if f = W_K h; otherwise why not.</summary>
    internal static string? Refuse(Network network) => network.Nodes[^1].Layer == network.Depth - 1
        && network.Layers[^1].Kind is LayerKind.Dense or LayerKind.Diagonal
        ? null
        : $"the last node is {network.Nodes[^1]}, not the dense layer W_K, so that margins are not linear in what enters W_K";

    /// <summary>The signed distance of every example in the space of h, in its units; 0 where two classes have the same weights.</summary>
    /// <param name="outputs">Any multiple of f, N × C, with which the margins are computed.</param>
    /// <param name="targets">±1 or classes.</param>
    /// <param name="scale">f over <paramref name="outputs"/>.</param>
    /// <param name="w">W_K, one row an output.</param>
    public static double[] Distances(ReadOnlySpan<double> outputs, ReadOnlySpan<double> targets, double scale, double[][] w)
    {
        var classes = w.Length;
        var between = new double[classes * classes];
        for (var i = 0; i < classes; i++)
            for (var j = 0; j < classes; j++) between[i * classes + j] = classes == 1 ? Vectors.Norm(w[0]) : Vectors.Distance(w[i], w[j]);
        var distances = new double[targets.Length];
        for (var n = 0; n < distances.Length; n++)
        {
            var f = outputs.Slice(n * classes, classes);
            var (own, rival) = (classes == 1 ? 0 : (int)targets[n], 0);
            var margin = classes == 1 ? targets[n] * f[0] : Margin.Of(f, own, out rival);
            var norm = between[own * classes + rival];
            distances[n] = norm == 0 ? 0 : scale * margin / norm;
        }
        return distances;
    }

    /// <summary>
    /// √(N⁻¹ Σ‖h_n − h̄‖²), the total variation: summed relative to an example, which lies among the others, so that an offset costs no
    /// digits.
    /// </summary>
    public static double Variation(FeatureMatrix features)
    {
        // Few, so that they stay in the cache from one operation to the next.
        const int Block = 16;
        double[] origin = features.Row(0), sum = new double[features.Width], rows = new double[Block * features.Width];
        var squares = 0.0;
        for (var first = 0; first < features.Count; first += Block)
        {
            var count = Math.Min(Block, features.Count - first);
            features.CopyTo(first, count, rows.AsSpan(0, count * features.Width));
            for (var i = 0; i < count; i++)
            {
                var row = rows.AsSpan(i * features.Width, features.Width);
                TensorPrimitives.Subtract(row, origin, row);
                TensorPrimitives.Add(sum, row, sum);
                squares += TensorPrimitives.SumOfSquares<double>(row);
            }
        }
        var mean = TensorPrimitives.SumOfSquares<double>(sum) / features.Count;
        return Math.Sqrt(Math.Max(0, squares - mean) / features.Count);
    }
}
