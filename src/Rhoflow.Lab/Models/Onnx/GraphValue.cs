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
/// <param name="Image">
/// Of a vector that was an image: its shape. ONNX has its numbers in the order channel, row, column, the network in the order row, column,
/// channel.
/// </param>
internal sealed record NodeValue(int Node, TensorShape Shape, TensorShape? Image = null) : GraphValue
{
    /// <summary>Where ONNX has entry i of the vector.</summary>
    public int InOnnx(int i)
    {
        if (Image is not { } image) return i;
        var (position, channel) = Math.DivRem(i, image.Channels);
        return channel * image.Positions + position;
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
