namespace Rhoflow.Networks;

/// <summary>A weight matrix with what batch normalization does to it.</summary>
/// <param name="Weights">As the layer's window of θ: row-major, or the diagonal.</param>
/// <param name="Biases">One a row.</param>
internal sealed record FoldedLayer(double[] Weights, double[] Biases);

/// <summary>
/// Batch normalization by running statistics is y = s x + t channel by channel, with s = γ/√(σ² + ε) and t = β − s μ: it folds into the
/// rows of the layer in front of it, or else into the columns of the next layer. The norms ρ_k = ‖W_k‖_F of normalized networks are those
/// of the folded matrices (SQ A.2).
/// </summary>
/// <param name="Layers">Every weight matrix with its biases, what could be folded being folded.</param>
/// <param name="Unfolded">The batch normalizations that stay nodes (numbered from 0), each with the reason.</param>
internal sealed record BatchNormFolding(IReadOnlyList<FoldedLayer> Layers, IReadOnlyDictionary<int, string> Unfolded)
{
    /// <summary>Folds what can be folded.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">Running means and variances.</param>
    public static BatchNormFolding Of(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> statistics)
    {
        // A normalization that finds no place in a later layer stays a node, and the walk begins again without it.
        var unfolded = new SortedDictionary<int, string>();
        while (true)
        {
            var walk = new FoldingWalk(network, theta.ToArray(), statistics.ToArray(), unfolded);
            if (walk.Run() is not { } failure) return new BatchNormFolding(walk.Layers, unfolded);
            foreach (var norm in failure.Norms) unfolded.Add(norm, failure.Reason);
        }
    }
}
