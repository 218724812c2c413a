using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// How one layer's weights are written in the coordinates that a descent moves: x (as many numbers as W_k) and norms (ρ_k, or one g a
/// row). Pure functions on the spans of one layer; steps are given as what is added, −η∇ with its momentum.
/// </summary>
internal interface ICoordinates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How many norms the layer has.</summary>
    int Norms(Layer layer);

    /// <summary>x and norms of the weights w.</summary>
    void Split(Layer layer, ReadOnlySpan<T> w, Span<T> x, Span<double> norms);

    /// <summary>w of x and norms.</summary>
    void Compose(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> w);

    /// <summary>Turns h = −∂L/∂W into −∂L/∂x in place, and gives −∂L/∂norms.</summary>
    /// <returns>‖−∂L/∂x‖², of a unit-norm x its tangential part.</returns>
    double Pull(Layer layer, ReadOnlySpan<T> x, ReadOnlySpan<double> norms, Span<T> h, Span<double> normPull);

    /// <summary>x moves by the step <paramref name="g"/>, which it may overwrite.</summary>
    /// <returns>Null, or why the step does not exist (then x is as it was).</returns>
    string? Move(Layer layer, Span<T> x, Span<T> g);
}

/// <summary>W_k = ρ_k V_k, ‖V_k‖_F = 1, with one of the four steps on the sphere (T3 §10). −∂L/∂V = ρ_k h, −∂L/∂ρ_k = ⟨V_k, h⟩.</summary>
internal sealed class UnitNormCoordinates<T>(Normalization technique) : ICoordinates<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public int Norms(Layer layer) => 1;

    public void Split(Layer layer, ReadOnlySpan<T> w, Span<T> x, Span<double> norms)
    {
        norms[0] = Precise.Norm(w);
        if (norms[0] == 0) throw new ArgumentException($"a layer of {layer.Rows} × {layer.Columns} weights is zero, so it has no direction V_k on the unit sphere");
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

/// <summary>
/// W = g v/‖v‖, of the whole matrix or of each row (T3 eq. 52, 53, SQ eq. 12, 13): −∂L/∂g = ⟨v, h⟩/‖v‖,
/// −∂L/∂v = (g/‖v‖)(I − vvᵀ/‖v‖²) h. v starts at norm 1, as in the papers'
/// flow (PyTorch's weight_norm starts with v = W, which changes the speed of directions); its step is at right angles to it, so ‖v‖ grows at second order in η.
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
