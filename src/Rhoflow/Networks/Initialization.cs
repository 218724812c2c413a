using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// Starting weights θ. Layers are filled first to last from one random stream, so the same seed gives the same bits. Deep
/// networks: the norm of each layer is what matters to the papers (SQ Figs 1–12 vary it), hence <see cref="ScaleLayers"/>. A
/// convolution is its matrix of maps × patch; affine batch normalization starts with γ = 1 and β = 0.
/// </summary>
public static class Initialization
{
    /// <summary>W_k^{ij} ~ N(0, scale²).</summary>
    public static double[] Normal(Network network, RandomStream random, double scale = 1) =>
        Fill(network, (_, w) => { foreach (ref var v in w) v = scale * random.NextNormal(); });

    /// <summary>W_k^{ij} ~ U(−scale, scale).</summary>
    public static double[] Uniform(Network network, RandomStream random, double scale = 1) =>
        Fill(network, (_, w) => { foreach (ref var v in w) v = scale * (2 * random.NextDouble() - 1); });

    /// <summary>
    /// W_k^{ij} ~ N(0, 2 scale²/inputs of the unit) (He et al. 2015): keeps the size of ReLU activations through the layers. The
    /// unit of a diagonal layer has one input.
    /// </summary>
    public static double[] Kaiming(Network network, RandomStream random, double scale = 1) =>
        Fill(network, (layer, w) =>
        {
            var sigma = scale * Math.Sqrt(2.0 / (layer.Kind == LayerKind.Diagonal ? 1 : layer.Columns));
            foreach (ref var v in w) v = sigma * random.NextNormal();
        });

    /// <summary>
    /// Orthonormal rows (or columns, whichever are fewer) times scale, uniformly distributed (Saxe et al. 2014); random signs on
    /// a diagonal layer.
    /// </summary>
    public static double[] Orthogonal(Network network, RandomStream random, double scale = 1) =>
        Fill(network, (layer, w) =>
        {
            if (layer.Kind == LayerKind.Diagonal) foreach (ref var v in w) v = random.NextNormal() < 0 ? -scale : scale;
            else Orthonormalize(layer, w, random, scale);
        });

    /// <summary>W_k^{ii} ~ N(0, scale²) and 0 elsewhere, also in rectangular layers (SQ H.3, diagonal initialization).</summary>
    public static double[] Diagonal(Network network, RandomStream random, double scale = 1) =>
        Fill(network, (layer, w) =>
        {
            for (var i = 0; i < Math.Min(layer.Rows, layer.Columns); i++)
                w[layer.Kind == LayerKind.Diagonal ? i : i * layer.Columns + i] = scale * random.NextNormal();
        });

    /// <summary>θ ← θ with ‖W_k‖_F = frobenius[k] in every layer.</summary>
    /// <param name="theta">Changed in place.</param>
    /// <param name="frobenius">One norm per layer, or a single one for all.</param>
    /// <exception cref="ArgumentException">The wrong number of norms, or a zero layer, which has no direction
    /// to scale (it is named).</exception>
    public static void ScaleLayers(Network network, double[] theta, ReadOnlySpan<double> frobenius)
    {
        if (frobenius.Length != 1 && frobenius.Length != network.Depth)
            throw new ArgumentException(
                $"{frobenius.Length} norms were given for a network of {network.Depth} layers; one, or one per layer, is needed");
        for (var k = 0; k < network.Depth; k++)
        {
            var w = network.Layers[k].Of(theta);
            var norm = Vectors.Norm(w);
            var target = frobenius.Length == 1 ? frobenius[0] : frobenius[k];
            if (norm == 0 && target != 0)
                throw new ArgumentException(
                    $"layer {k + 1} starts at zero, so it has no direction and cannot be scaled to ‖W_{k + 1}‖ = {target}");
            if (norm != 0) foreach (ref var v in w) v = v / norm * target;
        }
    }

    private delegate void LayerFill(Layer layer, Span<double> w);

    private static double[] Fill(Network network, LayerFill fill)
    {
        var theta = network.Zeros();
        network.ResetAffine(theta);
        foreach (var layer in network.Layers) fill(layer, layer.Of(theta));
        return theta;
    }

    // Gram–Schmidt, twice for orthogonality to rounding, on the shorter side's Gaussian vectors.
    private static void Orthonormalize(Layer layer, Span<double> w, RandomStream random, double scale)
    {
        var byRows = layer.Rows <= layer.Columns;
        int count = Math.Min(layer.Rows, layer.Columns), length = Math.Max(layer.Rows, layer.Columns);
        var q = new double[count][];
        for (var i = 0; i < count; i++)
        {
            q[i] = new double[length];
            foreach (ref var v in q[i].AsSpan()) v = random.NextNormal();
            for (var pass = 0; pass < 2; pass++)
                for (var j = 0; j < i; j++) Vectors.Add(-Vectors.Dot(q[i], q[j]), q[j], q[i]);
            var norm = Vectors.Norm(q[i]);
            foreach (ref var v in q[i].AsSpan()) v /= norm;
            for (var j = 0; j < length; j++) w[byRows ? i * layer.Columns + j : j * layer.Columns + i] = scale * q[i][j];
        }
    }
}
