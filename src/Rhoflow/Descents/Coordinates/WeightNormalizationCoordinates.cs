using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// W = g v/‖v‖, of the whole matrix or of each row (T3 eq. 52, 53, SQ eq. 12, 13): −∂L/∂g = ⟨v, h⟩/‖v‖,
/// −∂L/∂v = (g/‖v‖)(I − vvᵀ/‖v‖²) h. v starts at norm 1, as in the papers' flow (PyTorch's weight_norm starts with v = W, which changes the
/// speed of directions); its gradient is at right angles to it, so ‖v‖ grows at second order in η.
/// </summary>
internal sealed class WeightNormalizationCoordinates<T>(bool perRow) : ICoordinates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public int Norms(Layer layer) => perRow ? layer.Rows : 1;

    public void Split(Layer layer, ReadOnlySpan<T> w, Span<T> x, Span<double> norms)
    {
        var size = w.Length / norms.Length;
        for (var i = 0; i < norms.Length; i++)
        {
            norms[i] = Precise.Norm(w.Slice(i * size, size));
            if (norms[i] == 0)
                throw new ArgumentException(norms.Length > 1
                    ? $"row {i + 1} of a layer of {layer.Rows} × {layer.Columns} weights is zero, so it has no direction to normalize"
                    : $"a layer of {layer.Rows} × {layer.Columns} weights is zero, so it has no direction to normalize");
            Spheres.Scale(w.Slice(i * size, size), 1 / norms[i], x.Slice(i * size, size));
        }
    }

    public void Compose(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> w)
    {
        var size = x.Length / norms.Length;
        for (var i = 0; i < norms.Length; i++)
        {
            var v = x.Slice(i * size, size);
            Spheres.Scale(v, norms[i] / Precise.Norm(v), w.Slice(i * size, size));
        }
    }

    public double Pull(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> h, Span<double> normPull)
    {
        var size = x.Length / norms.Length;
        var sum = 0.0;
        for (var i = 0; i < norms.Length; i++)
        {
            var v = x.Slice(i * size, size);
            var pull = h.Slice(i * size, size);
            var norm = Precise.Norm(v);
            var along = Precise.Dot<T>(v, pull) / norm;
            normPull[i] = along;
            TensorPrimitives.MultiplyAdd(v, T.CreateTruncating(-along / norm), pull, pull);
            Spheres.Scale(pull, norms[i] / norm, pull);
            sum += Precise.SumOfSquares<T>(pull);
        }
        return sum;
    }

    public string? Move(Layer layer, Span<T> x, Span<T> g)
    {
        TensorPrimitives.Add(x, g, x);
        return null;
    }
}
