using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Margins;

/// <summary>
/// The distance of an example to where its margin would vanish, if the network were linear around it: q_n/‖∂q_n/∂x‖, q_n = y f or f_y − f_j
/// with j the largest other output (Elsayed et al. 2018 at the input). Exact for linear networks; in units of the inputs, whatever the
/// scale of the weights.
/// </summary>
internal static class InputMargins
{
    /// <summary>Of larger sets, this many examples at equal distances are looked at: each costs a pass of its own.</summary>
    public const int LargestSample = 1000;

    /// <summary>The distances of the chosen examples. Where no change of the input moves the margin: 0 if it is 0, else ±∞.</summary>
    /// <param name="passes">Network, θ and data.</param>
    /// <param name="examples">Which.</param>
    /// <param name="isSingle">Whether outputs and slopes are computed in float32; norms and quotients are float64 all the same.</param>
    public static double[] Distances(Linearization passes, ReadOnlySpan<int> examples, bool isSingle = false) =>
        isSingle ? Distances<float>(passes, examples) : Distances<double>(passes, examples);

    private static double[] Distances<T>(Linearization passes, ReadOnlySpan<int> examples) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int size = passes.Network.Outputs, d = passes.Network.Inputs;
        var gradients = new InputGradients<T>(passes.Network, passes.Theta, passes.Statistics, passes.Team);
        var distances = new double[examples.Length];
        double[] weights = new double[gradients.Capacity * size], f = new double[weights.Length], slope = new double[d];
        for (var first = 0; first < distances.Length; first += gradients.Capacity)
        {
            passes.Cancellation.Look();
            var some = passes.Data.Choose([.. examples.Slice(first, Math.Min(gradients.Capacity, examples.Length - first))]);
            var outputs = f.AsSpan(0, some.Count * size);
            Widen(gradients.Outputs(some), outputs);
            var w = weights.AsSpan(0, some.Count * size);
            MarginWeights.Fill(outputs, some.Y, size, w);
            var slopes = gradients.At(w);
            for (var i = 0; i < some.Count; i++)
            {
                var margin = Vectors.Dot(w.Slice(i * size, size), outputs.Slice(i * size, size));
                Widen(slopes.Slice(i * d, d), slope);
                distances[first + i] = margin == 0 ? 0 : margin / Vectors.Norm(slope);
            }
        }
        return distances;
    }

    private static void Widen<T>(ReadOnlySpan<T> narrow, Span<double> wide) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < narrow.Length; i++) wide[i] = double.CreateTruncating(narrow[i]);
    }
}
