using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>What a name of a graph stands for while the graph becomes a network.</summary>
internal abstract record GraphValue;

/// <summary>Numbers of the file.</summary>
/// <param name="Tensor">They.</param>
internal sealed record ConstantValue(Tensor Tensor) : GraphValue
{
    /// <summary>Its numbers, whatever they are.</summary>
    public double[] Numbers()
    {
        var numbers = new double[Tensor.Count];
        Tensor.Read(0, numbers);
        return numbers;
    }

    /// <summary>Its numbers as weights: floating-point and finite.</summary>
    /// <exception cref="GraphRefusal">They are not.</exception>
    public double[] Weights()
    {
        if (!Tensor.Type.IsFloating())
            throw new GraphRefusal($"array '{Tensor.Name}' holds {Tensor.Type.Word()} numbers; weights are floating-point numbers");
        var numbers = Numbers();
        return Array.FindIndex(numbers, static v => !double.IsFinite(v)) is >= 0 and var bad
            ? throw new GraphRefusal($"array '{Tensor.Name}' has {numbers[bad]} at place {bad}; weights are finite numbers") : numbers;
    }
}

/// <summary>What a node of the network gives.</summary>
/// <param name="Node">Its number from 0; −1 for the input.</param>
/// <param name="Shape">One example of it.</param>
/// <param name="Order">
/// Where ONNX has entry i of a vector that was an image, in the order channel, row, column; the network has row, column, channel. null: at
/// the same place.
/// </param>
internal sealed record NodeValue(int Node, TensorShape Shape, int[]? Order = null) : GraphValue
{
    /// <summary>Where ONNX has entry i of the vector.</summary>
    public int InOnnx(int i) => Order is null ? i : Order[i];

    /// <summary>Whether the numbers of another one stand in the same order.</summary>
    public bool HasOrderOf(NodeValue other) => (Order ?? []).AsSpan().SequenceEqual(other.Order ?? []);

    /// <summary>Of an image that is read as a vector.</summary>
    public static int[]? OrderOf(TensorShape image) => image.Channels == 1 || image.Positions == 1 ? null
        : [.. Enumerable.Range(0, image.Count).Select(i => i % image.Channels * image.Positions + i / image.Channels)];

    /// <summary>Of vectors one behind the other.</summary>
    public static int[]? OrderOf(IReadOnlyList<NodeValue> parts)
    {
        if (parts.All(static p => p.Order is null)) return null;
        var (order, begin) = (new List<int>(), 0);
        foreach (var part in parts)
        {
            order.AddRange(Enumerable.Range(0, part.Shape.Count).Select(i => begin + part.InOnnx(i)));
            begin += part.Shape.Count;
        }
        return [.. order];
    }
}

/// <summary>Sizes of axes, which exporters compute with in the graph.</summary>
/// <param name="Sizes">Whole numbers; null for the number of examples.</param>
/// <param name="IsScalar">Whether it is one number and no list.</param>
internal sealed record SizesValue(IReadOnlyList<long?> Sizes, bool IsScalar = false) : GraphValue;

/// <summary>A value halfway through σ(z) = z/2 · (1 + erf(z/√2)), which older exporters write for GELU.</summary>
/// <param name="Of">z.</param>
/// <param name="Stage">z/√2, erf of it, 1 + erf, or z times that.</param>
internal sealed record GeluValue(NodeValue Of, GeluStage Stage) : GraphValue;

/// <summary>How far.</summary>
internal enum GeluStage
{
    /// <summary>z/√2.</summary>
    Scaled,

    /// <summary>erf(z/√2).</summary>
    Erf,

    /// <summary>1 + erf(z/√2).</summary>
    OnePlus,

    /// <summary>z (1 + erf(z/√2)).</summary>
    Times,
}

/// <summary>Why a graph does not become a network of ours.</summary>
internal sealed class GraphRefusal(string why) : Exception(why);
