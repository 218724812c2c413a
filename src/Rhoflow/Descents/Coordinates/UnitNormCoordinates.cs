using System.Numerics;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// W_k = ρ_k V_k, ‖V_k‖_F = 1, with one of the four steps on the sphere (T3 eq. 48, 49, 50, and the true gradient of T3 §10):
/// −∂L/∂V = ρ_k h, −∂L/∂ρ_k = ⟨V_k, h⟩.
/// </summary>
internal sealed class UnitNormCoordinates<T>(Normalization technique) : ICoordinates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public int Norms(Layer layer) => 1;

    public void Split(Layer layer, ReadOnlySpan<T> w, Span<T> x, Span<double> norms)
    {
        norms[0] = Precise.Norm(w);
        if (norms[0] == 0)
            throw new ArgumentException(
                $"a layer of {layer.Rows} × {layer.Columns} weights is zero, so it has no direction V_k on the unit sphere");
        Spheres.Scale(w, 1 / norms[0], x);
        Spheres.Normalize(x);
    }

    public void Compose(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> w) => Spheres.Scale(x, norms[0], w);

    public double Pull(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> h, Span<double> normPull)
    {
        normPull[0] = Precise.Dot<T>(x, h);
        var tangential = Spheres.TangentialSquare(x, h, normPull[0]);
        Spheres.Scale(h, norms[0], h);
        return norms[0] * norms[0] * tangential;
    }

    public string? Move(Layer layer, Span<T> x, Span<T> g) => technique switch
    {
        Normalization.Coefficient => Spheres.Coefficient(x, g),
        Normalization.Lagrange => Spheres.Lagrange(x, g),
        Normalization.Tangent => Spheres.Tangent(x, g),
        _ => Spheres.Geodesic(x, g),
    };
}
