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
    public static double[] Distances(Linearization passes, ReadOnlySpan<int> examples)
    {
        int size = passes.Network.Outputs, d = passes.Network.Inputs;
        var gradients = new InputGradients(passes.Network, passes.Statistics, passes.Team);
        var distances = new double[examples.Length];
        var weights = new double[gradients.Capacity * size];
        for (var first = 0; first < distances.Length; first += gradients.Capacity)
        {
            passes.Cancellation.Look();
            var some = passes.Data.Choose([.. examples.Slice(first, Math.Min(gradients.Capacity, examples.Length - first))]);
            var outputs = gradients.Outputs(passes.Theta, some.X);
            var w = weights.AsSpan(0, some.Count * size);
            MarginWeights.Fill(outputs, some.Y, size, w);
            var slopes = gradients.At(passes.Theta, w);
            for (var i = 0; i < some.Count; i++)
            {
                var margin = Vectors.Dot(w.Slice(i * size, size), outputs.Slice(i * size, size));
                distances[first + i] = margin == 0 ? 0 : margin / Vectors.Norm(slopes.Slice(i * d, d));
            }
        }
        return distances;
    }
}
