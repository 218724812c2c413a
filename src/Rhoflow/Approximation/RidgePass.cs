using System.Numerics;
using System.Numerics.Tensors;

namespace Rhoflow.Approximation;

/// <summary>
/// Forward and backward through a <see cref="RidgeNetwork"/> for up to a fixed number of points at once; allocates nothing after
/// construction.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="capacity">The most points of one call.</param>
internal sealed class RidgePass(RidgeNetwork network, int capacity)
{
    private readonly double[][] _value = Buffers(network.Vertices.Count, capacity);
    private readonly double[][] _delta = Buffers(network.Vertices.Count, capacity);
    private readonly double[][] _hidden = [.. network.Vertices.Select(v => new double[v.Units * capacity])];
    private readonly double[] _back = new double[capacity], _slope = new double[capacity];
    private double[][] _x = [];
    private int _first, _count;

    /// <summary>f at <paramref name="count"/> points from <paramref name="first"/> on.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="x">One array per input, with all points in it.</param>
    public ReadOnlySpan<double> Forward(ReadOnlySpan<double> theta, double[][] x, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, capacity);
        (_x, _first, _count) = (x, first, count);
        for (var v = 0; v < network.Vertices.Count; v++)
        {
            var vertex = network.Vertices[v];
            var sum = _value[v].AsSpan(0, count);
            sum.Clear();
            for (var q = 0; q < vertex.Units; q++)
            {
                var unit = theta.Slice(vertex.Offset + q * vertex.Stride, vertex.Stride);
                var z = Hidden(v, q);
                z.Fill(unit[vertex.Sources.Count]);
                for (var j = 0; j < vertex.Sources.Count; j++) TensorPrimitives.MultiplyAdd(Source(vertex.Sources[j]), unit[j], z, z);
                network.Profile.Apply(z, _slope.AsSpan(0, count));
                TensorPrimitives.MultiplyAdd(z, vertex.Combines ? unit[^1] : 1, sum, sum);
            }
        }
        return _value[^1].AsSpan(0, count);
    }

    /// <summary>gradient ← Σ_i weights_i ∂f(x_i)/∂θ at the points of the last <see cref="Forward"/>.</summary>
    public void Backward(ReadOnlySpan<double> theta, ReadOnlySpan<double> weights, Span<double> gradient)
    {
        gradient.Clear();
        foreach (var delta in _delta) delta.AsSpan(0, _count).Clear();
        weights[.._count].CopyTo(_delta[^1]);
        Descend(theta, new Totals(gradient));
    }

    /// <summary>
    /// jacobian[p][i] ← ∂f(x_i)/∂θ_p at the points of the last <see cref="Forward"/>: Gauss–Newton's matrix, a row a parameter.
    /// </summary>
    public void Jacobian(ReadOnlySpan<double> theta, double[][] jacobian)
    {
        foreach (var row in jacobian) row.AsSpan(0, _count).Clear();
        foreach (var delta in _delta) delta.AsSpan(0, _count).Clear();
        _delta[^1].AsSpan(0, _count).Fill(1);
        Descend(theta, new Rows(jacobian));
    }

    // From the output down, with δ of the last vertex given: what every point adds to every parameter goes into the collection.
    private void Descend<TParts>(ReadOnlySpan<double> theta, TParts parts) where TParts : IParts, allows ref struct
    {
        var back = _back.AsSpan(0, _count);
        for (var v = network.Vertices.Count - 1; v >= 0; v--)
        {
            var vertex = network.Vertices[v];
            ReadOnlySpan<double> delta = _delta[v].AsSpan(0, _count);
            for (var q = 0; q < vertex.Units; q++)
            {
                var at = vertex.Offset + q * vertex.Stride;
                ReadOnlySpan<double> h = Hidden(v, q);
                if (vertex.Combines) parts.AddProducts(at + vertex.Stride - 1, h, delta);
                Gate(h, delta, vertex.Combines ? theta[at + vertex.Stride - 1] : 1, back);
                parts.Add(at + vertex.Sources.Count, back);
                for (var j = 0; j < vertex.Sources.Count; j++)
                {
                    var source = vertex.Sources[j];
                    parts.AddProducts(at + j, back, Source(source));
                    if (source < network.Inputs) continue;
                    var below = _delta[source - network.Inputs].AsSpan(0, _count);
                    TensorPrimitives.MultiplyAdd(back, theta[at + j], below, below);
                }
            }
        }
    }

    // back = a·delta·σ′.
    private void Gate(ReadOnlySpan<double> h, ReadOnlySpan<double> delta, double a, Span<double> back)
    {
        if (!network.Profile.IsRelu)
        {
            var slope = _slope.AsSpan(0, _count);
            network.Profile.Slopes(h, slope);
            TensorPrimitives.Multiply(delta, a, back);
            TensorPrimitives.Multiply<double>(back, slope, back);
            return;
        }
        var i = 0;
        for (; i <= back.Length - Vector<double>.Count; i += Vector<double>.Count)
            Vector.ConditionalSelect(Vector.GreaterThan(new Vector<double>(h[i..]), Vector<double>.Zero),
                a * new Vector<double>(delta[i..]), Vector<double>.Zero).CopyTo(back[i..]);
        for (; i < back.Length; i++) back[i] = h[i] > 0 ? a * delta[i] : 0;
    }

    private Span<double> Hidden(int vertex, int unit) => _hidden[vertex].AsSpan(unit * capacity, _count);

    private ReadOnlySpan<double> Source(int source) =>
        source < network.Inputs ? _x[source].AsSpan(_first, _count) : _value[source - network.Inputs].AsSpan(0, _count);

    private static double[][] Buffers(int count, int capacity) => [.. Enumerable.Range(0, count).Select(_ => new double[capacity])];

    /// <summary>Where derivatives by parameters are collected, point by point.</summary>
    private interface IParts
    {
        /// <summary>a_i b_i of every point i, for a parameter.</summary>
        void AddProducts(int parameter, ReadOnlySpan<double> a, ReadOnlySpan<double> b);

        /// <summary>a_i.</summary>
        void Add(int parameter, ReadOnlySpan<double> a);
    }

    /// <summary>Summed over the points.</summary>
    private readonly ref struct Totals(Span<double> gradient) : IParts
    {
        private readonly Span<double> _gradient = gradient;

        public void AddProducts(int parameter, ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
            _gradient[parameter] += TensorPrimitives.Dot(a, b);

        public void Add(int parameter, ReadOnlySpan<double> a) => _gradient[parameter] += TensorPrimitives.Sum(a);
    }

    /// <summary>A number of its own for every point.</summary>
    private readonly struct Rows(double[][] jacobian) : IParts
    {
        public void AddProducts(int parameter, ReadOnlySpan<double> a, ReadOnlySpan<double> b)
        {
            var row = jacobian[parameter].AsSpan(0, a.Length);
            TensorPrimitives.MultiplyAdd(a, b, row, row);
        }

        public void Add(int parameter, ReadOnlySpan<double> a)
        {
            var row = jacobian[parameter].AsSpan(0, a.Length);
            TensorPrimitives.Add(row, a, row);
        }
    }
}
