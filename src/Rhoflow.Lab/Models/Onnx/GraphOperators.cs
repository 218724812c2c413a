using System.Globalization;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Models.Onnx;

/// <summary>What every operator of ONNX that networks here have becomes, node by node.</summary>
internal static class GraphOperators
{
    private static readonly Dictionary<string, Action<GraphBuilder, OnnxNode>> s_all = new(StringComparer.Ordinal)
    {
        ["Conv"] = LinearOperators.Convolution,
        ["Gemm"] = LinearOperators.Gemm,
        ["MatMul"] = LinearOperators.MatMul,
        ["Add"] = Sum,
        ["Sub"] = Subtract,
        ["Mul"] = Multiply,
        ["Div"] = Divide,
        ["Erf"] = Erf,
        ["Pow"] = Power,
        ["Relu"] = static (b, n) => Unit(b, n, static at => at.Then(Activation.ReLU)),
        ["LeakyRelu"] = static (b, n) => Unit(b, n, at => at.Then(Activation.LeakyReLU(Number(n, "alpha", 0.01)))),
        ["Tanh"] = static (b, n) => Unit(b, n, static at => at.Then(ElementwiseKind.Tanh)),
        ["Sigmoid"] = static (b, n) => Unit(b, n, static at => at.Then(ElementwiseKind.Sigmoid)),
        ["Elu"] = static (b, n) =>
        {
            Require(n, "alpha", 1);
            Unit(b, n, static at => at.Then(ElementwiseKind.Elu));
        },
        ["Gelu"] = static (b, n) =>
        {
            if (n.Attributes.TryGetValue("approximate", out var a) && a.Text is not (null or "none"))
                throw new GraphRefusal($"it approximates Φ ({a.Text})");
            Unit(b, n, static at => at.Then(ElementwiseKind.Gelu));
        },
        ["BatchNormalization"] = NormalizationOperators.Batch,
        ["LayerNormalization"] = NormalizationOperators.Layer,
        ["MaxPool"] = static (b, n) => WindowOperators.Pool(b, n, isMax: true),
        ["AveragePool"] = static (b, n) => WindowOperators.Pool(b, n, isMax: false),
        ["GlobalAveragePool"] = static (b, n) => WindowOperators.GlobalAverage(b, n),
        ["ReduceMean"] = WindowOperators.Mean,
        ["Flatten"] = ShapeOperators.Flatten,
        ["Reshape"] = ShapeOperators.Reshape,
        ["Pad"] = WindowOperators.Pad,
        ["Squeeze"] = ShapeOperators.SameNumbers,
        ["Unsqueeze"] = ShapeOperators.SameNumbers,
        ["Identity"] = Same,
        ["Dropout"] = Same,
        ["Cast"] = Same,
        ["Constant"] = ShapeOperators.Constant,
        ["Shape"] = ShapeOperators.Shape,
        ["Gather"] = ShapeOperators.Gather,
        ["Concat"] = Concat,
        ["Slice"] = ShapeOperators.Slice,
    };

    /// <summary>The operators, for texts.</summary>
    public static IEnumerable<string> Names => s_all.Keys;

    /// <summary>Adds what a node of the graph becomes.</summary>
    /// <exception cref="GraphRefusal">Networks here have no such node.</exception>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Convert(GraphBuilder builder, OnnxNode node)
    {
        if (node.Domain.Length > 0) throw new GraphRefusal($"operators of '{node.Domain}' are not known");
        if (!s_all.TryGetValue(node.Operator, out var add)) throw new GraphRefusal("the operator is not one of those that are");
        if (node.Outputs.Count == 0) throw new GraphRefusal("it gives nothing");
        add(builder, node);
    }

    /// <summary>An input that depends on the examples.</summary>
    public static NodeValue Values(GraphBuilder builder, OnnxNode node, int at) => Input(builder, node, at) switch
    {
        NodeValue value => value,
        ConstantValue => throw new GraphRefusal($"its input {at + 1} is a constant"),
        _ => throw new GraphRefusal($"its input {at + 1} is a computation with sizes"),
    };

