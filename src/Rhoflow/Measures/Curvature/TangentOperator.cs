using System.Numerics.Tensors;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Numerics.Eigen;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Curvature;

/// <summary>
/// The Riemannian Hessian of L(ρ f(V)) on the product of unit spheres ‖V_k‖_F = 1, Hess = P [∇²L − ⊕_k ⟨V_k, ∇_kL⟩ I] P, by products: what
/// <see cref="TangentHessian"/> writes out for chains, on any network. Its size is Σ_k (P_k − 1), an orthonormal basis of the tangent
/// space, so that no eigenvalue belongs to the normals. Over e^{<see cref="LogScale"/>}.
/// </summary>
/// <remarks>
/// W_k = ρ_k V_k with batch normalization folded in: W = Scale ∘ θ, so ∂/∂V_k = (ρ_k/Scale) ∂/∂θ_k. γ, β and what normalization leaves as
/// biases are held fixed; so are weights that a γ of zero multiplies away.
/// </remarks>
internal sealed class TangentOperator : ISymmetricOperator
{
    private readonly Linearization _passes;
    private readonly Network _network;

    // V; the vectors of the reflections that take V_k to a multiple of e_1, with norm √2; ∂θ/∂V; and work vectors.
    private readonly double[] _v, _mirrors, _thetaPerV, _along, _x, _moved, _image;

    /// <param name="passes">The network at θ = (ρ_k V_k) on its data.</param>
    /// <exception cref="ArgumentException">A layer is zero and has no direction; it is named.</exception>
    public TangentOperator(Linearization passes)
    {
        (_passes, _network) = (passes, passes.Network);
        var p = _network.ParameterCount;
        (_v, _mirrors, _thetaPerV, _along) = (new double[p], new double[p], new double[p], new double[_network.Depth]);
        (_x, _moved, _image) = (new double[p], new double[p], new double[p]);
        Size = _network.Layers.Sum(static l => l.Count - 1);
        var descent = new double[p];
        passes.Gradient(descent);
        var (whole, tangent) = (0.0, 0.0);
        for (var k = 0; k < _network.Depth; k++)
        {
            var layer = _network.Layers[k];
            Span<double> v = layer.Of(_v), to = layer.Of(_thetaPerV), g = layer.Of(descent);
            ReadOnlySpan<double> scale = layer.Of(passes.Scale);
            TensorPrimitives.Multiply(layer.Of(passes.Theta), scale, v);
            var rho = Vectors.Norm(v);
            if (rho == 0) throw new ArgumentException($"layer {k + 1} is zero and has no direction", nameof(passes));
            for (var i = 0; i < v.Length; i++)
            {
                v[i] /= rho;
                to[i] = scale[i] == 0 ? 0 : rho / scale[i];
            }
            var mirror = layer.Of(_mirrors);
            v.CopyTo(mirror);
            mirror[0] += mirror[0] < 0 ? -1 : 1;
            Vectors.Scale(Math.Sqrt(2) / Vectors.Norm(mirror), mirror, mirror);
            TensorPrimitives.Multiply(g, to, g);
            _along[k] = -Vectors.Dot(v, g);
            whole += Vectors.Dot(g, g);
            Vectors.Add(_along[k], v, g);
            tangent += Vectors.Dot(g, g);
        }
        TangentGradient = whole == 0 ? 0 : Math.Sqrt(tangent / whole);
    }

    /// <summary>Whether every layer has a direction, and some layer more than one number: otherwise there is no tangent space.</summary>
    public static bool Exists(Linearization passes)
    {
        foreach (var layer in passes.Network.Layers)
        {
            var v = new double[layer.Count];
            TensorPrimitives.Multiply(layer.Of(passes.Theta), layer.Of(passes.Scale), v);
            if (v.AsSpan().IndexOfAnyExcept(0) < 0) return false;
        }
        return passes.Network.Layers.Any(static l => l.Count > 1);
    }

    /// <summary>Σ_k (P_k − 1); 0 where every layer is one number.</summary>
    public int Size { get; }

    /// <summary>s: the matrix is e^s times what products give.</summary>
    public double LogScale => _passes.Value.LogScale;

    /// <summary>‖P∇L‖/‖∇L‖: 0 at a stationary point on the spheres.</summary>
    public double TangentGradient { get; }

    public void Apply(ReadOnlySpan<double> v, Span<double> result)
    {
        Embed(v, _x);
        TensorPrimitives.Multiply(_x, _thetaPerV, _moved);
        _passes.HessianVectorProduct(_moved, _image);
        TensorPrimitives.Multiply(_image, _thetaPerV, _image);
        for (var k = 0; k < _network.Depth; k++) Vectors.Add(-_along[k], _network.Layers[k].Of(_x), _network.Layers[k].Of(_image));
        var at = 0;
        foreach (var layer in _network.Layers)
        {
            var own = layer.Of(_image);
            Reflect(layer.Of(_mirrors), own);
            own[1..].CopyTo(result[at..]);
            at += layer.Count - 1;
        }
    }

    /// <summary>A tangent vector in the shape of θ, from its coordinates.</summary>
    /// <param name="coordinates"><see cref="Size"/> numbers.</param>
    /// <param name="tangent">Overwritten, P numbers, orthogonal to V_k in every layer and 0 outside of layers; of the same norm.</param>
    public void Embed(ReadOnlySpan<double> coordinates, Span<double> tangent)
    {
        tangent.Clear();
        var at = 0;
        foreach (var layer in _network.Layers)
        {
            var own = layer.Of(tangent);
            coordinates.Slice(at, layer.Count - 1).CopyTo(own[1..]);
            Reflect(layer.Of(_mirrors), own);
            at += layer.Count - 1;
        }
    }

    // x − u uᵀx with ‖u‖ = √2: its own inverse, and e_1 goes to ∓V_k, so that what has no first coordinate becomes tangent.
    private static void Reflect(ReadOnlySpan<double> u, Span<double> x) => Vectors.Add(-Vectors.Dot(u, x), u, x);
}
