using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// The constraint equations V_k f_n = ∂f_n/∂V_k (SQ eq. 40, 48) example by example. With ‖V_k‖ = 1 and ⟨V_k, ∂f_n/∂V_k⟩ = f_n (T3 eq. 3)
/// the relative
/// residual ‖V_k f_n − ∂f_n/∂V_k‖/‖∂f_n/∂V_k‖ is the sine of the angle between V_k and ±∂f_n/∂V_k = ± a bᵀ: 0 only where V_k is of rank
/// one.
/// </summary>
internal static class ConstraintEquations
{
    /// <summary>Residuals [k][n], k = 0 … K−1; NaN where ∂f_n/∂V_k = 0. Layers are normalized first.</summary>
    /// <param name="network">A chain with one output.</param>
    /// <param name="theta">Weights of any norms but 0.</param>
    /// <param name="x">N × d.</param>
    public static double[][] Residuals(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> x)
    {
        var count = x.Length / network.Inputs;
        var v = theta.ToArray();
        Initialization.ScaleLayers(network, v, [1]);
        var evaluation = new ChainPasses(network, x, count);
        evaluation.Forward(v);
        var gradients = new double[count * network.ParameterCount];
        evaluation.PerExample(v, gradients);
        return [.. network.Layers.Select(layer => Enumerable.Range(0, count).Select(n =>
        {
            var slope = layer.Of(gradients.AsSpan(n * network.ParameterCount, network.ParameterCount));
            var norm = Vectors.Norm(slope);
            Vectors.Add(-evaluation.Outputs[n], layer.Of(v), slope);
            return norm == 0 ? double.NaN : Vectors.Norm(slope) / norm;
        }).ToArray())];
    }

    /// <summary>h_n = ∂f_n/∂V_L, what enters the last layer, of every example.</summary>
    /// <param name="network">A chain with one output.</param>
    /// <param name="theta">Weights.</param>
    /// <param name="x">N × d.</param>
    public static double[][] LastFeatures(Network network, ReadOnlySpan<double> theta, ReadOnlySpan<double> x)
    {
        var count = x.Length / network.Inputs;
        var v = theta.ToArray();
        var evaluation = new ChainPasses(network, x, count);
        evaluation.Forward(v);
        var gradients = new double[count * network.ParameterCount];
        evaluation.PerExample(v, gradients);
        return [.. Enumerable.Range(0, count).Select(n =>
            network.Layers[^1].Of(gradients.AsSpan(n * network.ParameterCount, network.ParameterCount)).ToArray())];
    }

    /// <summary>
    /// What data alone impose on the first layer of any network, whatever its weights and depth: ∂f_n/∂V_1 = a x_nᵀ, so that the mean over
    /// examples of
    /// the squared residual is at least 1 − μ, μ the largest eigenvalue of (1/N) Σ x̂_n x̂_nᵀ with x̂ = x/‖x‖. It is 0 for collinear inputs
    /// only.
    /// </summary>
    public static double FirstLayerBound(ReadOnlySpan<double> x, int inputs)
    {
        var count = x.Length / inputs;
        var units = x.ToArray();
        for (var n = 0; n < count; n++)
        {
            var row = units.AsSpan(n * inputs, inputs);
            Vectors.Scale(1 / Vectors.Norm(row), row, row);
        }
        var unit = new DenseMatrix(inputs, count, units);
        var largest = (unit * unit.Transpose() / count).Evd(Symmetricity.Symmetric).EigenValues[inputs - 1].Real;
        return Math.Max(0, 1 - largest);
    }
}
