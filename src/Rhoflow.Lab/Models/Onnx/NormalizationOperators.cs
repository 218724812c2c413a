using Rhoflow.Lab.Models.Writing;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>Batch and layer normalization with their γ, β and running statistics.</summary>
internal static class NormalizationOperators
{
    private const double Epsilon = 1e-5;

    /// <summary>BatchNormalization as in evaluation: by running means and variances.</summary>
    public static void Batch(GraphBuilder builder, OnnxNode node)
    {
        GraphOperators.Require(node, "training_mode", 0);
        var x = GraphOperators.Values(builder, node, 0);
        var parts = Enumerable.Range(1, 4).Select(i => PerChannel(builder, node, i, x, x.Shape.Channels)).ToArray();
        if (parts[3].Any(static v => v < 0)) throw new GraphRefusal("it has a negative variance");
        var isAffine = !(IsFixed(builder, node, 1, parts[0], 1) && IsFixed(builder, node, 2, parts[1], 0));
        var y = builder.Put(x, at => at.BatchNorm(isAffine, GraphOperators.Number(node, "epsilon", Epsilon)), x.Order);
        builder.Numbers(y, isAffine ? parts[0] : null, isAffine ? parts[1] : null, parts[2], parts[3]);
        builder.Set(node, y);
    }

    /// <summary>LayerNormalization over all numbers of an example.</summary>
    public static void Layer(GraphBuilder builder, OnnxNode node)
    {
        var x = GraphOperators.Values(builder, node, 0);
        var axes = x.Shape.IsVector ? 2 : 4;
        var axis = GraphOperators.Integer(node, "axis", -1);
        if ((axis < 0 ? axis + axes : axis) != 1)
            throw new GraphRefusal("it normalizes over a part of the example; over all of it is known");
        var gamma = PerNumber(builder, node, 1, x);
        var beta = GraphOperators.Has(node, 2) ? PerNumber(builder, node, 2, x) : null;
        if (IsFixed(builder, node, 1, gamma, 1)) gamma = null;
        if (beta is not null && IsFixed(builder, node, 2, beta, 0)) beta = null;
        var y = builder.Put(x, at => at.LayerNorm(gamma is not null, beta is not null, GraphOperators.Number(node, "epsilon", Epsilon)),
            x.Order);
        builder.Numbers(y, gamma, beta);
        builder.Set(node, y);
    }

    // What this program writes where a network learns no γ or β.
    private static bool IsFixed(GraphBuilder builder, OnnxNode node, int at, double[] numbers, double value) =>
        GraphOperators.Constants(builder, node, at).Tensor.Name.EndsWith(OnnxWriter.ConstantSuffix, StringComparison.Ordinal)
        && Array.TrueForAll(numbers, v => v == value);

    private static double[] PerChannel(GraphBuilder builder, OnnxNode node, int at, NodeValue x, int count)
    {
        var numbers = GraphOperators.Constants(builder, node, at).Weights();
        return numbers.Length == count ? [.. Enumerable.Range(0, count).Select(i => numbers[x.InOnnx(i)])]
            : throw new GraphRefusal($"its input {at + 1} has {numbers.Length} numbers for {count} channels");
    }

    private static double[] PerNumber(GraphBuilder builder, OnnxNode node, int at, NodeValue x) => PerChannel(builder, node, at,
        x.Shape.IsVector ? x : x with { Order = NodeValue.OrderOf(x.Shape) }, x.Shape.Count);
}