    /// <summary>An input that is numbers of the file.</summary>
    public static ConstantValue Constants(GraphBuilder builder, OnnxNode node, int at) => Input(builder, node, at) as ConstantValue
        ?? throw new GraphRefusal($"its input {at + 1} ('{node.Inputs[at]}') is no constant");

    /// <summary>Any input.</summary>
    public static GraphValue Input(GraphBuilder builder, OnnxNode node, int at) => at < node.Inputs.Count && node.Inputs[at].Length > 0
        ? builder[node.Inputs[at]] : throw new GraphRefusal($"it has no input {at + 1}");

    /// <summary>Whether an optional input is there.</summary>
    public static bool Has(OnnxNode node, int at) => at < node.Inputs.Count && node.Inputs[at].Length > 0;

    /// <summary>An integer attribute.</summary>
    public static long Integer(OnnxNode node, string name, long otherwise) =>
        node.Attributes.TryGetValue(name, out var a) && a.Integer is { } v ? v : otherwise;

    /// <summary>A number among the attributes.</summary>
    public static double Number(OnnxNode node, string name, double otherwise) =>
        node.Attributes.TryGetValue(name, out var a) && a.Float is { } v ? Shortest(v) : otherwise;

    /// <summary>Refuses another value of an attribute.</summary>
    public static void Require(OnnxNode node, string name, double value)
    {
        var given = node.Attributes.TryGetValue(name, out var a) ? a.Integer ?? (a.Float is { } f ? Shortest(f) : value) : value;
        if (given != value)
            throw new GraphRefusal(string.Create(CultureInfo.InvariantCulture, $"its {name} is {given}, and only {value} is known"));
    }

    /// <summary>A bias behind a value.</summary>
    /// <param name="constant">Numbers that are added as ONNX adds arrays of other shapes.</param>
    /// <param name="factor">What they are multiplied by.</param>
    public static NodeValue Bias(GraphBuilder builder, NodeValue value, ConstantValue constant, double factor = 1) =>
        Bias(builder, value, [.. PerChannel(value, constant).Select(v => factor * v)]);

    /// <summary>One number a channel behind a value.</summary>
    public static NodeValue Bias(GraphBuilder builder, NodeValue value, double[] numbers)
    {
        if (numbers.Length != value.Shape.Channels)
            throw new GraphRefusal($"its bias has {numbers.Length} numbers for {value.Shape.Channels} channels");
        var biased = builder.Put(value, static at => at.Bias(), value.Order);
        builder.Numbers(biased, beta: numbers);
        return biased;
    }

    // C, 1 × C, 1 × C × 1 × 1 or C × 1 × 1 numbers, or one for all.
    private static double[] PerChannel(NodeValue value, ConstantValue constant)
    {
        var numbers = constant.Weights();
        var channels = value.Shape.Channels;
        if (numbers.Length == 1) return [.. Enumerable.Repeat(numbers[0], channels)];
        var axes = constant.Tensor.Shape.SkipWhile(static s => s == 1).ToArray();
        var fits = value.Shape.IsVector ? axes.Length == 1 || axes.Skip(1).All(static s => s == 1) && constant.Tensor.Shape.Count != 2
            : axes.Length == 3 && axes[1] == 1 && axes[2] == 1;
        return fits && numbers.Length == channels ? [.. Enumerable.Range(0, channels).Select(i => numbers[value.InOnnx(i)])]
            : throw new GraphRefusal($"{constant.Tensor.Form} numbers are added to {value.Shape}: one a channel is known");
    }

