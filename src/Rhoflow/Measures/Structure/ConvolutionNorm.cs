using System.Numerics.Tensors;
using Rhoflow.Kernels;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// ‖A‖₂ of a convolution as networks have it, with zeros around the image: Lanczos on AᵀA with the network's own kernels in float64, one
/// image at a time, any stride and padding. <see cref="CircularConvolution.Around"/> bounds it from above.
/// </summary>
internal static class ConvolutionNorm
{
    /// <summary>Steps after which the residual is reported as it is.</summary>
    public const int MostSteps = 1000;

    /// <param name="shape">The sizes.</param>
    /// <param name="w">Maps × Patch.</param>
    /// <param name="team">Who works; the bits do not depend on it.</param>
    /// <param name="cancellation">Looked at before every product.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static OperatorNorm ZeroPadded(ConvolutionShape shape, ReadOnlySpan<double> w, Team team,
        CancellationToken cancellation = default)
    {
        if (w.Length != shape.Maps * shape.Patch)
            throw new ArgumentException($"{w.Length} weights are no matrix of {shape.Maps} maps × {shape.Patch}");
        var convolution = new Convolution<double>(shape, 1, team);
        var scale = Scaled(w, out var weights);
        var y = new double[shape.OutputSize];
        var norm = new NormLanczos(shape.InputSize).Run((x, z) =>
        {
            convolution.Forward(1, x, weights, y);
            convolution.BackwardData(1, y, weights, z);
        }, MostSteps, cancellation: cancellation);
        return new OperatorNorm(scale * norm.Value, scale * norm.Bound, norm.Steps);
    }

    // Squares of tiny or huge weights would leave the range of a double.
    internal static double Scaled(ReadOnlySpan<double> w, out double[] scaled)
    {
        var scale = Math.Abs(TensorPrimitives.MaxMagnitude(w));
        if (!double.IsFinite(scale)) throw new ArgumentException("a weight is not a finite number: the convolution has no norm");
        if (scale == 0) scale = 1;
        scaled = new double[w.Length];
        for (var i = 0; i < scaled.Length; i++) scaled[i] = w[i] / scale;
        return scale;
    }
}
