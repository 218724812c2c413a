using Rhoflow.Numerics;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Direction;

/// <summary>
/// cos(W_k, −∂L/∂W_k) for every layer and for all weights together: 1 where descent only lengthens W, 0 where it only turns it. For
/// homogeneous networks ⟨W_k, −∂L/∂W_k⟩ is the same for all layers, e_k Σ c f (T3 eq. 60). Where batch normalization goes by running
/// statistics it counts as folded into W_k and they are held; by the examples' own the layers below it have 0, up to ε.
/// </summary>
internal static class GradientAlignment
{
    /// <summary>The cosine of every layer and, last, that of all; NaN where one of the two vectors is zero.</summary>
    public static double[] Of(Linearization passes)
    {
        var network = passes.Network;
        double[] g = [.. NormalizedWeights.Gradient(passes)], w = new double[g.Length];
        ReadOnlySpan<double> theta = passes.Theta, scale = passes.Scale;
        for (var i = 0; i < g.Length; i++)
        {
            w[i] = theta[i] * scale[i];
            g[i] = scale[i] == 0 ? 0 : g[i] / scale[i];
        }
        var cosines = new double[network.Depth + 1];
        double along = 0, lengthW = 0, lengthG = 0;
        for (var k = 0; k < network.Depth; k++)
        {
            ReadOnlySpan<double> wk = network.Layers[k].Of(w), gk = network.Layers[k].Of(g);
            double dot = Vectors.Dot(wk, gk), normW = Vectors.Norm(wk), normG = Vectors.Norm(gk);
            cosines[k] = Cosine(dot, normW, normG);
            along += dot;
            lengthW = double.Hypot(lengthW, normW);
            lengthG = double.Hypot(lengthG, normG);
        }
        cosines[^1] = Cosine(along, lengthW, lengthG);
        return cosines;
    }

    private static double Cosine(double dot, double a, double b) => a > 0 && b > 0 ? Math.Clamp(dot / a / b, -1, 1) : double.NaN;
}
