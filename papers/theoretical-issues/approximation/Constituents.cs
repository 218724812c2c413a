using Rhoflow.Approximation;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Constituent functions of two variables with a smoothness that is known: h_v = .6 ℓ_v + .3 k(q_v), ℓ_v linear, q_v(a, b) = (cos φ a +
/// sin φ b − .5ab + c)/κ with |ℓ_v|, |q_v| ≤ 1 on the square, and k(t) = |t|^m, for even m t|t|^{m−1}: its derivatives up to the order m
/// are bounded, the m-th jumps, on the hyperbola q_v = 0 and nowhere else. Each vertex has angles and constant of its own.
/// </summary>
internal static class Constituents
{
    /// <summary>m of the families with a kink; 0 stands for the analytic one, .9 sin(ℓ_v + 2q_v).</summary>
    public static IReadOnlyList<int> Kinks { get; } = [1, 2, 3];

    /// <summary>All families.</summary>
    public static IReadOnlyList<int> Families { get; } = [.. Kinks, 0];

    /// <summary>What a family is called.</summary>
    public static string Name(int family) => family == 0 ? "analytic" : $"m = {family}";

    /// <summary>h_v of a family.</summary>
    /// <param name="family">m, or 0.</param>
    /// <param name="vertex">v.</param>
    public static LocalFunction H(int family, int vertex)
    {
        var (sin, cos) = Math.SinCos(2.4 * vertex + .5);
        var (lineSin, lineCos) = Math.SinCos(2.4 * vertex + 1.5);
        double constant = .25 * Math.Sin(vertex + 1), line = Math.Abs(lineSin) + Math.Abs(lineCos);
        // A function that is linear in each variable has its extremes at the corners.
        double[] corners = [.. from a in new[] { -1.0, 1 } from b in new[] { -1.0, 1 } select cos * a + sin * b - .5 * a * b + constant];
        var scale = corners.Max(Math.Abs);
        double Line(ReadOnlySpan<double> s) => (lineCos * s[0] + lineSin * s[1]) / line;
        double Q(ReadOnlySpan<double> s) => (cos * s[0] + sin * s[1] - .5 * s[0] * s[1] + constant) / scale;
        return family switch
        {
            0 => s => .9 * Math.Sin(Line(s) + 2 * Q(s)),
            1 => s => .6 * Line(s) + .3 * Math.Abs(Q(s)),
            2 => s => .6 * Line(s) + .3 * Q(s) * Math.Abs(Q(s)),
            3 => s => .6 * Line(s) + .3 * Math.Abs(Q(s)) * Q(s) * Q(s),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "the families are 0, 1, 2 and 3"),
        };
    }

    /// <summary>A binary tree of a family.</summary>
    public static CompositionalFunction Tree(int family, int inputs) => CompositionalFunction.BinaryTree(inputs, v => H(family, v));

    /// <summary>Overlapping windows over 6 inputs: 15 vertices, most of them read by two others.</summary>
    public static CompositionalFunction Windows(int family) => CompositionalFunction.Overlapping(WindowInputs, v => H(family, v));

    /// <summary>n of <see cref="Windows"/>.</summary>
    public const int WindowInputs = 6;
}
