using Rhoflow.Networks;

namespace Rhoflow.Measures;

/// <summary>Whether a network has what W_k = ρ_k V_k and f = ρ f̃ need, as the sentences that measures refuse with.</summary>
internal static class Scaling
{
    /// <summary>
    /// Null if f, with batch normalization folded and up to its shifts, has a degree in every W_k alone, so that ⟨V_k, ∂f̃/∂V_k⟩ = e_k f̃
    /// (T3 eq. 3); otherwise why not.
    /// </summary>
    public static string? WhyNoDirections(Network network)
    {
        int? first = null;
        string? nearly = null;
        for (var k = 0; k < network.Depth; k++)
        {
            var walk = new DegreeWalk(network, k, isFolded: true);
            walk.Run();
            nearly ??= walk.Reason;
            if (walk.FirstWithout >= 0 && (first is null || walk.FirstWithout < first)) first = walk.FirstWithout;
        }
        return first is { } node
            ? $"the residual sum of node {node + 1} adds parts that depend on different layers, so that f is not homogeneous in each "
            + "W_k alone"
            : nearly;
    }

    /// <summary>Null if f(cθ) = c^degree f(θ) holds exactly for the network that is evaluated; otherwise why not.</summary>
    public static string? WhyNotHomogeneous(Network network) =>
        network.StatisticsCount > 0 ? "batch normalization by running statistics shifts f, so that it is not homogeneous in the weights"
        : Homogeneity.Of(network) is { Reason: { } reason } ? $"f is not homogeneous in the weights: {reason}"
        : null;
}
