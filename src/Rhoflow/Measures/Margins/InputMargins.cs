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
        var outputs = passes.Network.Outputs;
        var weights = MarginWeights.Of(passes.Outputs, passes.Data.Y, outputs, examples);
        using var gradients = new InputGradients(passes.Network, passes.Theta, passes.Statistics);
        var distances = new double[examples.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            passes.Cancellation.Look();
            var w = weights.AsSpan(i * outputs, outputs);
            var margin = Vectors.Dot(w, passes.Outputs.Slice(examples[i] * outputs, outputs));
            var slope = Vectors.Norm(gradients.At(passes.Data.Example(examples[i]), w));
            distances[i] = margin == 0 ? 0 : margin / slope;
        }
        return distances;
    }
}
