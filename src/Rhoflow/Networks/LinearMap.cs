namespace Rhoflow.Networks;

/// <summary>What a network of linear layers is as a whole.</summary>
internal static class LinearMap
{
    /// <summary>The row W_K … W_1 (d numbers) of a one-output network whose activations are all the identity.</summary>
    public static double[] Of(Network network, ReadOnlySpan<double> theta)
    {
        double[] row = [1];
        for (var k = network.Depth - 1; k >= 0; k--)
        {
            var layer = network.Layers[k];
            var w = layer.Of(theta);
            var next = new double[layer.Columns];
            for (var i = 0; i < layer.Rows; i++)
            {
                if (layer.Kind == LayerKind.Diagonal) next[i] = row[i] * w[i];
                else Numerics.Vectors.Add(row[i], w.Slice(i * layer.Columns, layer.Columns), next);
            }
            row = next;
        }
        return row;
    }
}
