using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Bounds;

/// <summary>The training inputs, as bounds see them.</summary>
/// <param name="Count">N.</param>
/// <param name="Frobenius">‖X‖_F = √Σ_n ‖x_n‖².</param>
/// <param name="Largest">max_n ‖x_n‖.</param>
internal readonly record struct InputNorms(int Count, double Frobenius, double Largest)
{
    /// <summary>Norms of the rows.</summary>
    public static InputNorms Of(FeatureMatrix x)
    {
        double sum = 0, largest = 0;
        var row = new double[x.Width];
        for (var n = 0; n < x.Count; n++)
        {
            x.CopyTo(n, 1, row);
            var square = Numerics.Vectors.Dot(row, row);
            (sum, largest) = (sum + square, Math.Max(largest, square));
        }
        return new InputNorms(x.Count, Math.Sqrt(sum), Math.Sqrt(largest));
    }
}

/// <summary>
/// Complexities of layers in sequence with positively homogeneous 1-Lipschitz units and no biases, as functions of the norms of their
/// matrices. Each is homogeneous of degree 1 in each layer: with V_k and margins of f̃ it is what it is with W_k and margins of f. All are
/// natural logarithms: with K layers products overflow.
/// </summary>
internal static class NormBounds
{
    /// <summary>
    /// log of (√(2 ln 2 · K) + 1) ∏‖W_k‖_F ‖X‖_F/N ≥ R_N{f : ‖W_k‖_F ≤ their norms}, one output (Golowich, Rakhlin, Shamir 2018, Theorem
    /// 1).
    /// </summary>
    /// <param name="frobenius">‖W_k‖_F.</param>
    /// <param name="inputs">‖X‖_F and N.</param>
    public static double Golowich(ReadOnlySpan<double> frobenius, InputNorms inputs) =>
        LogProduct(frobenius) + Math.Log(Math.Sqrt(2 * Math.Log(2) * frobenius.Length) + 1) + Math.Log(inputs.Frobenius / inputs.Count);

    /// <summary>
    /// log of 2^{K−1} ∏‖W_k‖_F ‖X‖_F/N ≥ R_N of the same class (Neyshabur, Tomioka, Srebro 2015, Theorem 1 with p = q = 2, and the
    /// complexity of the linear class as it is): exponential in the depth where <see cref="Golowich"/> has its root.
    /// </summary>
    public static double Neyshabur(ReadOnlySpan<double> frobenius, InputNorms inputs) =>
        LogProduct(frobenius) + (frobenius.Length - 1) * Math.Log(2) + Math.Log(inputs.Frobenius / inputs.Count);

    /// <summary>
    /// log of ∏ s_k (Σ_k (b_k/s_k)^{2/3})^{3/2}, s_k = ‖W_k‖₂, b_k = ‖W_kᵀ‖_{2,1}: the spectral complexity R_W with reference matrices 0
    /// (Bartlett, Foster, Telgarsky 2017, eq. 1.2). The bound of their Theorem 1.1 is R_W ‖X‖_F ln(width)/(γN), up to a constant and ln N.
    /// </summary>
    public static double SpectralComplexity(LayerNorms norms)
    {
        var sum = 0.0;
        for (var k = 0; k < norms.Spectral.Length; k++) sum += Math.Pow(norms.Rows[k] / norms.Spectral[k], 2.0 / 3);
        return LogProduct(norms.Spectral) + 1.5 * Math.Log(sum);
    }

    /// <summary>
    /// log of √(B² K² h ln(4Kh) ∏s_k² Σ_k ‖W_k‖_F²/s_k² / N), B = max‖x_n‖, h the largest side of a matrix (Neyshabur, Bhojanapalli, Srebro
    /// 2018, Theorem 1: over γ, up to a constant and the confidence).
    /// </summary>
    public static double PacBayes(LayerNorms norms, InputNorms inputs, int width)
    {
        var depth = norms.Spectral.Length;
        var sum = 0.0;
        for (var k = 0; k < depth; k++) sum += Math.Pow(norms.Frobenius[k] / norms.Spectral[k], 2);
        return LogProduct(norms.Spectral) + Math.Log(inputs.Largest * depth)
            + 0.5 * Math.Log(width * Math.Log(4.0 * depth * width) * sum / inputs.Count);
    }

    /// <summary>
    /// Σ ½ log(positions of W_k's output) over convolutions: on whole images ‖W_k‖_F is at most the root of the positions times that of the
    /// matrix of maps × patch, so that <see cref="Golowich"/> plus this bounds R_N of the class with norms of maps × patch. 0 without
    /// convolutions.
    /// </summary>
    public static double LogSharing(Network network) =>
        network.Nodes.Where(static n => n.Layer is not null).Sum(static n => 0.5 * Math.Log(n.Shape.Positions));

    /// <summary>Σ_k log norm_k; −∞ with a layer that is zero.</summary>
    public static double LogProduct(ReadOnlySpan<double> norms)
    {
        var sum = 0.0;
        foreach (var norm in norms) sum += Math.Log(norm);
        return sum;
    }
}
