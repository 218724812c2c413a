using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Curvature;

/// <summary>Which second derivative of the loss.</summary>
public enum CurvatureKind
{
    /// <summary>∇²L.</summary>
    Hessian,

    /// <summary>Σ_n J_nᵀ (∂²ℓ_n/∂f²) J_n, J = ∂f/∂θ: what ∇²L is without the network's own second derivatives.</summary>
    GaussNewton,
}

/// <summary>
/// The curvature of L at the θ of a <see cref="Linearization"/>, on all parameters (batch normalization's γ and β included), over
/// e^{<see cref="LogScale"/>}.
/// </summary>
/// <param name="passes">The network at θ on its data.</param>
/// <param name="kind">Hessian or Gauss–Newton.</param>
internal sealed class CurvatureOperator(Linearization passes, CurvatureKind kind) : ISymmetricOperator
{
    /// <summary>P.</summary>
    public int Size => passes.Network.ParameterCount;

    /// <summary>s: the matrix is e^s times what products give.</summary>
    public double LogScale => passes.Value.LogScale;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<double> v, Span<double> result)
    {
        if (kind == CurvatureKind.Hessian) passes.HessianVectorProduct(v, result);
        else passes.GaussNewtonVectorProduct(v, result);
    }
}
