namespace Rhoflow.Lab.Models.Onnx;

/// <summary>Conv, Gemm and MatMul: layers of weights, with a bias behind them where there is one.</summary>
internal static class LinearOperators
{
    /// <summary>Maps × channel × row × column become rows of (row, column, channel).</summary>
    public static void Convolution(GraphBuilder builder, OnnxNode node)
    {
        var x = GraphOperators.Values(builder, node, 0);
        var w = GraphOperators.Constants(builder, node, 1);
        GraphOperators.Require(node, "group", 1);
        if (w.Tensor.Shape is not [var maps, var channels, var rows, var columns])
            throw new GraphRefusal($"its kernel is {w.Tensor.Form}; maps × channels × rows × columns is known");
        if (rows != columns) throw new GraphRefusal($"its kernel is {rows} × {columns}; square ones are known");
        if (channels != x.Shape.Channels) throw new GraphRefusal($"its kernel has {channels} channels and its input {x.Shape.Channels}");
        var window = WindowOperators.Window.Of(node, (int)rows, x.Shape);
        var z = builder.Put(x, at => at.Convolution((int)maps, (int)rows, window.Stride, window.Padding));
        var (numbers, c, k) = (w.Weights(), (int)channels, (int)rows);
        var ours = new double[numbers.Length];
        for (var m = 0; m < maps; m++)
            for (var j = 0; j < c; j++)
                for (var p = 0; p < k * k; p++) ours[(m * k * k + p) * c + j] = numbers[(m * c + j) * k * k + p];
        builder.Weights(z, w.Tensor.Name, ours);
        builder.Set(node, GraphOperators.Has(node, 2)
            ? GraphOperators.Bias(builder, z, GraphOperators.Constants(builder, node, 2).Weights()) : z);
    }

    /// <summary>α x B or α x Bᵀ, plus β c.</summary>
    public static void Gemm(GraphBuilder builder, OnnxNode node)
    {
        GraphOperators.Require(node, "transA", 0);
        var (alpha, beta) = (GraphOperators.Number(node, "alpha", 1), GraphOperators.Number(node, "beta", 1));
        var z = Dense(builder, node, rowsAreOutputs: GraphOperators.Integer(node, "transB", 0) != 0, alpha);
        builder.Set(node, GraphOperators.Has(node, 2)
            ? GraphOperators.Bias(builder, z, GraphOperators.Constants(builder, node, 2), beta) : z);
    }

    /// <summary>x B.</summary>
    public static void MatMul(GraphBuilder builder, OnnxNode node) => builder.Set(node, Dense(builder, node, rowsAreOutputs: false, 1));

    /// <summary>A vector times one number a coordinate: a diagonal layer; null where these are something else.</summary>
    public static GraphValue? Diagonal(GraphBuilder builder, GraphValue vector, GraphValue numbers)
    {
        if (vector is not NodeValue { Shape.IsVector: true } x || numbers is not ConstantValue w || w.Tensor.Count != x.Shape.Count
            || w.Tensor.Shape.SkipWhile(static s => s == 1).Count() > 1) return null;
        var given = w.Weights();
        var z = builder.Put(x, static at => at.Diagonal(), x.Order);
        builder.Weights(z, w.Tensor.Name, [.. given.Select((_, i) => given[x.InOnnx(i)])]);
        return z;
    }

    // Columns read the numbers of a vector that was an image in the order channel, row, column.
    private static NodeValue Dense(GraphBuilder builder, OnnxNode node, bool rowsAreOutputs, double factor)
    {
        var x = GraphOperators.Values(builder, node, 0);
        var w = GraphOperators.Constants(builder, node, 1);
        if (!x.Shape.IsVector) throw new GraphRefusal($"it multiplies an image of {x.Shape}; it has to be flattened before");
        if (w.Tensor.Shape is not [var first, var second]) throw new GraphRefusal($"it multiplies by {w.Tensor.Form}, which is no matrix");
        var (outputs, inputs) = rowsAreOutputs ? (first, second) : (second, first);
        if (inputs != x.Shape.Count) throw new GraphRefusal($"its matrix takes {inputs} numbers and gets {x.Shape.Count}");
        var z = builder.Put(x, at => at.Dense((int)outputs));
        var numbers = w.Weights();
        var ours = new double[numbers.Length];
        for (var i = 0; i < outputs; i++)
            for (var j = 0; j < inputs; j++)
            {
                var from = x.InOnnx(j);
                ours[i * inputs + j] = factor * numbers[rowsAreOutputs ? i * inputs + from : from * outputs + i];
            }
        builder.Weights(z, w.Tensor.Name, ours);
        return z;
    }
}
