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
        string? reason = null;
        var degree = Walk(network, static _ => 1, affine: 1, ref reason);
        var layers = new int?[network.Depth];
        for (var k = 0; k < network.Depth; k++)
        {
            string? ignored = null;
            var layer = k;
            layers[k] = Walk(network, l => l == layer ? 1 : 0, affine: 0, ref ignored);
        }
        return new Homogeneity(degree, layers, reason);
    }

    // The degree of every node's output when parameters of degree 1 are those that `weight` and `affine` name.
    private static int? Walk(Network network, Func<int, int> weight, int affine, ref string? reason)
    {
        var degrees = new int?[network.Nodes.Count];
        for (var i = 0; i < degrees.Length; i++)
        {
            var node = network.Nodes[i];
            int? Source(int s) => s == Node.NetworkInput ? 0 : degrees[s];
            var below = Source(node.Sources[0]);
            degrees[i] = node switch
            {
                LinearNode linear => below + weight(linear.Layer),
                ConvolutionNode convolution => below + weight(convolution.Layer),
                ActivationNode activation => below * activation.Activation.Degree,
                BatchNormNode norm => Normalized(norm, i, below, affine, ref reason),
                SumNode sum => Summed(sum, i, [.. sum.Sources.Select(Source)], ref reason),
                _ => below,
            };
        }
        return degrees[^1];
    }

    // x̂ does not change when x is scaled, as long as ε is nothing beside σ².
    private static int? Normalized(BatchNormNode norm, int index, int? below, int affine, ref string? reason)
    {
        if (below is not 0 && norm.Epsilon > 0)
        {
            reason ??= $"the batch normalization of node {index + 1} has ε = {norm.Epsilon}: invariant to the scale of the weights below only as far as ε is small beside the variances";
        }
        return norm.IsAffine ? affine : 0;
    }

    private static int? Summed(SumNode sum, int index, int?[] degrees, ref string? reason)
    {
        if (Array.TrueForAll(degrees, d => d == degrees[0])) return degrees[0];
        if (Array.TrueForAll(degrees, static d => d is not null))
            reason ??= $"the residual sum of node {index + 1} adds parts of degree {string.Join(" and ", degrees)}";
        return null;
    }
}
