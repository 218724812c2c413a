using System.Numerics.Tensors;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Margins;

/// <summary>
/// Margins over other norms of the weights than Frobenius': y_n f_n/∏‖W_k‖^{e_k}, a common factor times y_n f_n/ρ. Of a convolution the
/// norms are those of its matrix of maps × patch.
/// </summary>
internal static class NormedMargins
{
    /// <summary>σ_max(W_k): what the bounds of Bartlett, Foster and Telgarsky (2017) divide margins by.</summary>
    public static double Spectral(Layer layer, ReadOnlySpan<double> w, CancellationToken cancellation = default) =>
        layer.Kind == LayerKind.Diagonal ? Largest(layer, w) : SpectralNorm.Of(layer.Rows, layer.Columns, w, cancellation);

    /// <summary>max |W_k^{ij}|: ‖W_k‖_p of T3 §12 and Theorem 8, entry by entry, with p = ∞.</summary>
    public static double Largest(Layer layer, ReadOnlySpan<double> w) => Math.Abs(TensorPrimitives.MaxMagnitude(w));

    /// <summary>Σ |W_k^{ij}|: the same with p = 1.</summary>
    public static double Sum(Layer layer, ReadOnlySpan<double> w) => TensorPrimitives.SumOfMagnitudes(w);

    /// <summary>max_i Σ_j |W_k^{ij}|: the norm of W_k as a map of ℓ∞ to ℓ∞, so that the margin bounds changes of inputs in ℓ∞.</summary>
    public static double LargestRow(Layer layer, ReadOnlySpan<double> w)
    {
        if (layer.Kind == LayerKind.Diagonal) return Largest(layer, w);
        var largest = 0.0;
        for (var i = 0; i < layer.Rows; i++)
            largest = Math.Max(largest, TensorPrimitives.SumOfMagnitudes(w.Slice(i * layer.Columns, layer.Columns)));
        return largest;
    }

    /// <summary>
    /// ∏‖V_k‖_F^{e_k}/∏‖V_k‖^{e_k} in another norm: what normalized margins are multiplied by; NaN where a layer is zero.
    /// </summary>
    /// <param name="v">Weights of any scale.</param>
    public static double Factor(Network network, ReadOnlySpan<double> v, Func<Layer, ReadOnlySpan<double>, double> norm)
    {
        var log = 0.0;
        for (var k = 0; k < network.Depth; k++)
        {
            var layer = network.Layers[k];
            var w = layer.Of(v);
            var frobenius = Vectors.Norm(w);
            if (!(frobenius > 0)) return double.NaN;
            log += network.Exponents[k] * (Math.Log(frobenius) - Math.Log(norm(layer, w)));
        }
        return Math.Exp(log);
    }
}
