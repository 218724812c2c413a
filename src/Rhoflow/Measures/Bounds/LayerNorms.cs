using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// Norms of the weight matrices that generalization bounds are made of. A convolution counts as its matrix of maps × patch: the operator on
/// whole images has a spectral norm up to the overlap of patches larger, and a Frobenius norm larger by the root of the number of
/// positions.
/// </summary>
/// <param name="Frobenius">‖W_k‖_F.</param>
/// <param name="Spectral">‖W_k‖₂, the largest singular value.</param>
/// <param name="Rows">‖W_kᵀ‖_{2,1}: the sum of the ℓ2 norms of the rows, one row an output.</param>
internal sealed record LayerNorms(double[] Frobenius, double[] Spectral, double[] Rows)
{
    /// <summary>All layers of θ, or of V.</summary>
    public static LayerNorms Of(Network network, ReadOnlySpan<double> theta, CancellationToken cancellation = default)
    {
        var (frobenius, spectral, rows) = (new double[network.Depth], new double[network.Depth], new double[network.Depth]);
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            var w = layer.Of(theta);
            frobenius[k] = Vectors.Norm(w);
            if (layer.Kind == LayerKind.Diagonal)
            {
                foreach (var v in w) (spectral[k], rows[k]) = (Math.Max(spectral[k], Math.Abs(v)), rows[k] + Math.Abs(v));
                continue;
            }
            for (var i = 0; i < layer.Rows; i++) rows[k] += Vectors.Norm(w.Slice(i * layer.Columns, layer.Columns));
            spectral[k] = SpectralNorm.Of(layer.Rows, layer.Columns, w, cancellation);
        }
        return new LayerNorms(frobenius, spectral, rows);
    }
}
