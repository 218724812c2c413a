using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Tests.Networks.Passes;

/// <summary>All nodes of a network written out with loops in float64, forward only: the readable second opinion.</summary>
internal sealed class ReferenceNodes(Network network)
{
    /// <summary>Signs before kinks and places of maxima: derivatives are smooth while this does not change.</summary>
    public List<int> Pattern { get; } = [];

    /// <summary>Weights and biases instead of θ's, layer by layer.</summary>
    public IReadOnlyList<(double[] Weights, double[] Biases)>? Folded { get; init; }

    /// <summary>Batch normalizations that do nothing, since they are folded.</summary>
    public IReadOnlyCollection<int> Skipped { get; init; } = [];

    /// <summary>f (N × C), and every node's output, for N rows of x.</summary>
    public double[][] Run(double[] theta, double[] x, int examples, double[]? running = null)
    {
        Pattern.Clear();
        var values = new double[network.Nodes.Count][];
        for (var i = 0; i < values.Length; i++)
        {
            var node = network.Nodes[i];
            double[] Value(int s) => s == Node.NetworkInput ? x : values[s];
            var input = node.Sources[0] == Node.NetworkInput ? network.Input : network.Nodes[node.Sources[0]].Shape;
            var a = Value(node.Sources[0]);
            values[i] = node switch
            {
                LinearNode n => Linear(n.Layer!.Value, theta, a, examples),
                WeightLayerNode { Own: SquaresLayer } n => [.. a.Select((v, j) => Square(Parameters(n.Layer!.Value, theta).Weights, v, j))],
                WeightLayerNode n => Local(n, input.Count, theta, a, examples),
                ConvolutionNode n => Convolution(n, input, theta, a, examples),
                ActivationNode n => [.. a.Select(z => Activate(n.Activation, z))],
                ElementwiseNode n => [.. a.Select(z => Smooth(n.Kind, z))],
                BatchNormNode n when Skipped.Contains(i) => a,
                BatchNormNode n => Normalize(n, theta, a, running),
                BiasNode n => [.. a.Select((v, j) => v + theta[n.Windows.Beta!.Value.Offset + j % n.Shape.Channels])],
                LayerNormNode n => NormalizeExamples(n, theta, a),
                PoolingNode n => Pool(n, input, a, examples),
                GlobalAverageNode => Average(input, a, examples),
                FlattenNode => a,
                ConcatNode n => [.. Enumerable.Range(0, examples * n.Shape.Positions).SelectMany(row =>
                    n.Sources.Zip(n.Channels).SelectMany(s => Value(s.First).Skip(row * s.Second).Take(s.Second)))],
                _ => node.Sources.Select(Value).Aggregate((u, v) => [.. u.Zip(v, (p, q) => p + q)]),
            };
        }
        return values;
    }

    private static double Smooth(string kind, double z) => kind switch
    {
        "tanh" => (Math.Exp(2 * z) - 1) / (Math.Exp(2 * z) + 1),
        "sigmoid" => (1 + Math.Tanh(z / 2)) / 2,
        "elu" => z > 0 ? z : Math.Exp(z) - 1,
        "gelu" => z * (0.5 + MathNet.Numerics.Integrate.GaussLegendre(static t => Math.Exp(-t * t / 2), 0, z, 64) / Math.Sqrt(2 * Math.PI)),
        _ => throw new ArgumentException(kind),
    };

    private (double[] Weights, double[]? Biases) Parameters(int k, double[] theta) =>
        Folded is null ? (network.Layers[k].Of(theta).ToArray(), null) : Folded[k];

    private double[] Linear(int k, double[] theta, double[] a, int examples)
    {
        var layer = network.Layers[k];
        var (w, b) = Parameters(k, theta);
        var z = new double[examples * layer.Rows];
        for (var n = 0; n < examples; n++)
        {
            for (var i = 0; i < layer.Rows; i++)
            {
                var sum = b?[i] ?? 0;
                if (layer.Kind == LayerKind.Diagonal) sum += w[i] * a[n * layer.Columns + i];
                else for (var j = 0; j < layer.Columns; j++) sum += w[i * layer.Columns + j] * a[n * layer.Columns + j];
                z[n * layer.Rows + i] = sum;
            }
        }
        return z;
    }

    private static double Square(double[] w, double a, int at) => w[at % w.Length] * w[at % w.Length] * a * a;

    private double[] Local(WeightLayerNode node, int inputs, double[] theta, double[] a, int examples)
    {
        var (w, positions, patch) = (Parameters(node.Layer!.Value, theta).Weights, node.Own.Rows, node.Own.Columns);
        var stride = (inputs - patch) / (positions - 1);
        return [.. Enumerable.Range(0, examples * positions).Select(at => Enumerable.Range(0, patch).Sum(j =>
            w[at % positions * patch + j] * a[at / positions * inputs + at % positions * stride + j]))];
    }

