using Rhoflow.Networks;

namespace Rhoflow.Measures.Bounds;

/// <summary>What counts parameters and not norms, for reference: these do not change while a network learns.</summary>
internal static class CapacityCounts
{
    /// <summary>W: the weights, of a convolution once (γ and β of batch normalization not counted).</summary>
    public static long Weights(Network network) => network.Layers.Sum(static l => (long)l.Count);

    /// <summary>
    /// W K log₂ W: the VC dimension of piecewise linear networks up to constants (Bartlett, Harvey, Liaw,
    /// Mehrabian 2019, Theorem 6: O(W K log W), Theorem 3: Ω(W K log(W/K))).
    /// </summary>
    public static double PiecewiseLinear(Network network)
    {
        var w = (double)Weights(network);
        return w * network.Depth * Math.Log2(w);
    }

    /// <summary>The largest side of a weight matrix.</summary>
    public static int Width(Network network) => network.Layers.Max(static l => Math.Max(l.Rows, l.Columns));
}
