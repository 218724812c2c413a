using Rhoflow.Lab.Models;
using Rhoflow.Lab.Weights;

namespace Rhoflow.Lab.Inspection;

/// <summary>What a tensor is by its name, type and axes, where there is no network to say it.</summary>
internal static class TensorRole
{
    private static readonly string[] s_moments = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg"];

    /// <summary>Why it is no matrix or convolution of weights; null: it is one.</summary>
    public static string? WhyNot(Tensor tensor)
    {
        var part = Part(tensor);
        if (tensor.Count == 0) return "it has no numbers";
        if (part == Parts.Counter) return "a counter of updates, which nothing depends on";
        if (!tensor.Type.IsFloating()) return $"{tensor.Type.Word()} are no weights: a counter, indices, a mask, or quantized";
        if (IsOfOptimizer(tensor)) return "the state of an optimizer, no weight";
        if (tensor.Shape.Count == 0) return "one number, no matrix";
        if (tensor.Shape.Count == 1)
            return Parts.IsShift(part) ? "a bias or shift: one axis, no matrix"
                : Parts.IsMean(part) || Parts.IsVariance(part) ? "a running statistic of a normalization, no weight"
                : Parts.IsScale(part) ? "a scale of a normalization: one axis, no matrix" : "one axis, no matrix";
        if (tensor.Shape.Count > 5) return $"{tensor.Shape.Count} axes: neither a matrix nor a convolution";
        return SidesOf(tensor) is var (rows, columns) && (rows > int.MaxValue || columns > int.MaxValue || columns > Array.MaxLength / 8)
            ? "a matrix of so many rows or columns is not measured" : null;
    }

    /// <summary>Whether its numbers were trained, as far as names and types say it.</summary>
    public static bool IsParameter(Tensor tensor) => tensor.Type.IsFloating() && !IsOfOptimizer(tensor)
        && !(tensor.Shape.Count == 1 && (Parts.IsMean(Part(tensor)) || Parts.IsVariance(Part(tensor))));

    /// <summary>matrix or convolution.</summary>
    public static string Kind(Tensor tensor) => tensor.Shape.Count == 2 ? "matrix" : "convolution";

    /// <summary>Rows and columns: of a convolution maps × patch (PyTorch, ONNX), or patch × maps of a kernel of Flax and Keras.</summary>
    public static (int Rows, int Columns) Sides(Tensor tensor)
    {
        var (rows, columns) = SidesOf(tensor);
        return ((int)rows, (int)columns);
    }

    private static (long, long) SidesOf(Tensor tensor)
    {
        var ofMaps = Part(tensor) == "kernel" ? tensor.Count / tensor.Shape[^1] : tensor.Shape[0];
        return (ofMaps, tensor.Count / ofMaps);
    }

    private static bool IsOfOptimizer(Tensor tensor) =>
        Array.Exists(tensor.Name.Split('.', '/'), static p => p.StartsWith("optim", StringComparison.OrdinalIgnoreCase))
        || s_moments.Contains(Part(tensor));

    private static string Part(Tensor tensor) => new ArrayInfo(tensor.Name, []).Part;
}
