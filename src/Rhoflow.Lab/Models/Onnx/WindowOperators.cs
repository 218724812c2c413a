using Rhoflow.Numerics;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>Pools, and what convolutions and pools say about their windows.</summary>
internal static class WindowOperators
{
    /// <summary>Where windows lie.</summary>
    internal readonly record struct Window(int Stride, int Padding)
    {
        /// <summary>Of a node: the same stride and padding in both directions, on all sides.</summary>
        /// <exception cref="GraphRefusal">They differ, or windows have gaps.</exception>
        public static Window Of(OnnxNode node, int kernel, TensorShape shape)
        {
            if (shape.IsVector && kernel > 1) throw new GraphRefusal("it looks at the neighbours in a vector");
            var strides = List(node, "strides", [1, 1]);
            if (strides is not [var down, var along] || down != along || down is < 1 or > int.MaxValue)
                throw new GraphRefusal($"its strides are {string.Join(", ", strides)}; the same in both directions is known");
            if (List(node, "dilations", [1, 1]).Any(static d => d != 1)) throw new GraphRefusal("its windows have gaps (dilations)");
            if (GraphOperators.Integer(node, "ceil_mode", 0) != 0 && (shape.Height - kernel) % down != 0)
                throw new GraphRefusal("its last windows reach over the edge (ceil_mode)");
            var pads = node.Attributes.TryGetValue("auto_pad", out var auto) && auto.Text is { } word && word is not ("NOTSET" or "")
                ? ByWord(word, kernel, (int)down, shape) : List(node, "pads", [0, 0, 0, 0]);
            return pads.Any(p => p != pads[0]) || pads.Count != 4 || pads[0] is < 0 or > int.MaxValue
                ? throw new GraphRefusal($"its padding is {string.Join(", ", pads)}; the same on all sides is known")
                : new Window((int)down, (int)pads[0]);
        }

        // SAME: as many windows as input/stride, rounded up, what is left over standing at the end (UPPER) or the beginning.
        private static IReadOnlyList<long> ByWord(string word, int kernel, int stride, TensorShape shape)
        {
            if (word == "VALID") return [0, 0, 0, 0];
            if (word is not ("SAME_UPPER" or "SAME_LOWER")) throw new GraphRefusal($"its auto_pad is '{word}'");
            long Total(int size) => Math.Max(0, ((size + stride - 1) / stride - 1) * stride + kernel - size);
            long Before(long total) => word == "SAME_UPPER" ? total / 2 : total - total / 2;
            long h = Total(shape.Height), w = Total(shape.Width);
            return [Before(h), Before(w), h - Before(h), w - Before(w)];
        }
    }

    /// <summary>MaxPool and AveragePool.</summary>
    public static void Pool(GraphBuilder builder, OnnxNode node, bool isMax)
    {
        var x = GraphOperators.Values(builder, node, 0);
        if (List(node, "kernel_shape", []) is not [var rows, var columns] || rows != columns || rows is < 1 or > int.MaxValue)
            throw new GraphRefusal("its windows are not square");
        var window = Window.Of(node, (int)rows, x.Shape);
        if (!isMax && window.Padding > 0 && GraphOperators.Integer(node, "count_include_pad", 0) == 0)
            throw new GraphRefusal("its means leave out the padding; those that count it as zeros are known");
        builder.Set(node, builder.Put(x, at => isMax ? at.MaxPool((int)rows, window.Stride, window.Padding)
            : at.AveragePool((int)rows, window.Stride, window.Padding)));
    }

    /// <summary>The mean over all positions; the axes of length 1 that ONNX keeps are none here.</summary>
    public static void GlobalAverage(GraphBuilder builder, OnnxNode node)
    {
        var x = GraphOperators.Values(builder, node, 0);
        builder.Set(node, x.Shape.IsVector ? x : builder.Put(x, static at => at.GlobalAverage()));
    }

    /// <summary>ReduceMean over rows and columns is a global average.</summary>
    public static void Mean(GraphBuilder builder, OnnxNode node)
    {
        var axes = GraphOperators.Has(node, 1) ? [.. GraphOperators.Constants(builder, node, 1).Numbers().Select(static v => (long)v)]
            : List(node, "axes", []);
        if (axes.Select(static a => a < 0 ? a + 4 : a).Order().ToArray() is not [2, 3])
            throw new GraphRefusal($"it takes means over the axes {string.Join(", ", axes)}; over rows and columns is known");
        GlobalAverage(builder, node);
    }

    /// <summary>A padding by nothing, which exporters write in front of pools.</summary>
    public static void Pad(GraphBuilder builder, OnnxNode node)
    {
        var pads = GraphOperators.Has(node, 1) ? GraphOperators.Constants(builder, node, 1).Numbers()
            : [.. List(node, "pads", []).Select(static v => (double)v)];
        if (Array.Exists(pads, static p => p != 0)) throw new GraphRefusal($"it pads by {string.Join(", ", pads)} in a node of its own");
        builder.Set(node, GraphOperators.Values(builder, node, 0));
    }

    /// <summary>An attribute that is a list of integers.</summary>
    public static IReadOnlyList<long> List(OnnxNode node, string name, IReadOnlyList<long> otherwise) =>
        node.Attributes.TryGetValue(name, out var a) && a.Integers.Count > 0 ? a.Integers : otherwise;
}
