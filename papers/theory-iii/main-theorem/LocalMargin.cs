using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Whether V, a stationary point of (A) at a large ρ, is a maximum of the margin: among all V near it, and layer by layer.
/// </summary>
internal static class LocalMargin
{
    /// <summary>
    /// The largest of several restarts' γ̃/γ̃(V) − 1, γ̃ = −log L/ρ: V is moved by <paramref name="radius"/> in every layer and follows (A)
    /// at the same ρ, along which γ̃ never falls. Where V is a local maximum it comes back, and nothing is gained.
    /// </summary>
    public static double Rise(TheoremSetting setting, SweptDirections.Place place, double radius, int restarts, int seed,
        CancellationToken cancellation)
    {
        var random = new RandomStream(seed, 37);
        var most = double.NegativeInfinity;
        for (var i = 0; i < restarts; i++)
        {
            var moved = SweptDirections.Moved(setting.Network, place.V, radius, random);
            var there = SweptDirections.Settle(setting, moved, place.Rho, cancellation);
            most = Math.Max(most, there.SmoothedMargin / place.SmoothedMargin - 1);
        }
        return most;
    }

    /// <summary>
    /// 1 − η/η_k: by how much the margin could still be raised by moving V_k alone while every ReLU keeps its side. f is then linear in
    /// W_k, so that the best W_k of norm 1 is the support vector machine's on the features y_n ∂f̃_n/∂V_k (T3b Lemma 1: "each W_k converges
    /// to the minimum norm solution"). NaN where units stand on their kinks, and features have no single value.
    /// </summary>
    public static double LayerGap(TheoremSetting setting, ReadOnlySpan<double> v, int k)
    {
        var clarke = ClarkeGradients.Of(setting.Network, v, setting.Data, TheoremKkt.Kink);
        if (clarke.Gradients.Count > setting.Data.Count) return double.NaN;
        var layer = setting.Network.Layers[k];
        var features = clarke.Gradients.SelectMany(g => layer.Of((ReadOnlySpan<double>)g).ToArray()).ToArray();
        var best = HardMargin.Solve(new Dataset("features of a layer", features, [.. clarke.Examples.Select(_ => 1.0)], layer.Count));
        return 1 - TheoremTrace.Margin(setting, v) / best.Margin;
    }
}
