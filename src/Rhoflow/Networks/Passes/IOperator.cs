using System.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// A node at work. z = g(θ, a) with the source's values a; δ_z = ∂(Σ c f)/∂z; a dot is the derivative along θ̇. Every pass reads and
/// writes the slots it was made with; a source's δ is overwritten or added to as <see cref="Source{T}.Accumulate"/> says.
/// </summary>
internal interface IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>z = g(θ, a).</summary>
    void Forward(in Pass<T> pass);

    /// <summary>δ_a = (∂g/∂a)ᵀ δ_z, and (∂g/∂θ)ᵀ δ_z into the node's window of the gradient.</summary>
    void VectorJacobianProduct(in Pass<T> pass);

    /// <summary>ż = (∂g/∂θ) θ̇ + (∂g/∂a) ȧ.</summary>
    void JacobianVectorProduct(in Pass<T> pass);

    /// <summary>
    /// The derivative of <see cref="VectorJacobianProduct"/> along θ̇: δ̇_a, and the node's window of the derivative of the gradient.
    /// Called before it.
    /// </summary>
    void HessianVectorProduct(in Pass<T> pass);
}
