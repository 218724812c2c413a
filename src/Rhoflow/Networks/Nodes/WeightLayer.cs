using System.Numerics;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// A layer of weights of another assembly: z = g(W_k, a) of one example, with its derivatives. The rest follows: passes over minibatches in
/// float32 and float64, Hessian products, initialization, ρ_k = ‖W_k‖_F and V_k, checkpoints, files of weights. One that is linear in its
/// weights and in what it reads is a <see cref="BilinearLayer"/>, which has less to say.
/// </summary>
/// <remarks>
/// Every method adds to what it is given to write to, and is called from several threads at once. W_k comes row by row, a and z as rows of
/// channels, position by position. What is said here is tried when a network is built: sizes, degrees, and every derivative against
/// differences along random directions; a layer that contradicts itself is refused in a sentence.
/// </remarks>
public abstract class WeightLayer
{
    /// <summary>Where configs know it from.</summary>
    public abstract WeightLayerKind Kind { get; }

    /// <summary>What one example is after it.</summary>
    public abstract TensorShape Output { get; }

    /// <summary>Rows of W_k, at least 1.</summary>
    public abstract int Rows { get; }

    /// <summary>Columns of W_k, at least 1: the weights that an output is summed over, by which Kaiming's start divides.</summary>
    public abstract int Columns { get; }

    /// <summary>e in g(cW, a) = c^e g(W, a) for c &gt; 0; null: there is none.</summary>
    public abstract int? WeightDegree { get; }

    /// <summary>p in g(W, ca) = c^p g(W, a) for c &gt; 0; null: there is none.</summary>
    public abstract int? InputDegree { get; }

    /// <summary>Whether z is piecewise linear in a.</summary>
    public abstract bool IsPiecewiseLinear { get; }

    /// <summary>z += g(W, a).</summary>
    /// <param name="w">W_k, Rows × Columns numbers.</param>
    /// <param name="a">What it reads, of one example.</param>
    /// <param name="z">As many numbers as <see cref="Output"/> counts.</param>
    public abstract void Forward<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>δ_a += (∂g/∂a)ᵀ δ_z, dW += (∂g/∂W)ᵀ δ_z.</summary>
    /// <param name="w">W_k.</param>
    /// <param name="a">What it reads.</param>
    /// <param name="delta">δ_z.</param>
    /// <param name="below">δ_a.</param>
    /// <param name="gradient">dW.</param>
    public abstract void VectorJacobianProduct<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> delta, Span<T> below,
        Span<T> gradient) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>ż += (∂g/∂W) Ẇ + (∂g/∂a) ȧ.</summary>
    /// <param name="w">W_k.</param>
    /// <param name="a">What it reads.</param>
    /// <param name="wDot">Ẇ.</param>
    /// <param name="aDot">ȧ.</param>
    /// <param name="zDot">ż.</param>
    public abstract void JacobianVectorProduct<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> wDot, ReadOnlySpan<T> aDot,
        Span<T> zDot) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>
    /// The derivative of <see cref="VectorJacobianProduct"/> along (Ẇ, ȧ) with δ_z held: δ̇_a += (∂²g/∂a∂W Ẇ + ∂²g/∂a² ȧ)ᵀ δ_z, and the
    /// same for dW.
    /// </summary>
    /// <param name="w">W_k.</param>
    /// <param name="a">What it reads.</param>
    /// <param name="wDot">Ẇ.</param>
    /// <param name="aDot">ȧ.</param>
    /// <param name="delta">δ_z.</param>
    /// <param name="below">δ̇_a.</param>
    /// <param name="gradient">The derivative of dW.</param>
    public abstract void SecondDerivative<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> wDot, ReadOnlySpan<T> aDot,
        ReadOnlySpan<T> delta, Span<T> below, Span<T> gradient) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>
/// A layer of weights z = B(W_k, a) that is linear in W_k and in a, as matrices and convolutions are: three products are all of it.
/// </summary>
public abstract class BilinearLayer : WeightLayer
{
    /// <inheritdoc/>
    public sealed override int? WeightDegree => 1;

    /// <inheritdoc/>
    public sealed override int? InputDegree => 1;

    /// <inheritdoc/>
    public sealed override bool IsPiecewiseLinear => true;

    /// <summary>δ_a += Σ_i δ_i ∂z_i/∂a.</summary>
    /// <param name="w">W_k.</param>
    /// <param name="delta">δ_z.</param>
    /// <param name="below">δ_a.</param>
    protected abstract void Transposed<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> delta, Span<T> below)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>dW += Σ_i δ_i ∂z_i/∂W.</summary>
    /// <param name="delta">δ_z.</param>
    /// <param name="a">What the layer reads.</param>
    /// <param name="gradient">dW.</param>
    protected abstract void Outer<T>(ReadOnlySpan<T> delta, ReadOnlySpan<T> a, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <inheritdoc/>
    public sealed override void VectorJacobianProduct<T>(
        ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> delta, Span<T> below, Span<T> gradient)
    {
        Transposed(w, delta, below);
        Outer(delta, a, gradient);
    }

    /// <inheritdoc/>
    public sealed override void JacobianVectorProduct<T>(
        ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> wDot, ReadOnlySpan<T> aDot, Span<T> zDot)
    {
        Forward(wDot, a, zDot);
        Forward(w, aDot, zDot);
    }

    /// <inheritdoc/>
    public sealed override void SecondDerivative<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, ReadOnlySpan<T> wDot, ReadOnlySpan<T> aDot,
        ReadOnlySpan<T> delta, Span<T> below, Span<T> gradient)
    {
        Transposed(wDot, delta, below);
        Outer(delta, aDot, gradient);
    }
}
