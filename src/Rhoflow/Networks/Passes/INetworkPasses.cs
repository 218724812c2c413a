using System.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// One network on the examples that it holds: outputs f and their first and second derivatives by θ, for whatever is built over them
/// (risks,
/// and through them flows and descents). <see cref="ChainPasses"/> and <see cref="GraphPasses{T}"/> give the same numbers to rounding.
/// </summary>
/// <remarks>
/// Outputs, weights and ḟ are N × C, one example per row. Every product is taken at the θ of the last <see cref="Forward"/>, which is given
/// again. Owns a workspace: not thread-safe; use one instance per thread.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public interface INetworkPasses<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What runs.</summary>
    Network Network { get; }

    /// <summary>N, the examples that it holds.</summary>
    int Examples { get; }

    /// <summary>f of the last <see cref="Forward"/>, N × C; valid until the next one.</summary>
    ReadOnlySpan<T> Outputs { get; }

    /// <summary>Computes f(θ; x_n) for all examples; the result is <see cref="Outputs"/>.</summary>
    /// <param name="theta">θ, P numbers.</param>
    void Forward(ReadOnlySpan<T> theta);

    /// <summary>gradient ← Σ_n Σ_c weights_nc ∂f_c(x_n)/∂θ.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="weights">N × C.</param>
    /// <param name="gradient">Overwritten; P numbers.</param>
    void VectorJacobianProduct(ReadOnlySpan<T> theta, ReadOnlySpan<T> weights, Span<T> gradient);

    /// <summary>ḟ = (∂f/∂θ) θ̇, N × C; valid until the next call.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="direction">θ̇, P numbers.</param>
    ReadOnlySpan<T> JacobianVectorProduct(ReadOnlySpan<T> theta, ReadOnlySpan<T> direction);

    /// <summary>
    /// The derivative of <see cref="VectorJacobianProduct"/> along the direction of the last <see cref="JacobianVectorProduct"/> (forward
    /// over
    /// reverse), where the output weights c themselves move with ċ: result ← Σ ċ ∂f/∂θ + Σ c (∂²f/∂θ²) θ̇. Exact, 0 for a ReLU's own
    /// second derivative.
    /// </summary>
    /// <param name="theta">θ.</param>
    /// <param name="direction">θ̇, that of the last <see cref="JacobianVectorProduct"/>.</param>
    /// <param name="weights">c, N × C.</param>
    /// <param name="weightsDot">ċ, N × C.</param>
    /// <param name="result">Overwritten; P numbers.</param>
    void HessianVectorProduct(
        ReadOnlySpan<T> theta, ReadOnlySpan<T> direction, ReadOnlySpan<T> weights, ReadOnlySpan<T> weightsDot, Span<T> result);
}
