namespace Rhoflow.Approximation;

/// <summary>A function of a few variables.</summary>
public delegate double LocalFunction(ReadOnlySpan<double> x);

/// <summary>A vertex of a <see cref="CompositionalFunction"/>: what it reads and what it makes of it.</summary>
/// <param name="Sources">Numbers below n are inputs x_1 … x_n; n + v is the vertex v, which must come before.</param>
/// <param name="H">The constituent function, of as many variables as there are sources.</param>
public sealed record Constituent(IReadOnlyList<int> Sources, LocalFunction H);

/// <summary>
/// f(x_1 … x_n) put together from functions of few variables along a directed acyclic graph (PNAS §2C; the last vertex is f): the
/// hierarchical functions that deep networks of the same graph approximate without the curse of dimensionality.
/// </summary>
public sealed class CompositionalFunction
{
    private readonly double[] _values;
    private readonly double[] _local;

    /// <param name="inputs">n ≥ 1.</param>
    /// <param name="vertices">Each after those that it reads.</param>
    /// <exception cref="ArgumentException">No vertices, or one (it is named) that reads nothing, or something that does not come before
    /// it.</exception>
    public CompositionalFunction(int inputs, IReadOnlyList<Constituent> vertices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        if (vertices.Count == 0) throw new ArgumentException("a compositional function needs at least one vertex", nameof(vertices));
        for (var v = 0; v < vertices.Count; v++)
        {
            if (vertices[v].Sources.Count == 0) throw new ArgumentException($"vertex {v + 1} reads nothing", nameof(vertices));
            foreach (var s in vertices[v].Sources)
                if (s < 0 || s >= inputs + v)
                    throw new ArgumentException($"vertex {v + 1} reads {s}; before it there are 0 … {inputs + v - 1} ({inputs} inputs, "
                        + "then vertices)", nameof(vertices));
        }
        (Inputs, Vertices) = (inputs, vertices);
        _values = new double[inputs + vertices.Count];
        _local = new double[vertices.Max(v => v.Sources.Count)];
    }

    /// <summary>n.</summary>
    public int Inputs { get; }

    /// <summary>V, the last of them f.</summary>
    public IReadOnlyList<Constituent> Vertices { get; }

    /// <summary>
    /// A binary tree over x_1 … x_n, n a power of 2: n/2 vertices on neighbouring pairs of inputs, n/4 on pairs of those, … (PNAS fig 1 b);
    /// n − 1 in all.
    /// </summary>
    /// <param name="inputs">n = 2, 4, 8, …</param>
    /// <param name="h">The constituent of vertex v = 0 … n − 2, a function of two variables.</param>
    public static CompositionalFunction BinaryTree(int inputs, Func<int, LocalFunction> h)
    {
        if (inputs < 2 || !int.IsPow2(inputs))
            throw new ArgumentException($"a binary tree has 2, 4, 8, … inputs; {inputs} were given", nameof(inputs));
        // Leaves and vertices in one numbering: v reads the two oldest that nobody has read.
        return new CompositionalFunction(inputs,
            [.. Enumerable.Range(0, inputs - 1).Select(v => new Constituent([2 * v, 2 * v + 1], h(v)))]);
    }

    /// <summary>
    /// Windows of two that overlap, level by level: n − 1 vertices on (x_i, x_{i+1}), n − 2 on neighbours of those, … down to one. A graph
    /// that is no tree, like a convolution of stride 1; n(n − 1)/2 vertices.
    /// </summary>
    /// <inheritdoc cref="BinaryTree"/>
    public static CompositionalFunction Overlapping(int inputs, Func<int, LocalFunction> h)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 2);
        var vertices = new List<Constituent>();
        for (int width = inputs, first = 0; width > 1; first += width--)
            for (var i = 0; i < width - 1; i++) vertices.Add(new Constituent([first + i, first + i + 1], h(vertices.Count)));
        return new CompositionalFunction(inputs, vertices);
    }

    /// <summary>The same graph with other constituents.</summary>
    /// <param name="change">From the number of variables and the constituent to its replacement.</param>
    public CompositionalFunction With(Func<int, LocalFunction, LocalFunction> change) =>
        new(Inputs, [.. Vertices.Select(v => v with { H = change(v.Sources.Count, v.H) })]);

    /// <summary>f(x). Not thread-safe; use one instance per thread.</summary>
    public double At(ReadOnlySpan<double> x)
    {
        if (x.Length != Inputs) throw new ArgumentException($"f takes {Inputs} numbers; {x.Length} were given", nameof(x));
        x.CopyTo(_values);
        for (var v = 0; v < Vertices.Count; v++)
        {
            var (sources, h) = Vertices[v];
            for (var j = 0; j < sources.Count; j++) _local[j] = _values[sources[j]];
            _values[Inputs + v] = h(_local.AsSpan(0, sources.Count));
        }
        return _values[^1];
    }
}
