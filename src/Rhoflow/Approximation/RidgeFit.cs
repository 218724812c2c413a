using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// Outer weights of the ridges of a dictionary by least squares on fixed points: one factorization (pivoted QR, float64) for all functions.
/// Its errors bound the degree of approximation dist(f, V_N) of PNAS §2B from above, constructively: no descent, no start, no luck.
/// </summary>
internal sealed class RidgeFit
{
    /// <summary>Where the rank of the ridges ends, relative to the largest: rounding is amplified by at most its reciprocal.</summary>
    public const double Tolerance = 1e-12;

    private readonly double[][] _points;
    private readonly PivotedQr _qr;

    private RidgeFit(RidgeDictionary ridges, double[][] points, CancellationToken cancellation)
    {
        (Ridges, _points) = (ridges, points);
        _qr = new PivotedQr(ridges.Design(points), Tolerance, cancellation);
    }

    /// <summary>The ridges.</summary>
    public RidgeDictionary Ridges { get; }

    /// <summary>How many of them are independent on the points.</summary>
    public int Rank => _qr.Rank;

    /// <summary>On the k × k Chebyshev points of [−1, 1]², k = ⌈5D/2⌉: dense at the edges, where sup errors are.</summary>
    public static RidgeFit OnSquare(int side, RidgeProfile profile, CancellationToken cancellation = default)
    {
        var k = (5 * side + 1) / 2;
        double[] x = new double[k * k], y = new double[k * k];
        for (var i = 0; i < k * k; i++) (x[i], y[i]) = (Node(i % k), Node(i / k));
        return new RidgeFit(RidgeDictionary.Plane(side, profile), [x, y], cancellation);
        double Node(int i) => Math.Cos(Math.PI * (i + .5) / k);
    }

    /// <summary>On points drawn from [−1, 1]^d, four for each unit.</summary>
    public static RidgeFit OnCube(RidgeDictionary ridges, RandomStream random, CancellationToken cancellation = default)
    {
        var points = new double[ridges.Variables][];
        for (var j = 0; j < points.Length; j++) points[j] = ApproximationError.Points(4 * ridges.Units, 1, random);
        return new RidgeFit(ridges, points, cancellation);
    }

    /// <summary>a_q for a function.</summary>
    public double[] Outer(LocalFunction h)
    {
        var y = new double[_points[0].Length];
        var s = new double[_points.Length];
        for (var i = 0; i < y.Length; i++)
        {
            for (var j = 0; j < s.Length; j++) s[j] = _points[j][i];
            y[i] = h(s);
        }
        return _qr.Solve(y);
    }

    /// <summary>The network of the graph of <paramref name="f"/>, each vertex fitted to its constituent by itself, and its θ.</summary>
    /// <remarks>All vertices have as many sources as the ridges variables. Networks fitted to equal constituents get equal weights; they
    /// are not shared.</remarks>
    public (RidgeNetwork Network, double[] Theta) Compose(CompositionalFunction f)
    {
        var network = RidgeNetwork.Like(f, Ridges.Units, Ridges.Profile);
        var theta = new double[network.ParameterCount];
        for (var v = 0; v < f.Vertices.Count; v++) Write(network.Vertices[v], Outer(f.Vertices[v].H), theta);
        return (network, theta);
    }

    private void Write(RidgeVertex vertex, double[] outer, double[] theta)
    {
        if (vertex.Sources.Count != Ridges.Variables)
            throw new ArgumentException($"ridges of {Ridges.Variables} variables cannot be fitted to a function of {vertex.Sources.Count}");
        for (var q = 0; q < vertex.Units; q++)
        {
            var unit = theta.AsSpan(vertex.Offset + q * vertex.Stride, vertex.Stride);
            Ridges.Direction(q).CopyTo(unit);
            (unit[^2], unit[^1]) = (Ridges.Offset(q), outer[q]);
        }
    }
}
