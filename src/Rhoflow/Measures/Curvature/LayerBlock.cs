using Rhoflow.Networks;
using Rhoflow.Numerics.Eigen;

namespace Rhoflow.Measures.Curvature;

/// <summary>The diagonal block of an operator on θ that belongs to one layer: how L curves where only W_k moves.</summary>
/// <param name="whole">An operator on all of θ.</param>
/// <param name="layer">The layer.</param>
internal sealed class LayerBlock(ISymmetricOperator whole, Layer layer) : ISymmetricOperator
{
    private readonly double[] _v = new double[whole.Size], _result = new double[whole.Size];

    /// <summary>The numbers of W_k.</summary>
    public int Size => layer.Count;

    public void Apply(ReadOnlySpan<double> v, Span<double> result)
    {
        v.CopyTo(layer.Of(_v));
        whole.Apply(_v, _result);
        layer.Of(_result).CopyTo(result);
    }
}
