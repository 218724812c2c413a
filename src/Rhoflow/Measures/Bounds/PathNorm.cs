using Rhoflow.Networks;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// φ_p(W) = (Σ_paths ∏_{w on the path} |w|^p)^{1/p} over all paths from an input to an output (Neyshabur, Tomioka, Srebro 2015, §3;
/// Neyshabur, Salakhutdinov, Srebro 2015): one forward pass of |w|^p on ones. It does not change when a ReLU unit's incoming weights are
/// multiplied by c and its outgoing ones divided by it, and Σ paths of a shared (convolution) weight are counted at every position.
/// </summary>
/// <remarks>
/// A mean over k positions is a weight 1/k on each; the maximum of a window passes on the largest sum of its positions (Jiang et al. 2020);
/// a residual sum joins the paths of its branches. Batch normalization counts as folded into W (no node of its own, shifts left out).
/// </remarks>
internal static class PathNorm
{
    /// <summary>Null, or why there is none.</summary>
    internal static string? Refuse(Network network) =>
        network.Nodes.Select(static n => n.Traits.WhyNoPaths).FirstOrDefault(static t => t is not null) is { } why
            ? $"the path norm adds up paths of piecewise linear units; {why}"
            : null;

    /// <summary>φ_p.</summary>
    /// <param name="network">The network.</param>
    /// <param name="theta">θ; with batch normalization, the folded weights.</param>
    /// <param name="p">1 or 2, or any p ≥ 1.</param>
    /// <exception cref="ArgumentException">The network has units of another degree than 1.</exception>
    public static double Of(Network network, ReadOnlySpan<double> theta, double p) => Refuse(network) is { } reason
        ? throw new ArgumentException(reason, nameof(network))
        : Math.Pow(new PathWalk(network, theta, p).Run().Sum(), 1 / p);
}
