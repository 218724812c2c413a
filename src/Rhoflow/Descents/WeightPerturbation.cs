using System.Numerics;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>What <see cref="Perturbation"/> does to weights (T3b §6).</summary>
internal static class WeightPerturbation
{
    private const int Stream = 200;

    /// <summary>W_k ← W_k + σ_k N(0, 1) for every layer, drawn from (seed, layer, step) only.</summary>
    /// <param name="weights">θ, P numbers.</param>
    /// <param name="gradientNorm">‖∇L‖ over all examples, asked for only where the amplitude is relative to it.</param>
    public static void Add<T>(Network network, Span<T> weights, Perturbation perturbation, long seed, long step, Func<double> gradientNorm)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new RandomStream(0);
        var gradient = perturbation.RelativeTo == PerturbationScale.GradientNorm ? gradientNorm() : 1;
        for (var k = 0; k < network.Depth; k++)
        {
            var w = weights.Slice(network.Layers[k].Offset, network.Layers[k].Count);
            var relative = perturbation.RelativeTo == PerturbationScale.LayerDeviation ? Deviation<T>(w) : gradient;
            var sigma = perturbation.Amplitude * relative;
            random.Restart(seed, Stream + k, step);
            foreach (ref var value in w) value += T.CreateTruncating(sigma * random.NextNormal());
        }
    }

    // Of the population: the mean square from the mean.
    private static double Deviation<T>(ReadOnlySpan<T> w) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0, squares = 0;
        foreach (var value in w) sum += double.CreateTruncating(value);
        var mean = sum / w.Length;
        foreach (var value in w) squares += Math.Pow(double.CreateTruncating(value) - mean, 2);
        return Math.Sqrt(squares / w.Length);
    }
}
