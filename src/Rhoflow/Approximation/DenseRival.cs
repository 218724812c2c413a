namespace Rhoflow.Approximation;

/// <summary>
/// The dense network that contains a network on a binary tree: log₂ n hidden layers of as many units as the tree has on each level, all
/// connected. Its weight from a unit of a child to a unit of the parent is the product w_j a_q of the two weights between which the tree
/// forms the child's value; all others are 0. So it does at least as well as the tree with as many units, and has of the order of the
/// square of its parameters.
/// </summary>
internal static class DenseRival
{
    /// <summary>The widths: units of the tree on each level, from the inputs up.</summary>
    public static int[] Widths(int inputs, int units) =>
        [.. Enumerable.Range(1, int.Log2(inputs)).Select(level => inputs / (1 << level) * units)];

    /// <summary>Σ_k (width_{k−1} + 1) width_k, and the outer weights.</summary>
    public static long Parameters(int inputs, int units)
    {
        var widths = Widths(inputs, units);
        long count = widths[^1], below = inputs;
        foreach (var width in widths)
        {
            count += (below + 1) * width;
            below = width;
        }
        return count;
    }

    /// <summary>The dense network and its θ with the tree's values everywhere.</summary>
    /// <param name="tree">On a binary tree, weights not shared.</param>
    /// <param name="theta">Its θ.</param>
    public static (RidgeNetwork Network, double[] Theta) Of(RidgeNetwork tree, ReadOnlySpan<double> theta)
    {
        int n = tree.Inputs, units = tree.Vertices[0].Units;
        var dense = RidgeNetwork.Dense(n, Widths(n, units)).With(tree.Profile);
        var result = new double[dense.ParameterCount];
        for (int level = 0, vertex = 0, hidden = 0, below = n; vertex < tree.Vertices.Count; level++)
        {
            var count = n >> (level + 1);
            for (var v = 0; v < count; v++, vertex++)
            {
                var from = tree.Vertices[vertex];
                for (var q = 0; q < units; q++)
                {
                    var unit = theta.Slice(from.Offset + q * 4, 4);
                    var last = level == int.Log2(n) - 1;
                    var at = last ? dense.Vertices[^1].Offset + q * (below + 2) : dense.Vertices[hidden + v * units + q].Offset;
                    for (var j = 0; j < 2; j++)
                    {
                        if (level == 0)
                        {
                            result[at + 2 * v + j] = unit[j];
                            continue;
                        }
                        // The child's value is Σ a h over its units, which lie side by side in the layer below.
                        var child = tree.Vertices[from.Sources[j] - n];
                        for (var p = 0; p < units; p++)
                            result[at + (2 * v + j) * units + p] = unit[j] * theta[child.Offset + p * 4 + 3];
                    }
                    result[at + below] = unit[2];
                    if (last) result[at + below + 1] = unit[3];
                }
            }
            hidden += count * units;
            below = count * units;
        }
        return (dense, result);
    }
}
