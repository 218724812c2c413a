using Rhoflow.Lab.Models;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Weights;

/// <summary>
/// The place of one W_k in θ: which arrays fit it, and how their numbers come to lie there. Dense matrices are outputs × inputs (kernels of
/// Flax and Keras inputs × outputs); convolutions maps × (row, column, channel), PyTorch's maps × channel × row × column, or Flax's
/// row × column × channel × maps. Layers of other assemblies are rows × columns, as they are.
/// </summary>
internal sealed class LayerPlace
{
    private readonly Layer _layer;
    private readonly TensorShape _input;
    private readonly int _kernel, _padding;
    private readonly int[]? _order;
    private readonly bool _takesBias;

    /// <param name="network">The network.</param>
    /// <param name="k">From 0.</param>
    /// <param name="hasConstantInput">Whether the last input, or channel, of the network is the constant 1.</param>
    public LayerPlace(Network network, int k, bool hasConstantInput)
    {
        _layer = network.Layers[k];
        var node = network.Nodes[network.NodeOf(k + 1)];
        var source = node.Sources[0];
        // The image that a dense layer reads as one vector: what stands between leaves every number in its place.
        while (source != Node.NetworkInput && network.ShapeOf(source).IsVector && network.Nodes[source].Sources[0] is var below
            && KeepsPlaces(network, source) && network.ShapeOf(below).Count == network.ShapeOf(source).Count) source = below;
        if (_layer.Kind is LayerKind.Dense or LayerKind.Diagonal) _order = new VectorOrder(network).Of(node.Sources[0]);
        _input = network.ShapeOf(source);
        _takesBias = hasConstantInput && source == Node.NetworkInput && _layer.Kind is LayerKind.Dense or LayerKind.Convolution;
        (_kernel, _padding) = (_layer.Geometry?.KernelHeight ?? 0, _layer.Geometry?.Padding ?? 0);
        if (_layer.Kind == LayerKind.Convolution && 2 * _padding > _kernel - 1) _takesBias = false;
    }

    /// <summary>Whether the columns of a dense array depend on how images are read as vectors.</summary>
    public bool DependsOnLayout => _layer.Kind == LayerKind.Dense && _order is not null;

    /// <summary>Whether it is a convolution.</summary>
    public bool IsConvolution => _layer.Kind == LayerKind.Convolution;

    /// <summary>Whether an array fits as it is, without a bias.</summary>
    public bool Fits(ArrayInfo array) => Fits(array, 0);

    /// <summary>Whether an array fits with a bias in the column of the constant input.</summary>
    public bool FitsWithBias(ArrayInfo array) => _takesBias && Fits(array, 1);

    /// <summary>What fits, in words: "4 × 9, or 4 × 1 × 3 × 3".</summary>
    public string Wanted => _layer.Kind switch
    {
        LayerKind.Diagonal => $"{_layer.Rows}",
        LayerKind.Dense or LayerKind.Own => $"{_layer.Rows} × {_layer.Columns}",
        _ => $"{_layer.Rows} × {_layer.Columns} (maps × row, column, channel) or {_layer.Rows} × {_input.Channels} × {_kernel} × {_kernel} "
            + "(maps × channel × row × column, as in PyTorch)",
    };

    /// <summary>The numbers of W_k, row-major.</summary>
    /// <param name="array">It fits.</param>
    /// <param name="numbers">Its numbers.</param>
    /// <param name="bias">One number per row for the constant input; null: none.</param>
    /// <param name="isChannelFirst">Whether columns of a dense layer come as channel, row, column of an image.</param>
    public double[] Place(ArrayInfo array, double[] numbers, double[]? bias, bool isChannelFirst)
    {
        if (_layer.Kind == LayerKind.Diagonal) return VectorOrder.Ours(numbers, isChannelFirst ? _order : null);
        if (_layer.Kind == LayerKind.Own) return numbers;
        var w = new double[_layer.Count];
        var (rows, columns) = (_layer.Rows, _layer.Columns);
        if (_layer.Kind == LayerKind.Dense && bias is null)
        {
            for (var row = 0; row < rows; row++)
                for (var j = 0; j < columns; j++)
                {
                    var column = isChannelFirst && _order is not null ? _order[j] : j;
                    w[row * columns + j] = numbers[array.IsKernel ? column * rows + row : row * columns + column];
                }
            return w;
        }
        var channels = _input.Channels - (bias is null ? 0 : 1);
        var positions = IsConvolution ? _kernel * _kernel : _input.Positions;
        var given = positions * channels;
        for (var row = 0; row < rows; row++)
        {
            for (var p = 0; p < positions; p++)
                for (var c = 0; c < channels; c++)
                    w[row * columns + p * _input.Channels + c] = numbers[From(row, p, c)];
            if (bias is not null) w[row * columns + ConstantColumn(positions)] = bias[row];
        }
        return w;

        int From(int row, int p, int c)
        {
            var channelFirst = IsConvolution ? array.Shape.Count == 4 && !array.IsKernel : isChannelFirst;
            var column = channelFirst ? c * positions + p : p * channels + c;
            return array.IsKernel ? column * rows + row : row * given + column;
        }
    }

    // Where every patch has the constant 1: below the first pixel of a patch that lies in the image; for dense layers anywhere.
    private int ConstantColumn(int positions) =>
        (IsConvolution ? _padding * _kernel + _padding : positions - 1) * _input.Channels + _input.Channels - 1;

    private static bool KeepsPlaces(Network network, int node) => network.Nodes[node].Layer is not { } layer
        || network.Layers[layer].Kind == LayerKind.Diagonal;

    private bool Fits(ArrayInfo array, int constants)
    {
        int channels = _input.Channels - constants, rows = _layer.Rows;
        if (channels < 1) return false;
        int[] Turned(params int[] shape) => array.IsKernel ? [.. shape[1..], shape[0]] : shape;
        int[][] wanted = _layer.Kind switch
        {
            LayerKind.Diagonal => [[rows]],
            LayerKind.Own => [[rows, _layer.Columns]],
            LayerKind.Dense => [Turned(rows, _layer.Columns - constants * _input.Positions)],
            _ when array.IsKernel => [[_kernel, _kernel, channels, rows]],
            _ => [[rows, _kernel * _kernel * channels], [rows, channels, _kernel, _kernel]],
        };
        return wanted.Any(w => w.AsSpan().SequenceEqual([.. array.Shape]));
    }
}
