using System.Numerics;
using Rhoflow.Networks;

namespace Rhoflow.Descents;

/// <summary>How far the layers of a network in training move in the time of their decay (<see cref="StopWhen.Rest"/>).</summary>
internal static class RestOfTraining
{
    /// <summary>Σ 2ηλ/(1 − μ) over the steps of an epoch: 1 is the time in which decay alone takes e-fold from the norms.</summary>
    /// <param name="options">η, μ and λ, the largest of the layers'.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="steps">Steps of an epoch.</param>
    public static double Time(DescentOptions options, int epoch, int steps)
    {
        var mu = options.Rule.DecouplesDecay ? 0 : options.Rule.Rules.OfType<Momentum>().Sum(static m => m.Mu);
        return 2 * options.Rule.LearningRate.At(epoch) * options.WeightDecay.Max() / (1 - mu) * steps;
    }

    /// <summary>
    /// max_k ‖W_k − W_k'‖/‖W_k‖; γ and β of all batch normalizations count together as a layer. What stands still does not move, zero or
    /// not.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">W, P numbers.</param>
    /// <param name="before">W', P numbers.</param>
    public static double Motion<T>(Network network, ReadOnlySpan<T> weights, ReadOnlySpan<T> before)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double motion = 0, moved = 0, norm = 0;
        var end = 0;
        foreach (var layer in network.Layers)
        {
            // What lies between the layers: γ and β.
            Add(weights[end..layer.Offset], before[end..layer.Offset], ref moved, ref norm);
            end = layer.Offset + layer.Count;
            double ofLayer = 0, size = 0;
            Add(weights[layer.Offset..end], before[layer.Offset..end], ref ofLayer, ref size);
            motion = Math.Max(motion, Share(ofLayer, size));
        }
        Add(weights[end..], before[end..], ref moved, ref norm);
        return Math.Max(motion, Share(moved, norm));
    }

    private static double Share(double moved, double norm) => moved == 0 ? 0 : Math.Sqrt(moved / norm);

    private static void Add<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> before, ref double moved, ref double norm)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < w.Length; i++)
        {
            double x = double.CreateTruncating(w[i]), difference = x - double.CreateTruncating(before[i]);
            moved += difference * difference;
            norm += x * x;
        }
    }
}
