using System.Numerics.Tensors;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures;

/// <summary>
/// W_k = ρ_k V_k of a <see cref="Linearization"/>, batch normalization being folded into W_k: the point at which
/// <see cref="Linearization.NormalizedVectorJacobianProduct"/> differentiates f̃ = f/ρ.
/// </summary>
/// <param name="RhoK">‖W_k‖_F, not negative.</param>
/// <param name="V">V_k in the shape of θ; a layer of zeros stays zero.</param>
/// <param name="LogRho">log ρ = Σ e_k log ρ_k; −∞ where a layer is zero.</param>
internal sealed record NormalizedWeights(double[] RhoK, double[] V, double LogRho)
{
    private static readonly Once<Linearization, NormalizedWeights> s_weights = new(Split);
    private static readonly Once<Linearization, double[]> s_gradient = new(static passes =>
    {
        var g = new double[passes.Theta.Length];
        passes.Gradient(g);
        return g;
    });
    private static readonly Once<Linearization, double[]> s_descent = new(static passes =>
    {
        double[] h = [.. Gradient(passes)];
        passes.Normalize(h);
        return h;
    });

    /// <summary>ρ_k and V_k. Not to be changed.</summary>
    public static NormalizedWeights Of(Linearization passes) => s_weights.Of(passes);

    /// <summary>−∇L = e^s g by θ; one backward pass for all who ask. Not to be changed.</summary>
    public static double[] Gradient(Linearization passes) => s_gradient.Of(passes);

    /// <summary>h = Σ c_nc ∂f̃_c(x_n)/∂V with −∂L/∂f = e^s c: the descent direction of V on the scale of L. Not to be changed.</summary>
    public static double[] Descent(Linearization passes) => s_descent.Of(passes);

    private static NormalizedWeights Split(Linearization passes)
    {
        var v = new double[passes.Theta.Length];
        TensorPrimitives.Multiply(passes.Theta, passes.Scale, v);
        var network = passes.Network;
        var rhoK = new double[network.Depth];
        NormsAndDirections.SplitByDivision(network, v, rhoK);
        return new NormalizedWeights(rhoK, v, NormsAndDirections.LogProduct(network, rhoK));
    }

    /// <summary>f̃ = f/ρ, N × C; zeros where a layer is zero.</summary>
    public double[] Outputs(Linearization passes)
    {
        var outputs = passes.Outputs.ToArray();
        if (!double.IsFinite(LogRho)) return new double[outputs.Length];
        NormsAndDirections.DivideByRho(outputs, LogRho);
        return outputs;
    }
}
