using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>A vertex of a <see cref="RidgeNetwork"/>.</summary>
/// <param name="Sources">Numbers below n are inputs; n + v is vertex v, which comes before.</param>
/// <param name="Units">Q, its ReLU units.</param>
/// <param name="Offset">Where its window begins in θ: for every unit w (one per source), b, and a where it <paramref name="Combines"/>.
/// Vertices with one offset share weights.</param>
/// <param name="Combines">Σ_q a_q (w_q·s + b_q)_+; false: the only unit itself, as in a hidden layer.</param>
internal sealed record RidgeVertex(IReadOnlyList<int> Sources, int Units, int Offset, bool Combines)
{
    /// <summary>Parameters of one unit.</summary>
    public int Stride => Sources.Count + (Combines ? 2 : 1);
}

/// <summary>
/// PNAS §2C's networks: a directed acyclic graph whose every vertex is a shallow network s ↦ Σ_q a_q (⟨w_q, s⟩ + b_q)_+ of one output. One
/// vertex over all inputs is the shallow network (Theorem 1, (n + 2)N parameters), the vertices of a binary tree are the deep one (Theorem
/// 2, 4N parameters for N units in all, 4Q with shared weights), and one vertex per unit gives dense hidden layers. (The networks of
/// <c>Rhoflow.Networks</c> have no biases and one stream of activations.)
/// </summary>
public sealed class RidgeNetwork
{
    private RidgeNetwork(int inputs, IReadOnlyList<RidgeVertex> vertices, RidgeProfile? profile = null)
    {
        (Inputs, Vertices, Profile) = (inputs, vertices, profile ?? RidgeProfile.Relu);
        ParameterCount = vertices.Max(v => v.Offset + v.Units * v.Stride);
    }

    /// <summary>n.</summary>
    public int Inputs { get; }

    /// <summary>Each after those it reads; the last gives f.</summary>
    internal IReadOnlyList<RidgeVertex> Vertices { get; }

    /// <summary>σ of all units.</summary>
    internal RidgeProfile Profile { get; }

    /// <summary>The length of θ; shared weights count once.</summary>
    public int ParameterCount { get; }

    /// <summary>One hidden layer of <paramref name="units"/> units over all inputs.</summary>
    public static RidgeNetwork Shallow(int inputs, int units) =>
        new(inputs, [new RidgeVertex([.. Enumerable.Range(0, inputs)], units, 0, Combines: true)]);

    /// <summary>The graph of <paramref name="f"/> with <paramref name="units"/> units per vertex.</summary>
    /// <param name="shared">One set of weights for all vertices (with equally many sources each).</param>
    public static RidgeNetwork Like(CompositionalFunction f, int units, bool shared = false)
    {
        if (shared && f.Vertices.Any(v => v.Sources.Count != f.Vertices[0].Sources.Count))
            throw new ArgumentException("vertices share weights only where all read equally many sources", nameof(shared));
        var vertices = new List<RidgeVertex>();
        var offset = 0;
        foreach (var v in f.Vertices)
        {
            var vertex = new RidgeVertex(v.Sources, units, offset, Combines: true);
            vertices.Add(vertex);
            if (!shared) offset += units * vertex.Stride;
        }
        return new RidgeNetwork(f.Inputs, vertices);
    }

    /// <summary>The graph of <paramref name="f"/> with units of another profile, each vertex with weights of its own.</summary>
    internal static RidgeNetwork Like(CompositionalFunction f, int units, RidgeProfile profile, bool shared = false) =>
        Like(f, units, shared).With(profile);

    /// <summary>The same graph and windows with other units.</summary>
    internal RidgeNetwork With(RidgeProfile profile) => new(Inputs, Vertices, profile);

    /// <summary>Dense hidden layers of the given widths, and a linear combination of the last.</summary>
    public static RidgeNetwork Dense(int inputs, params ReadOnlySpan<int> widths)
    {
        if (widths.Length == 0) throw new ArgumentException("a network needs at least one hidden layer", nameof(widths));
        var vertices = new List<RidgeVertex>();
        int[] below = [.. Enumerable.Range(0, inputs)];
        var offset = 0;
        foreach (var width in widths[..^1])
        {
            for (var i = 0; i < width; i++, offset += below.Length + 1) vertices.Add(new RidgeVertex(below, 1, offset, Combines: false));
            below = [.. Enumerable.Range(inputs + vertices.Count - width, width)];
        }
        vertices.Add(new RidgeVertex(below, widths[^1], offset, Combines: true));
        return new RidgeNetwork(inputs, vertices);
    }

    /// <summary>
    /// Kinks that cross what a unit reads: w uniform in direction with ‖w‖² ≈ 2, b uniform in ±‖w‖, a ~ N(0, 1/Q).
    /// </summary>
    public double[] Start(RandomStream random)
    {
        var theta = new double[ParameterCount];
        foreach (var v in Vertices.DistinctBy(v => v.Offset))
        {
            for (var q = 0; q < v.Units; q++)
            {
                var unit = theta.AsSpan(v.Offset + q * v.Stride, v.Stride);
                var w = unit[..v.Sources.Count];
                foreach (ref var entry in w) entry = Math.Sqrt(2.0 / w.Length) * random.NextNormal();
                unit[w.Length] = Vectors.Norm(w) * (2 * random.NextDouble() - 1);
                if (v.Combines) unit[^1] = random.NextNormal() / Math.Sqrt(v.Units);
            }
        }
        return theta;
    }

    /// <summary>f(θ; x) by the formula, one point at a time: what <see cref="RidgePass"/> is held against.</summary>
    public double At(ReadOnlySpan<double> theta, ReadOnlySpan<double> x)
    {
        var values = new double[Inputs + Vertices.Count];
        x.CopyTo(values);
        for (var v = 0; v < Vertices.Count; v++)
        {
            var vertex = Vertices[v];
            for (var q = 0; q < vertex.Units; q++)
            {
                var unit = theta.Slice(vertex.Offset + q * vertex.Stride, vertex.Stride);
                var z = unit[vertex.Sources.Count];
                for (var j = 0; j < vertex.Sources.Count; j++) z += unit[j] * values[vertex.Sources[j]];
                values[Inputs + v] += (vertex.Combines ? unit[^1] : 1) * Profile.At(z);
            }
        }
        return values[^1];
    }
}
