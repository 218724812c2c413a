using System.Runtime.InteropServices;
using static Rhoflow.Tests.Lab.Models.OnnxFile;

namespace Rhoflow.Tests.Lab.Models;

/// <summary>
/// A graph that is written node by node, and what it gives for some examples by loops in ONNX's order channel, row, column: the second
/// opinion. Weights are drawn.
/// </summary>
internal sealed class OnnxSample
{
    private readonly Random _random;
    private readonly List<byte[]> _nodes = [];
    private readonly List<Func<bool, byte[]>> _initializers = [];
    private readonly Dictionary<string, (long[] Shape, double[] Values)> _values = new(StringComparer.Ordinal);
    private readonly long[] _input;
    private int _count;

    /// <param name="example">Channels, rows, columns; or numbers.</param>
    public OnnxSample(Random random, int examples, params long[] example)
    {
        (_random, _input) = (random, example);
        _values["x"] = ([examples, .. example], Draw(examples * example.Aggregate(1L, static (a, b) => a * b)));
    }

    public double[] Input => _values["x"].Values;

    public double[] this[string name] => _values[name].Values;

    public long[] ShapeOf(string name) => _values[name].Shape;

    /// <summary>Another way of writing a node, with a value that is known.</summary>
    public string Node(string op, string[] inputs, long[] shape, double[] values, params byte[][] attributes)
    {
        var name = $"v{++_count}";
        _nodes.Add(OnnxFile.Node(op, inputs, [name], attributes));
        _values[name] = (shape, values);
        return name;
    }

    public string Weights(string name, params long[] shape) => Constant(name, Draw(shape.Aggregate(1L, static (a, b) => a * b)), shape);

    public string Constant(string name, double[] values, params long[] shape)
    {
        _initializers.Add(isSingle => Bytes(5, Tensor(name, isSingle ? 1 : 11, shape, Bytes(9, isSingle
            ? MemoryMarshal.AsBytes<float>(Array.ConvertAll(values, static v => (float)v)).ToArray()
            : MemoryMarshal.AsBytes(values.AsSpan()).ToArray()))));
        _values[name] = (shape, values);
        return name;
    }

