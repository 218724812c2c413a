using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// Ridges s ↦ σ(⟨w_q, s⟩ + b_q) whose directions and offsets are chosen by a rule, before any function is looked at: what is left to a
/// function is the outer weights, which are linear. So upper bounds of Theorems 1 and 2 of PNAS §2C are proved (Mhaskar, Neural
/// Computation 8:164, 1996).
/// </summary>
internal sealed class RidgeDictionary
{
    private readonly double[] _w, _b;

    private RidgeDictionary(int variables, RidgeProfile profile, double[] w, double[] b) =>
        (Variables, Profile, _w, _b) = (variables, profile, w, b);

    /// <summary>d.</summary>
    public int Variables { get; }

    /// <summary>M.</summary>
    public int Units => _b.Length;

    /// <summary>σ.</summary>
    public RidgeProfile Profile { get; }

    /// <summary>w_q, ‖w_q‖₂ = 1.</summary>
    public ReadOnlySpan<double> Direction(int q) => _w.AsSpan(q * Variables, Variables);

    /// <summary>b_q.</summary>
    public double Offset(int q) => _b[q];

    /// <summary>
    /// For [−1, 1]²: D directions at the angles π(k + ½)/D, and on each D kinks −b = −r + 2rj/D, j = 0 … D − 1, where r = ‖w‖₁ is how far
    /// ⟨w, s⟩ goes. M = D² units. The first kink of a direction lies at the corner, so that the unit is linear on the square.
    /// </summary>
    /// <param name="side">D ≥ 3.</param>
    /// <param name="profile">σ; smooth ones are given a sharpness that grows like D, the density of the kinks.</param>
    public static RidgeDictionary Plane(int side, RidgeProfile profile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 3);
        double[] w = new double[2 * side * side], b = new double[side * side];
        for (var k = 0; k < side; k++)
        {
            var (sin, cos) = Math.SinCos(Math.PI * (k + .5) / side);
            var reach = Math.Abs(sin) + Math.Abs(cos);
            for (var j = 0; j < side; j++)
            {
                var q = k * side + j;
                (w[2 * q], w[2 * q + 1], b[q]) = (cos, sin, reach * (1 - 2.0 * j / side));
            }
        }
        return new RidgeDictionary(2, profile, w, b);
    }

    /// <summary>
    /// For [−1, 1]^d: M directions uniform on the sphere; of the first d + 1 units the kink lies outside the cube, so that they are linear
    /// on it, the others have theirs through a point drawn from the cube.
    /// </summary>
    public static RidgeDictionary Cube(int variables, int units, RidgeProfile profile, RandomStream random)
    {
        double[] w = new double[units * variables], b = new double[units], point = new double[variables];
        for (var q = 0; q < units; q++)
        {
            var direction = w.AsSpan(q * variables, variables);
            foreach (ref var entry in direction) entry = random.NextNormal();
            Vectors.Scale(1 / Vectors.Norm(direction), direction, direction);
            foreach (ref var entry in point.AsSpan()) entry = 2 * random.NextDouble() - 1;
            b[q] = q <= variables ? TensorPrimitives.SumOfMagnitudes<double>(direction) + .1 * q : -Vectors.Dot(direction, point);
        }
        return new RidgeDictionary(variables, profile, w, b);
    }

    /// <summary>σ(⟨w_q, s_i⟩ + b_q): a column per ridge, a row per point.</summary>
    /// <param name="points">One array per variable.</param>
    public double[][] Design(double[][] points)
    {
        var count = points[0].Length;
        var scratch = new double[count];
        var columns = new double[Units][];
        for (var q = 0; q < Units; q++)
        {
            var z = columns[q] = new double[count];
            z.AsSpan().Fill(_b[q]);
            for (var j = 0; j < Variables; j++) Vectors.Add(Direction(q)[j], points[j], z);
            Profile.Apply(z, scratch);
        }
        return columns;
    }
}
