using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Networks;

/// <summary>
/// W_k = g v/‖v‖ as coordinates for θ, with one gain g per matrix or per row (T3 eq. 52; Salimans and Kingma's form unit by unit):
/// materializes
/// θ, pulls gradients back, pushes directions forward, and turns Hessian-vector products over θ into those over (v, g). With
/// u = v/‖v‖, G = ∂L/∂W:
/// <code>∂L/∂g = ⟨u, G⟩      ∂L/∂v = (g/‖v‖) (G − u ⟨u, G⟩)      (T3 eq. 53)</code>
/// The parameters are v in the places of θ (γ and β of batch normalization stay as they are), then the gains. Norms and products are
/// formed in float64.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class WeightNormalization<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly (int Offset, int Length)[] _windows;
    private readonly int[] _layers;

    /// <param name="network">Whose θ.</param>
    /// <param name="perRow">One gain per row (unit, map) instead of one per matrix; a diagonal layer counts as one row.</param>
    public WeightNormalization(Network network, bool perRow = false)
    {
        (Network, PerRow) = (network, perRow);
        var windows = network.Layers.SelectMany((l, k) => Windows(l, perRow).Select(w => (Window: w, Layer: k))).ToArray();
        _windows = [.. windows.Select(static w => w.Window)];
        _layers = [.. windows.Select(static w => w.Layer)];
    }

    /// <summary>Whose θ.</summary>
    public Network Network { get; }

    /// <summary>One gain per row instead of one per matrix.</summary>
    public bool PerRow { get; }

    /// <summary>How many gains g there are.</summary>
    public int Gains => _windows.Length;

    /// <summary>Numbers of (v, g).</summary>
    public int ParameterCount => Network.ParameterCount + Gains;

    /// <summary>The gains g, layer by layer (row by row), in a vector that has the shape of the parameters.</summary>
    public Span<T> GainsOf(Span<T> parameters) => parameters.Slice(Network.ParameterCount, Gains);

    /// <summary>(v, g) with v = W and g = ‖W‖, so that θ stays what it is.</summary>
    /// <exception cref="ArgumentException">A matrix or row is zero, which has no direction.</exception>
    public void Split(ReadOnlySpan<T> theta, Span<T> parameters)
    {
        Check(parameters.Length, theta.Length);
        theta.CopyTo(parameters);
        for (var i = 0; i < Gains; i++) parameters[Network.ParameterCount + i] = T.CreateTruncating(Norm(theta, i));
    }

    /// <summary>θ of (v, g).</summary>
    /// <exception cref="ArgumentException">A v is zero.</exception>
    public void Weights(ReadOnlySpan<T> parameters, Span<T> theta)
    {
        Check(parameters.Length, theta.Length);
        parameters[..theta.Length].CopyTo(theta);
        for (var i = 0; i < Gains; i++)
            TensorPrimitives.Multiply(Cut(parameters, i), T.CreateTruncating(Gain(parameters, i) / Norm(parameters, i)), Cut(theta, i));
    }

    /// <summary>∂L/∂(v, g) from ∂L/∂θ.</summary>
    public void VectorJacobianProduct(ReadOnlySpan<T> parameters, ReadOnlySpan<T> thetaGradient, Span<T> gradient)
    {
        Check(parameters.Length, thetaGradient.Length);
        Check(gradient.Length, thetaGradient.Length);
        thetaGradient.CopyTo(gradient);
        for (var i = 0; i < Gains; i++)
        {
            ReadOnlySpan<T> v = Cut(parameters, i), ofW = Cut(thetaGradient, i);
            double g = Gain(parameters, i), norm = Norm(parameters, i), along = Dot(v, ofW) / norm;
            var ofV = Cut(gradient, i);
            for (var j = 0; j < v.Length; j++) ofV[j] = T.CreateTruncating(g / norm * (Number(ofW[j]) - Number(v[j]) / norm * along));
            gradient[Network.ParameterCount + i] = T.CreateTruncating(along);
        }
    }

    /// <summary>θ̇ from (v̇, ġ): Ẇ = ġ u + (g/‖v‖) (v̇ − u ⟨u, v̇⟩).</summary>
    public void JacobianVectorProduct(ReadOnlySpan<T> parameters, ReadOnlySpan<T> direction, Span<T> thetaDirection)
    {
        Check(parameters.Length, thetaDirection.Length);
        Check(direction.Length, thetaDirection.Length);
        direction[..thetaDirection.Length].CopyTo(thetaDirection);
        for (var i = 0; i < Gains; i++)
        {
            ReadOnlySpan<T> v = Cut(parameters, i), vDot = Cut(direction, i);
            double g = Gain(parameters, i), gDot = Gain(direction, i), norm = Norm(parameters, i), along = Dot(v, vDot) / norm;
            var wDot = Cut(thetaDirection, i);
            for (var j = 0; j < v.Length; j++)
            {
                var u = Number(v[j]) / norm;
                wDot[j] = T.CreateTruncating(gDot * u + g / norm * (Number(vDot[j]) - u * along));
            }
        }
    }

    /// <summary>
    /// (∂²L/∂(v, g)²)(v̇, ġ) from G = ∂L/∂θ and Ġ = (∂²L/∂θ²) θ̇, θ̇ being <see cref="JacobianVectorProduct"/> of the direction: the
    /// derivative of
    /// <see cref="VectorJacobianProduct"/>.
    /// </summary>
    public void HessianVectorProduct(
        ReadOnlySpan<T> parameters, ReadOnlySpan<T> direction, ReadOnlySpan<T> thetaGradient, ReadOnlySpan<T> thetaProduct, Span<T> result)
    {
        Check(parameters.Length, thetaGradient.Length);
        Check(direction.Length, thetaProduct.Length);
        Check(result.Length, thetaGradient.Length);
        thetaProduct.CopyTo(result);
        for (var i = 0; i < Gains; i++)
        {
            ReadOnlySpan<T> v = Cut(parameters, i), vDot = Cut(direction, i), ofW = Cut(thetaGradient, i), ofWDot = Cut(thetaProduct, i);
            double g = Gain(parameters, i), gDot = Gain(direction, i), norm = Norm(parameters, i);
            double normDot = Dot(v, vDot) / norm;                                         // ‖v‖˙ = ⟨u, v̇⟩, and u̇ = (v̇ − u ‖v‖˙)/‖v‖
            double along = Dot(v, ofW) / norm;                                            // ⟨u, G⟩
            double alongDot = (Dot(vDot, ofW) - normDot * along) / norm + Dot(v, ofWDot) / norm;
            double scale = g / norm, scaleDot = (gDot - scale * normDot) / norm;
            var ofV = Cut(result, i);
            for (var j = 0; j < v.Length; j++)
            {
                double u = Number(v[j]) / norm, uDot = (Number(vDot[j]) - u * normDot) / norm;
                ofV[j] = T.CreateTruncating(scaleDot * (Number(ofW[j]) - u * along)
                    + scale * (Number(ofWDot[j]) - uDot * along - u * alongDot));
            }
            result[Network.ParameterCount + i] = T.CreateTruncating(alongDot);
        }
    }

    private static IEnumerable<(int Offset, int Length)> Windows(Layer layer, bool perRow) => perRow && layer.Kind != LayerKind.Diagonal
        ? Enumerable.Range(0, layer.Rows).Select(i => (layer.Offset + i * layer.Columns, layer.Columns))
        : [(layer.Offset, layer.Count)];

    private double Norm(ReadOnlySpan<T> v, int window)
    {
        var norm = Math.Sqrt(Dot(Cut(v, window), Cut(v, window)));
        if (norm > 0) return norm;
        var (layer, row) = (Network.Layers[_layers[window]], _windows[window].Offset);
        var what = PerRow && layer.Kind != LayerKind.Diagonal
            ? $"row {(row - layer.Offset) / layer.Columns + 1} of layer {_layers[window] + 1}" : $"layer {_layers[window] + 1}";
        throw new ArgumentException($"{what} is zero, so it has no direction: weight normalization W = g v/‖v‖ needs v ≠ 0");
    }

    private void Check(int parameters, int theta)
    {
        if (parameters != ParameterCount || theta != Network.ParameterCount)
            throw new ArgumentException($"weight normalization of this network has {ParameterCount} parameters for "
                + $"{Network.ParameterCount} of θ; {parameters} and {theta} were given");
    }

    private double Gain(ReadOnlySpan<T> parameters, int window) => Number(parameters[Network.ParameterCount + window]);
    private ReadOnlySpan<T> Cut(ReadOnlySpan<T> vector, int window) => vector.Slice(_windows[window].Offset, _windows[window].Length);
    private Span<T> Cut(Span<T> vector, int window) => vector.Slice(_windows[window].Offset, _windows[window].Length);
    private static double Dot(ReadOnlySpan<T> a, ReadOnlySpan<T> b) => Numerics.Precise.Dot(a, b);
    private static double Number(T value) => double.CreateTruncating(value);
}