    public string Integers(string name, params long[] values)
    {
        var tensor = Bytes(5, Tensor(name, 7, [values.Length], Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())));
        _initializers.Add(_ => tensor);
        return name;
    }

    public static byte[] Whole(string name, long value) => [.. Text(1, name), .. Number(3, value), .. Number(20, 2)];

    public static byte[] Wholes(string name, params long[] values) =>
        [.. Text(1, name), .. Bytes(8, [.. values.Select(static v => Varint((ulong)v))]), .. Number(20, 7)];

    public static byte[] Real(string name, float value) =>
        [.. Text(1, name), .. Varint(2 << 3 | 5), .. BitConverter.GetBytes(value), .. Number(20, 1)];

    public string Conv(string x, string name, int maps, int kernel, int stride, int pad, bool bias)
    {
        var (s, a) = _values[x];
        long c = s[1], h = (s[2] + 2 * pad - kernel) / stride + 1, w = (s[3] + 2 * pad - kernel) / stride + 1;
        double[] kernels = this[Weights($"{name}.weight", maps, c, kernel, kernel)], b = new double[maps];
        if (bias) b = this[Weights($"{name}.bias", maps)];
        var z = new double[s[0] * maps * h * w];
        for (long n = 0, at = 0; n < s[0]; n++)
            for (var m = 0; m < maps; m++)
                for (var i = 0; i < h; i++)
                    for (var j = 0; j < w; j++, at++)
                    {
                        z[at] = b[m];
                        for (var q = 0; q < c; q++)
                            for (var u = 0; u < kernel; u++)
                                for (var v = 0; v < kernel; v++)
                                {
                                    long row = i * stride + u - pad, column = j * stride + v - pad;
                                    if (row < 0 || row >= s[2] || column < 0 || column >= s[3]) continue;
                                    z[at] += kernels[((m * c + q) * kernel + u) * kernel + v]
                                        * a[((n * c + q) * s[2] + row) * s[3] + column];
                                }
                    }
        return Node("Conv", bias ? [x, $"{name}.weight", $"{name}.bias"] : [x, $"{name}.weight"], [s[0], maps, h, w], z,
            Wholes("strides", stride, stride), Wholes("pads", pad, pad, pad, pad), Wholes("kernel_shape", kernel, kernel));
    }

    public string Gemm(string x, string name, int outputs, bool transposed = true)
    {
        var (s, a) = _values[x];
        var w = this[transposed ? Weights($"{name}.weight", outputs, s[1]) : Weights($"{name}.weight", s[1], outputs)];
        var b = this[Weights($"{name}.bias", outputs)];
        return Node("Gemm", [x, $"{name}.weight", $"{name}.bias"], [s[0], outputs],
            [.. Enumerable.Range(0, (int)s[0] * outputs).Select(at => b[at % outputs] + Enumerable.Range(0, (int)s[1]).Sum(j =>
                a[at / outputs * s[1] + j] * w[transposed ? at % outputs * s[1] + j : j * outputs + at % outputs]))],
            Whole("transB", transposed ? 1 : 0));
    }

    public string BatchNorm(string x, string name)
    {
        var (s, a) = _values[x];
        var p = new[] { "weight", "bias", "mean" }.Select(n => this[Weights($"{name}.{n}", s[1])]).ToArray();
        var variance = this[Constant($"{name}.var", [.. Draw(s[1]).Select(static v => 0.5 + v * v)], s[1])];
        var positions = s.Skip(2).Aggregate(1L, static (u, v) => u * v);
        return Node("BatchNormalization", [x, $"{name}.weight", $"{name}.bias", $"{name}.mean", $"{name}.var"], s, [.. a.Select((v, at) =>
        {
            var c = at / positions % s[1];
            return p[0][c] * (v - p[2][c]) / Math.Sqrt(variance[c] + 1e-3) + p[1][c];
        })], Real("epsilon", 1e-3f));
    }

    public string Map(string op, string x, Func<double, double> sigma, params byte[][] attributes) =>
        Node(op, [x], _values[x].Shape, [.. this[x].Select(sigma)], attributes);

    public string Relu(string x) => Map("Relu", x, static v => Math.Max(0, v));

    public string Add(string x, string y) => Node("Add", [x, y], _values[x].Shape, [.. this[x].Zip(this[y], static (a, b) => a + b)]);

    /// <summary>Side by side along the second axis.</summary>
    public string Concat(params string[] parts)
    {
        var shapes = parts.Select(p => _values[p].Shape).ToArray();
        long examples = shapes[0][0], positions = shapes[0].Skip(2).Aggregate(1L, static (u, v) => u * v);
        var values = new List<double>();
        for (var n = 0; n < examples; n++)
            foreach (var (part, shape) in parts.Zip(shapes))
                values.AddRange(this[part].Skip((int)(n * shape[1] * positions)).Take((int)(shape[1] * positions)));
        return Node("Concat", parts, [examples, shapes.Sum(static s => s[1]), .. shapes[0].Skip(2)], [.. values], Whole("axis", 1));
    }

    public string MaxPool(string x, int kernel)
    {
        var (s, a) = _values[x];
        long h = s[2] / kernel, w = s[3] / kernel;
        return Node("MaxPool", [x], [s[0], s[1], h, w], [.. Enumerable.Range(0, (int)(s[0] * s[1] * h * w)).Select(at =>
        {
            long image = at / (h * w), i = at / w % h, j = at % w;
            return Enumerable.Range(0, kernel * kernel)
                .Max(p => a[(image * s[2] + i * kernel + p / kernel) * s[3] + j * kernel + p % kernel]);
        })], Wholes("kernel_shape", kernel, kernel), Wholes("strides", kernel, kernel));
    }

    public string GlobalAverage(string x)
    {
        var (s, a) = _values[x];
        var positions = (int)(s[2] * s[3]);
        return Node("GlobalAveragePool", [x], [s[0], s[1], 1, 1], [.. a.Chunk(positions).Select(static c => c.Average())]);
    }

    public string Flatten(string x) => Node("Flatten", [x], [_values[x].Shape[0], this[x].Length / _values[x].Shape[0]], this[x]);

    /// <summary>The model file.</summary>
    /// <param name="output">The value that the graph gives.</param>
    /// <param name="opset">The version of its operators.</param>
    /// <param name="isSingle">Whether its numbers are float32; else float64.</param>
    public byte[] File(string output, int opset = 17, bool isSingle = false) =>
    [
        .. Number(1, 8),
        .. Bytes(7, [.. _nodes.Select(static n => Bytes(1, n)), .. _initializers.Select(i => i(isSingle)),
            Bytes(11, Text(1, "x"), Bytes(2, Bytes(1, Number(1, isSingle ? 1 : 11), Bytes(2, Bytes(1, Text(2, "N")),
                [.. _input.SelectMany(static d => Bytes(1, Number(1, d)))])))),
            Bytes(12, Text(1, output))]),
        .. Bytes(8, Text(1, ""), Number(2, opset)),
    ];

    private double[] Draw(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => 2 * _random.NextDouble() - 1)];
}
