namespace Rhoflow.Lab.Models.Onnx;

/// <summary>
/// Operators that move no numbers: Flatten, Reshape, Squeeze. What exporters compute with sizes (x.view(x.size(0), −1)) is followed with
/// the number of examples left open.
/// </summary>
internal static class ShapeOperators
{
    /// <summary>One vector an example.</summary>
    public static void Flatten(GraphBuilder builder, OnnxNode node)
    {
        GraphOperators.Require(node, "axis", 1);
        builder.Set(node, Vector(builder, GraphOperators.Values(builder, node, 0)));
    }

    /// <summary>To a vector, or to the shape that it has.</summary>
    public static void Reshape(GraphBuilder builder, OnnxNode node)
    {
        var x = GraphOperators.Values(builder, node, 0);
        var sizes = Sizes(GraphOperators.Input(builder, node, 1)).ToArray();
        var count = (long)x.Shape.Count;
        // The first axis is the examples': kept (0 or what Shape gave), or what is left over (−1). In a graph of one example it may be 1.
        var keepsExamples = sizes.Length > 0 && sizes[0] is null or 0 or -1 or 1;
        if (!keepsExamples || sizes.Skip(1).Any(static s => s is null)) throw Refused();
        var rest = sizes.Skip(1).Select(static s => s!.Value).ToArray();
        long[] own = x.Shape.IsVector ? [count] : [x.Shape.Channels, x.Shape.Height, x.Shape.Width];
        if (rest is [var all] && (all == count || all == -1 && sizes[0] is not -1)) builder.Set(node, Vector(builder, x));
        else if (rest.SequenceEqual(own) || x.Shape.IsVector && rest.Length == 3 && rest[0] == count && rest[1] == 1 && rest[2] == 1)
            builder.Set(node, x);
        else throw Refused();

        GraphRefusal Refused() => new($"it makes {string.Join(" × ", sizes.Select(static s => s?.ToString(
            System.Globalization.CultureInfo.InvariantCulture) ?? "N"))} of {x.Shape}; one vector an example is known");
    }

    /// <summary>Squeeze and Unsqueeze of sizes, and of vectors: axes of length 1 are none here.</summary>
    public static void SameNumbers(GraphBuilder builder, OnnxNode node) => builder.Set(node, GraphOperators.Input(builder, node, 0) switch
    {
        NodeValue { Shape.IsVector: true } x => x,
        SizesValue s => s with { IsScalar = false },
        ConstantValue c => new SizesValue(Sizes(c)),
        _ => throw new GraphRefusal("it changes the axes of an image"),
    });

    /// <summary>Numbers that stand in the graph.</summary>
    public static void Constant(GraphBuilder builder, OnnxNode node)
    {
        if (node.Attributes.TryGetValue("value", out var value) && value.Tensor is { } tensor) builder.Set(node, new ConstantValue(tensor));
        else if (node.Attributes.TryGetValue("value_ints", out var list))
            builder.Set(node, new SizesValue([.. list.Integers.Select(static v => (long?)v)]));
        else if (node.Attributes.TryGetValue("value_int", out var one)) builder.Set(node, new SizesValue([one.Integer], IsScalar: true));
        else throw new GraphRefusal("it holds what is neither a tensor nor an integer");
    }

    /// <summary>The sizes of a value, the number of examples first.</summary>
    public static void Shape(GraphBuilder builder, OnnxNode node)
    {
        var x = GraphOperators.Values(builder, node, 0);
        long?[] sizes = x.Shape.IsVector ? [null, x.Shape.Count] : [null, x.Shape.Channels, x.Shape.Height, x.Shape.Width];
        int start = Place(GraphOperators.Integer(node, "start", 0)), end = Place(GraphOperators.Integer(node, "end", sizes.Length));
        builder.Set(node, new SizesValue([.. sizes.Take(end).Skip(start)]));

        int Place(long at) => (int)Math.Clamp(at < 0 ? at + sizes.Length : at, 0, sizes.Length);
    }

    /// <summary>Some of a list of sizes.</summary>
    public static void Gather(GraphBuilder builder, OnnxNode node)
    {
        var from = SizesOf(builder, node, 0).Sizes;
        var at = GraphOperators.Input(builder, node, 1);
        var isOne = at is SizesValue { IsScalar: true } or ConstantValue { Tensor.Shape.Count: 0 };
        builder.Set(node, new SizesValue([.. Sizes(at).Select(i => i is { } v && v >= -from.Count && v < from.Count
            ? from[(int)(v < 0 ? v + from.Count : v)] : throw new GraphRefusal($"it takes entry {i} of {from.Count}"))], isOne));
    }

    /// <summary>Lists of sizes one after the other.</summary>
    public static void Concat(GraphBuilder builder, OnnxNode node) => builder.Set(node, new SizesValue(
        [.. Enumerable.Range(0, node.Inputs.Count).SelectMany(i => GraphOperators.Input(builder, node, i) is NodeValue
            ? throw new GraphRefusal("it puts sizes and values side by side")
            : Sizes(GraphOperators.Input(builder, node, i)))]));

    /// <summary>A part of a list of sizes.</summary>
    public static void Slice(GraphBuilder builder, OnnxNode node)
    {
        var from = SizesOf(builder, node, 0).Sizes;
        int Bound(int at) => Sizes(GraphOperators.Input(builder, node, at)) is [{ } v]
            ? (int)Math.Clamp(v < 0 ? v + from.Count : v, 0, from.Count) : throw new GraphRefusal("it cuts along several axes");
        builder.Set(node, new SizesValue([.. from.Take(Bound(2)).Skip(Bound(1))]));
    }

    /// <summary>Products of sizes.</summary>
    public static void Multiply(GraphBuilder builder, OnnxNode node)
    {
        IReadOnlyList<long?> a = Sizes(GraphOperators.Input(builder, node, 0)), b = Sizes(GraphOperators.Input(builder, node, 1));
        if (a.Count != b.Count) throw new GraphRefusal("it multiplies lists of other lengths");
        builder.Set(node, new SizesValue([.. a.Zip(b, static (u, v) => checked(u * v))], IsScalar: true));
    }

    private static NodeValue Vector(GraphBuilder builder, NodeValue x) => x.Shape.IsVector ? x
        : builder.Put(x, static at => at.Flatten(), NodeValue.OrderOf(x.Shape));

    private static SizesValue SizesOf(GraphBuilder builder, OnnxNode node, int at) => GraphOperators.Input(builder, node, at) as SizesValue
        ?? throw new GraphRefusal("it is known of sizes only");

    private static IReadOnlyList<long?> Sizes(GraphValue value) => value switch
    {
        SizesValue s => s.Sizes,
        ConstantValue c when c.Tensor.Count <= 64 => [.. c.Numbers().Select(static v => (long?)v)],
        _ => throw new GraphRefusal("it computes with numbers that are no sizes"),
    };
}