    private double[] Convolution(ConvolutionNode node, TensorShape input, double[] theta, double[] a, int examples)
    {
        var (w, b) = Parameters(node.Layer!.Value, theta);
        var shape = node.Shape;
        var z = new double[examples * shape.Count];
        var at = 0;
        for (var n = 0; n < examples; n++)
            for (var oy = 0; oy < shape.Height; oy++)
                for (var ox = 0; ox < shape.Width; ox++)
                    for (var m = 0; m < shape.Channels; m++)
                    {
                        var sum = b?[m] ?? 0;
                        foreach (var (ky, kx, position) in Inside(oy, ox, node.Kernel, node.Stride, node.Padding, input))
                            for (var c = 0; c < input.Channels; c++)
                                sum += w[((m * node.Kernel + ky) * node.Kernel + kx) * input.Channels + c]
                                    * a[(n * input.Positions + position) * input.Channels + c];
                        z[at++] = sum;
                    }
        return z;
    }

    private double[] Pool(PoolingNode node, TensorShape input, double[] a, int examples)
    {
        var z = new List<double>();
        for (var n = 0; n < examples; n++)
            for (var oy = 0; oy < node.Shape.Height; oy++)
                for (var ox = 0; ox < node.Shape.Width; ox++)
                    for (var c = 0; c < input.Channels; c++)
                    {
                        var seen = Inside(oy, ox, node.Kernel, node.Stride, node.Padding, input)
                            .Select(w => a[(n * input.Positions + w.Position) * input.Channels + c]).ToArray();
                        z.Add(node.Pooling == PoolingKind.Max ? seen.Max() : seen.Sum() / (node.Kernel * node.Kernel));
                        if (node.Pooling == PoolingKind.Max) Pattern.Add(Array.IndexOf(seen, seen.Max()));
                    }
        return [.. z];
    }

    private static IEnumerable<(int Ky, int Kx, int Position)> Inside(int oy, int ox, int kernel, int stride, int padding,
        TensorShape input)
    {
        for (var ky = 0; ky < kernel; ky++)
            for (var kx = 0; kx < kernel; kx++)
            {
                int y = oy * stride + ky - padding, x = ox * stride + kx - padding;
                if (y >= 0 && y < input.Height && x >= 0 && x < input.Width) yield return (ky, kx, y * input.Width + x);
            }
    }

    private static double[] Normalize(BatchNormNode node, double[] theta, double[] a, double[]? running)
    {
        var channels = node.Shape.Channels;
        var y = new double[a.Length];
        for (var c = 0; c < channels; c++)
        {
            var column = Enumerable.Range(0, a.Length / channels).Select(i => a[i * channels + c]).ToArray();
            var mean = running?[node.Windows.Means!.Value.Offset + c] ?? column.Average();
            var variance = running?[node.Windows.Variances!.Value.Offset + c] ?? column.Average(v => (v - mean) * (v - mean));
            var gamma = node.Windows.Gamma is { } scale ? theta[scale.Offset + c] : 1;
            var beta = node.Windows.Beta is { } shift ? theta[shift.Offset + c] : 0;
            for (var i = 0; i < column.Length; i++)
                y[i * channels + c] = gamma * (column[i] - mean) / Math.Sqrt(variance + node.Epsilon) + beta;
        }
        return y;
    }

    private static double[] NormalizeExamples(LayerNormNode node, double[] theta, double[] a)
    {
        var features = node.Shape.Count;
        var y = new List<double>();
        foreach (var x in a.Chunk(features))
        {
            var mean = x.Average();
            var spread = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + node.Epsilon);
            for (var i = 0; i < features; i++)
            {
                var gamma = node.Windows.Gamma is { } scale ? theta[scale.Offset + i] : 1;
                var beta = node.Windows.Beta is { } shift ? theta[shift.Offset + i] : 0;
                y.Add(gamma * (x[i] - mean) / spread + beta);
            }
        }
        return [.. y];
    }

    private static double[] Average(TensorShape input, double[] a, int examples) =>
        [.. Enumerable.Range(0, examples * input.Channels).Select(i =>
            Enumerable.Range(0, input.Positions)
                .Average(p => a[(i / input.Channels * input.Positions + p) * input.Channels + i % input.Channels]))];

    private double Activate(Activation sigma, double z)
    {
        if (sigma.HasKink) Pattern.Add(z > 0 ? 1 : 0);
        return sigma.Kind switch
        {
            ActivationKind.ReLU => Math.Max(z, 0),
            ActivationKind.LeakyReLU => z > 0 ? z : sigma.Parameter * z,
            _ => Math.Pow(z, sigma.Parameter),
        };
    }
}
