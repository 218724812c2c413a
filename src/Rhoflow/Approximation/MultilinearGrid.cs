namespace Rhoflow.Approximation;

/// <summary>
/// Piecewise multilinear interpolation on [−1, 1]^d with g equally spaced nodes per side: g^d parameters, the values at the nodes, and sup
/// error ≤ ⅛ s² Σ_j max|∂²f/∂x_j²|, s = 2/(g − 1), for m = 2 derivatives. It attains the rates of PNAS Theorems 1 and 2: error ~
/// parameters^{−2/d} for one grid over all d = n variables, parameters^{−2/2} for a grid of d = 2 at every vertex of a binary tree.
/// </summary>
/// <remarks>Only the 2^d values around a point are evaluated, so nothing is stored and g^d may be of any size.</remarks>
public static class MultilinearGrid
{
    /// <summary>g^d.</summary>
    public static double Parameters(int variables, int nodes) => Math.Pow(nodes, variables);

    /// <summary>Σ_v g^{d_v} for a grid at every vertex.</summary>
    public static double Parameters(CompositionalFunction f, int nodes) => f.Vertices.Sum(v => Parameters(v.Sources.Count, nodes));

    /// <summary>
    /// A grid at every vertex of the graph of <paramref name="f"/>: the deep network. Constituents must stay within [−1, 1].
    /// </summary>
    public static CompositionalFunction Interpolate(CompositionalFunction f, int nodes) =>
        f.With((variables, h) => Interpolate(h, variables, nodes));

    /// <summary>
    /// The interpolant of <paramref name="f"/>. Beyond [−1, 1]^d it continues the outermost cells. Not thread-safe; use one instance per
    /// thread.
    /// </summary>
    /// <param name="f">Evaluated at the nodes only.</param>
    /// <param name="variables">d, 1 … 20.</param>
    /// <param name="nodes">g ≥ 2.</param>
    public static LocalFunction Interpolate(LocalFunction f, int variables, int nodes)
    {
        if (variables is < 1 or > 20)
            throw new ArgumentOutOfRangeException(nameof(variables), variables,
                "a grid has 1 … 20 variables (2^d nodes are read per point)");
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 2);
        double[] corner = new double[variables], share = new double[variables];
        var cell = new int[variables];
        return x =>
        {
            for (var j = 0; j < variables; j++)
            {
                var at = (x[j] + 1) / 2 * (nodes - 1);
                cell[j] = Math.Clamp((int)at, 0, nodes - 2);
                share[j] = at - cell[j];
            }
            var sum = 0.0;
            for (var bits = 0; bits < 1 << variables; bits++)
            {
                var weight = 1.0;
                for (var j = 0; j < variables; j++)
                {
                    var up = (bits >> j) & 1;
                    weight *= up == 1 ? share[j] : 1 - share[j];
                    corner[j] = 2.0 * (cell[j] + up) / (nodes - 1) - 1;
                }
                if (weight != 0) sum += weight * f(corner);
            }
            return sum;
        };
    }
}
