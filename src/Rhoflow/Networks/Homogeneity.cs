namespace Rhoflow.Networks;

/// <summary>
/// Whether f(cθ; x) = c^degree f(θ; x) for c &gt; 0, and why not where it does not hold: what "normalized margin" and W_k = ρ_k V_k
/// rest on (T3 §2; all layers scaled by c give c^K, T3 §9 prints c).
/// </summary>
/// <param name="Degree">The degree when all parameters are scaled; null where there is none.</param>
/// <param name="Layers">e_k: the degree in W_k alone; null where f is not homogeneous in that layer.</param>
/// <param name="Reason">Why the network is not homogeneous, or only up to ε; null where it is exactly.</param>
public sealed record Homogeneity(int? Degree, IReadOnlyList<int?> Layers, string? Reason)
{
    /// <summary>Walks the nodes once for all parameters and once for every layer.</summary>
    public static Homogeneity Of(Network network)
    {
        var all = new DegreeWalk(network, layer: null);
        var degree = all.Run();
        return new Homogeneity(degree, [.. Enumerable.Range(0, network.Depth).Select(k => new DegreeWalk(network, k).Run())], all.Reason);
    }

    /// <summary>
    /// M ≥ 1 with lim_{c→∞} f(cθ; x)/c^M = f_H(θ; x) finite and in general not 0: where parts of several degrees are added, the largest. In
    /// a network that is homogeneous this is its degree. Cai, Zhou, Wu, Mei, Lindsey, Bartlett 2025 call a network M-near-homogeneous where
    /// what is left, ⟨∂f/∂θ, θ⟩ − M f, is bounded by a polynomial in ‖θ‖ of degree below M, and f_H its homogenization.
    /// </summary>
    /// <returns>M, or null and why there is none.</returns>
    internal static (int? M, string? WhyNot) Leading(Network network)
    {
        var walk = new DegreeWalk(network, layer: null) { IsLeading = true };
        return walk.Run() switch
        {
            >= 1 and var m => (m, null),
            { } => (null, "f does not grow with the scale of the parameters"),
            _ => (null, walk.Reason ?? "f is no sum of parts with degrees"),
        };
    }
}

/// <summary>One walk over the nodes that gives the degree of every node's output in certain parameters.</summary>
/// <param name="network">Whose nodes.</param>
/// <param name="layer">k − 1: the degree in W_k alone; null: in all parameters.</param>
/// <param name="isFolded">Whether batch normalization counts as folded into the weights, its shifts left out.</param>
internal sealed class DegreeWalk(Network network, int? layer, bool isFolded = false)
{
    /// <summary>Whether batch normalization counts as folded into the weights.</summary>
    public bool IsFolded => isFolded;

    /// <summary>Whether only the part of largest degree counts: what is left of f(cθ)/c^M for large c.</summary>
    public bool IsLeading { get; init; }

    /// <summary>The degree of γ and β: 1 where all parameters are scaled, otherwise 0.</summary>
    public int Affine => layer is null ? 1 : 0;

    /// <summary>The number of the node that is asked, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The first reason that a node gave.</summary>
    public string? Reason { get; private set; }

    /// <summary>The first node (from 0) whose output has no degree; −1 where all have one.</summary>
    public int FirstWithout { get; private set; } = -1;

    /// <summary>The degree of the weights W_{k+1}.</summary>
    public int OfLayer(int k) => layer is null || layer == k ? 1 : 0;

    /// <summary>Why the degree of this node's output is null, or holds only nearly.</summary>
    public void Because(string reason) => Reason ??= reason;

    /// <summary>The degree of f.</summary>
    public int? Run()
    {
        var degrees = new int?[network.Nodes.Count];
        for (var i = 0; i < degrees.Length; i++)
        {
            Number = i + 1;
            degrees[i] = network.Nodes[i].Degree(this, [.. network.Nodes[i].Sources.Select(s => s == Node.NetworkInput ? 0 : degrees[s])]);
            if (degrees[i] is null && FirstWithout < 0) FirstWithout = i;
        }
        return degrees[^1];
    }
}
