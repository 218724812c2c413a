using Rhoflow.Kernels;

namespace Rhoflow.Tests.Kernels;

/// <summary>The three passes of a convolution as the definition says them, in float64.</summary>
internal static class ReferenceConvolution
{
    public static double[] Forward(ConvolutionShape s, int examples, double[] x, double[] w)
    {
        var y = new double[examples * s.OutputSize];
        Visit(s, examples, (input, weight, output) => y[output] += w[weight] * x[input]);
        return y;
    }

    public static double[] BackwardData(ConvolutionShape s, int examples, double[] dy, double[] w)
    {
        var dx = new double[examples * s.InputSize];
        Visit(s, examples, (input, weight, output) => dx[input] += w[weight] * dy[output]);
        return dx;
    }

    public static double[] BackwardWeights(ConvolutionShape s, int examples, double[] x, double[] dy)
    {
        var dw = new double[s.Maps * s.Patch];
        Visit(s, examples, (input, weight, output) => dw[weight] += dy[output] * x[input]);
        return dw;
    }

    // Every product of an input and a weight that belongs to an output.
    private static void Visit(ConvolutionShape s, int examples, Action<int, int, int> product)
    {
        for (var n = 0; n < examples; n++)
            for (var oy = 0; oy < s.OutHeight; oy++)
                for (var ox = 0; ox < s.OutWidth; ox++)
                    for (var ky = 0; ky < s.KernelHeight; ky++)
                        for (var kx = 0; kx < s.KernelWidth; kx++)
                        {
                            int iy = oy * s.Stride + ky - s.Padding, ix = ox * s.Stride + kx - s.Padding;
                            if (iy < 0 || iy >= s.Height || ix < 0 || ix >= s.Width) continue;
                            for (var m = 0; m < s.Maps; m++)
                                for (var c = 0; c < s.Channels; c++)
                                    product(
                                        ((n * s.Height + iy) * s.Width + ix) * s.Channels + c,
                                        ((m * s.KernelHeight + ky) * s.KernelWidth + kx) * s.Channels + c,
                                        ((n * s.OutHeight + oy) * s.OutWidth + ox) * s.Maps + m);
                        }
    }
}