    // Attributes are float32: 0.1f is meant as 0.1.
    private static double Shortest(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static void Unit(GraphBuilder builder, OnnxNode node, Func<NetworkBuilder, NetworkBuilder> add)
    {
        var value = Values(builder, node, 0);
        builder.Set(node, builder.Put(value, add, value.Order));
    }

    private static void Same(GraphBuilder builder, OnnxNode node) => builder.Set(node, Input(builder, node, 0));

    private static void Sum(GraphBuilder builder, OnnxNode node)
    {
        GraphValue a = Input(builder, node, 0), b = Input(builder, node, 1);
        builder.Set(node, (a, b) switch
        {
            (NodeValue u, NodeValue v) when u.HasOrderOf(v) => builder.Put(u, at => at.Plus(v.Node), u.Order),
            (NodeValue, NodeValue) => throw new GraphRefusal("it adds vectors whose numbers come from images of other shapes"),
            _ => Shifted(a, b) ?? Shifted(b, a) ?? throw new GraphRefusal("it adds neither two values nor a value and a constant"),
        });

        GraphValue? Shifted(GraphValue value, GraphValue constant) => (value, constant) switch
        {
            (NodeValue v, ConstantValue c) => Bias(builder, v, c),
            (GeluValue { Stage: GeluStage.Erf } g, ConstantValue c) when IsNumber(c, 1) => g with { Stage = GeluStage.OnePlus },
            _ => null,
        };
    }

    // Of images the channels, of vectors the numbers: each part keeps the order of its own image.
    private static void Concat(GraphBuilder builder, OnnxNode node)
    {
        if (node.Inputs.Count == 0 || Input(builder, node, 0) is not NodeValue first)
        {
            ShapeOperators.Concat(builder, node);
            return;
        }
        NodeValue[] parts = [.. Enumerable.Range(0, node.Inputs.Count).Select(i => Values(builder, node, i))];
        var axis = Integer(node, "axis", 1);
        if ((axis < 0 ? axis + (first.Shape.IsVector ? 2 : 4) : axis) != 1)
            throw new GraphRefusal($"it puts values side by side along axis {axis}; along channels, or the numbers of vectors, is known");
        builder.Set(node, builder.Put(first, at => at.Beside([.. parts.Select(static p => p.Node)]), NodeValue.OrderOf(parts)));
    }

    private static void Subtract(GraphBuilder builder, OnnxNode node) =>
        builder.Set(node, Bias(builder, Values(builder, node, 0), Constants(builder, node, 1), factor: -1));

    private static void Divide(GraphBuilder builder, OnnxNode node)
    {
        if (Input(builder, node, 0) is NodeValue z && Input(builder, node, 1) is ConstantValue c && IsNumber(c, Math.Sqrt(2)))
            builder.Set(node, new GeluValue(z, GeluStage.Scaled));
        else throw new GraphRefusal("quotients are known only as part of GELU");
    }

    private static void Erf(GraphBuilder builder, OnnxNode node) =>
        builder.Set(node, Input(builder, node, 0) is GeluValue { Stage: GeluStage.Scaled } g ? g with { Stage = GeluStage.Erf }
            : throw new GraphRefusal("erf is known only as part of GELU"));

    private static void Multiply(GraphBuilder builder, OnnxNode node)
    {
        GraphValue a = Input(builder, node, 0), b = Input(builder, node, 1);
        if (a is SizesValue or ConstantValue && b is SizesValue or ConstantValue) ShapeOperators.Multiply(builder, node);
        else if ((Halves(a, b) ?? Halves(b, a)) is { } z)
            builder.Set(node, builder.Put(z, static at => at.Then(ElementwiseKind.Gelu), z.Order));
        else
            builder.Set(node, Times(a, b) ?? Times(b, a) ?? LinearOperators.Diagonal(builder, a, b)
                ?? LinearOperators.Diagonal(builder, b, a)
                ?? throw new GraphRefusal("products are known of a vector with numbers, and as part of GELU"));

        static NodeValue? Halves(GraphValue a, GraphValue b) =>
            a is GeluValue { Stage: GeluStage.Times } g && b is ConstantValue c && IsNumber(c, 0.5) ? g.Of : null;

        static GraphValue? Times(GraphValue a, GraphValue b) =>
            a is NodeValue z && b is GeluValue { Stage: GeluStage.OnePlus } g && g.Of == z ? g with { Stage = GeluStage.Times } : null;
    }

    private static void Power(GraphBuilder builder, OnnxNode node)
    {
        var exponent = Constants(builder, node, 1);
        if (exponent.Tensor.Count != 1 || exponent.Numbers()[0] is not (>= 1 and <= 64 and var p) || p != Math.Floor(p))
            throw new GraphRefusal("powers are known with one whole exponent from 1 to 64");
        Unit(builder, node, at => at.Then(Activation.Power((int)p)));
    }

    private static bool IsNumber(ConstantValue constant, double value) =>
        constant.Tensor.Count == 1 && Math.Abs(constant.Numbers()[0] - value) <= 1e-6 * value;
}
