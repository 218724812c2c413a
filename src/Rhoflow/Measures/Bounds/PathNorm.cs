using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// φ_p(W) = (Σ_paths ∏_{w on the path} |w|^p)^{1/p} over all paths from an input to an output (Neyshabur, Tomioka, Srebro 2015, §3; Neyshabur,
/// Salakhutdinov, Srebro 2015): one forward pass of |w|^p on ones. It does not change when a ReLU unit's incoming weights are multiplied by c and
/// its outgoing ones divided by it, and Σ paths of a shared (convolution) weight are counted at every position.
/// </summary>
/// <remarks>
/// A mean over k positions is a weight 1/k on each; the maximum of a window passes on the largest sum of its positions (Jiang et al. 2020); a residual
/// sum joins the paths of its branches. Batch normalization counts as folded into W (no node of its own, shifts left out).
/// </remarks>
public static class PathNorm
{
    /// <summary>Null, or why there is none.</summary>
    public static string? Refuse(Network network) => network.Nodes.OfType<ActivationNode>().FirstOrDefault(static n => n.Activation.Degree != 1) is { } power
        ? $"the path norm adds up paths of piecewise linear units; {power.Activation} units multiply them"
        : null;

    /// <summary>φ_p.</summary>
    /// <param name="network">The network.</param>
    /// <param name="theta">θ; with batch normalization, the folded weights.</param>
    /// <param name="p">1 or 2, or any p ≥ 1.</param>
    /// <exception cref="ArgumentException">The network has units of another degree than 1.</exception>
    public static double Of(Network network, ReadOnlySpan<double> theta, double p)
    {
        if (Refuse(network) is { } reason) throw new ArgumentException(reason, nameof(network));
        var powers = new double[theta.Length];
        for (var i = 0; i < powers.Length; i++) powers[i] = p == 1 ? Math.Abs(theta[i]) : p == 2 ? theta[i] * theta[i] : Math.Pow(Math.Abs(theta[i]), p);
        var ones = new double[network.Inputs];
        ones.AsSpan().Fill(1);
        var sums = new double[network.Nodes.Count][];
        for (var i = 0; i < sums.Length; i++)
        {
            var node = network.Nodes[i];
            var source = node.Sources[0];
            sums[i] = Visit(network, node, powers, p, source < 0 ? ones : sums[source], source < 0 ? network.Input : network.Nodes[source].Shape, sums, ones);
        }
        return Math.Pow(sums[^1].Sum(), 1 / p);
    }

    private static double[] Visit(Network network, Node node, double[] powers, double p, double[] a, TensorShape shape, double[][] sums, double[] ones) => node switch
    {
        LinearNode linear => Linear(network.Layers[linear.Layer], powers, a),
        ConvolutionNode convolution => Convolution(network.Layers[convolution.Layer], convolution, powers, a, shape),
        PoolingNode pooling => Pooling(pooling, a, shape, Math.Pow(pooling.Kernel * pooling.Kernel, -p)),
        GlobalAverageNode => GlobalAverage(a, shape, Math.Pow(shape.Positions, -p)),
        ActivationNode { Activation: { Kind: ActivationKind.LeakyReLU, Parameter: var slope } } when Math.Abs(slope) > 1 => [.. a.Select(v => v * Math.Pow(Math.Abs(slope), p))],
        SumNode sum => Joined(sum, sums, ones),
        _ => a,
    };

    private static double[] Linear(Layer layer, double[] powers, double[] a)
    {
        var w = layer.Of(powers);
        var z = new double[layer.Rows];
        for (var i = 0; i < z.Length; i++)
            z[i] = layer.Kind == LayerKind.Diagonal ? w[i] * a[i] : Vectors.Dot(w.Slice(i * layer.Columns, layer.Columns), a);
        return z;
    }

    private static double[] Convolution(Layer layer, ConvolutionNode node, double[] powers, double[] a, TensorShape shape)
    {
        var w = layer.Of(powers);
        var z = new double[node.Shape.Count];
        for (var y = 0; y < node.Shape.Height; y++)
            for (var x = 0; x < node.Shape.Width; x++)
                for (var dy = 0; dy < node.Kernel; dy++)
                {
                    int row = y * node.Stride + dy - node.Padding, left = x * node.Stride - node.Padding;
                    if (row < 0 || row >= shape.Height) continue;
                    // The part of the patch's row that lies in the image is contiguous.
                    int from = Math.Max(0, -left), count = (Math.Min(node.Kernel, shape.Width - left) - from) * shape.Channels;
                    if (count <= 0) continue;
                    var pixels = a.AsSpan((row * shape.Width + left + from) * shape.Channels, count);
                    for (var map = 0; map < layer.Rows; map++)
                        z[(y * node.Shape.Width + x) * layer.Rows + map] += Vectors.Dot(w.Slice(map * layer.Columns + (dy * node.Kernel + from) * shape.Channels, count), pixels);
                }
        return z;
    }

    private static double[] Pooling(PoolingNode node, double[] a, TensorShape shape, double share)
    {
        var z = new double[node.Shape.Count];
        for (var y = 0; y < node.Shape.Height; y++)
            for (var x = 0; x < node.Shape.Width; x++)
                for (var c = 0; c < shape.Channels; c++)
                {
                    double sum = 0, largest = 0;
                    for (var dy = 0; dy < node.Kernel; dy++)
                        for (var dx = 0; dx < node.Kernel; dx++)
                        {
                            int row = y * node.Stride + dy - node.Padding, column = x * node.Stride + dx - node.Padding;
                            if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;
                            var v = a[(row * shape.Width + column) * shape.Channels + c];
                            (sum, largest) = (sum + v, Math.Max(largest, v));
                        }
                    z[(y * node.Shape.Width + x) * shape.Channels + c] = node.Pooling == PoolingKind.Max ? largest : share * sum;
                }
        return z;
    }

    private static double[] GlobalAverage(double[] a, TensorShape shape, double share)
    {
        var z = new double[shape.Channels];
        for (var i = 0; i < a.Length; i++) z[i % shape.Channels] += share * a[i];
        return z;
    }

    private static double[] Joined(SumNode node, double[][] sums, double[] ones)
    {
        var z = new double[node.Shape.Count];
        foreach (var source in node.Sources) Vectors.Add(1, source < 0 ? ones : sums[source], z);
        return z;
    }
}
