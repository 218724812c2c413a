using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>What a layer's weights are.</summary>
public enum LayerKind
{
    /// <summary>A full matrix, rows = outputs.</summary>
    Dense,

    /// <summary>One weight per coordinate.</summary>
    Diagonal,

    /// <summary>The matrix of maps × patch of a convolution.</summary>
    Convolution,

    /// <summary>The weights of a <see cref="WeightLayer"/>, in rows; what they do is its own.</summary>
    Own,
}

/// <summary>
/// One weight matrix W_k as a window on the flat parameter vector θ: z = W_k a.
/// Without a bias: a constant input gives the first layer one (T3 §2), and others are nodes of their own.
/// </summary>
/// <param name="Kind">Dense, convolution and own layers (rows × columns weights, row-major), diagonal (one a coordinate).</param>
/// <param name="Rows">Outputs; the maps of a convolution.</param>
/// <param name="Columns">Inputs; the patch of a convolution.</param>
/// <param name="Offset">Where the window begins in θ.</param>
public sealed record Layer(LayerKind Kind, int Rows, int Columns, int Offset)
{
    /// <summary>Image, maps, kernel, stride and padding of a convolution; null otherwise.</summary>
    internal ConvolutionShape? Geometry { get; init; }

    /// <summary>How many parameters the window holds.</summary>
    public int Count => Kind == LayerKind.Diagonal ? Rows : Rows * Columns;

    /// <summary>The layer's window on a vector that has the shape of θ.</summary>
    public Span<double> Of(Span<double> theta) => theta.Slice(Offset, Count);

    /// <inheritdoc cref="Of(Span{double})"/>
    public ReadOnlySpan<double> Of(ReadOnlySpan<double> theta) => theta.Slice(Offset, Count);

    /// <inheritdoc cref="Of(Span{double})"/>
    public Span<double> Of(double[] theta) => theta.AsSpan(Offset, Count);

    /// <summary>W_k as a matrix of rows (a diagonal layer is written out in full).</summary>
    public double[][] Matrix(ReadOnlySpan<double> theta)
    {
        var w = Of(theta);
        var rows = new double[Rows][];
        for (var i = 0; i < Rows; i++)
        {
            if (Kind != LayerKind.Diagonal)
            {
                rows[i] = w.Slice(i * Columns, Columns).ToArray();
                continue;
            }
            rows[i] = new double[Columns];
            rows[i][i] = w[i];
        }
        return rows;
    }
}
