using MathNet.Numerics.LinearAlgebra;
using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Measures.Structure;

/// <summary>
/// How a layer W_k is turned towards the layer W_j that feeds it (through nonlinearities, normalization and pooling, but not through a
/// residual sum): gradient descent on deep linear networks makes every layer of rank one and aligns neighbours (Ji and Telgarsky 2019). The
/// columns of W_k are read as positions × channels of W_j's outputs, so that it means the same for convolutions; for dense layers nothing
/// changes.
/// </summary>
/// <param name="Leading">|⟨u_1(W_j), v_1(W_k)⟩|, the leading left singular vector below and the leading right one above; arbitrary where
/// σ_1 is multiple.</param>
/// <param name="Product">‖W_k W_j‖_F/(‖W_k‖_F ‖W_j‖_F), the same for whole matrices: 1 only for aligned layers of rank one.</param>
internal readonly record struct LayerAlignment(double Leading, double Product)
{
    /// <summary>
    /// The layer (0 … K−1) whose outputs layer k reads; null where that is the input, a residual sum, or where the sizes do not divide.
    /// </summary>
    public static int? Below(Network network, int k)
    {
        var node = network.Nodes[network.NodeOf(k + 1)].Sources[0];
        while (node != Node.NetworkInput)
        {
            if (network.Nodes[node].Layer is { } below) return Fits(network, k, below);
            if (!network.Nodes[node].Traits.KeepsChannels) return null;
            node = network.Nodes[node].Sources[0];
        }
        return null;
    }

    /// <summary>Of layer <paramref name="above"/> and the one below it; NaN where one is 0.</summary>
    /// <param name="network">The network.</param>
    /// <param name="v">V or θ: the scales do not matter.</param>
    /// <param name="above">0 … K−1.</param>
    /// <param name="below">What <see cref="Below"/> gave.</param>
    /// <param name="cancellation">Leaves decompositions behind.</param>
    public static LayerAlignment Of(Network network, ReadOnlySpan<double> v, int above, int below,
        CancellationToken cancellation = default)
    {
        var r = network.Layers[below].Rows;
        double[] left = Gram(network.Layers[below], v, r, ofRows: true), right = Gram(network.Layers[above], v, r, ofRows: false);
        double normBelow = Trace(left, r), normAbove = Trace(right, r);
        if (normBelow == 0 || normAbove == 0) return new LayerAlignment(double.NaN, double.NaN);
        return new LayerAlignment(Math.Min(1, Math.Abs(Vectors.Dot(Top(left, r, cancellation), Top(right, r, cancellation)))),
            Math.Sqrt(Math.Max(0, Vectors.Dot(left, right))));
    }

    private static int? Fits(Network network, int above, int below)
    {
        var (upper, rows) = (network.Layers[above], network.Layers[below].Rows);
        // What a row or column of a layer of another assembly belongs to is its own.
        if (upper.Kind == LayerKind.Own || network.Layers[below].Kind == LayerKind.Own) return null;
        return (upper.Kind == LayerKind.Diagonal ? upper.Rows == rows : upper.Columns % rows == 0) ? below : null;
    }

    // WWᵀ or WᵀW with W read as rows of r columns, over its trace.
    private static double[] Gram(Layer layer, ReadOnlySpan<double> v, int r, bool ofRows)
    {
        var gram = new double[r * r];
        var w = layer.Of(v).ToArray();
        if (Vectors.Norm(w) is var norm && norm == 0) return gram;
        Vectors.Scale(1 / norm, w, w);
        if (layer.Kind == LayerKind.Diagonal)
        {
            for (var i = 0; i < r; i++) gram[i * r + i] = w[i] * w[i];
            return gram;
        }
        using var team = new Team();
        if (ofRows) Gemm.Gram<double>(GemmForm.NT, r, layer.Columns, w, layer.Columns, gram, r, accumulate: false, team);
        else Gemm.Gram<double>(GemmForm.TN, r, w.Length / r, w, r, gram, r, accumulate: false, team);
        Gemm.Mirror<double>(r, gram, r);
        return gram;
    }

    private static double Trace(double[] gram, int r)
    {
        var sum = 0.0;
        for (var i = 0; i < r; i++) sum += gram[i * r + i];
        return sum;
    }

    private static double[] Top(double[] gram, int r, CancellationToken cancellation)
    {
        if (r == 1) return [1];
        var copy = (double[])gram.Clone();
        return Unstoppable.Run(10.0 * r * r * r, () => Matrix<double>.Build.Dense(r, r, copy).Evd(Symmetricity.Symmetric), cancellation)
            .EigenVectors.Column(r - 1).ToArray();
    }
}
