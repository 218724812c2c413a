using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>How a pooling node summarizes a window.</summary>
internal enum PoolingKind
{
    /// <summary>The largest of its numbers.</summary>
    Max,

    /// <summary>Their mean.</summary>
    Average,
}

/// <summary>
/// The maximum or the mean of every window of Kernel × Kernel positions; for a mean the padding counts as zeros, a maximum never comes from
/// it.
/// </summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its windows, and the channels below.</param>
/// <param name="Pooling">Maximum or mean.</param>
/// <param name="Kernel">Rows and columns of a window.</param>
/// <param name="Stride">Distance of neighbouring windows.</param>
/// <param name="Padding">Positions around the image.</param>
internal sealed record PoolingNode(IReadOnlyList<int> Sources, TensorShape Shape, PoolingKind Pooling, int Kernel, int Stride, int Padding)
    : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        SyntaxOf("max-pool", "the maximum of every window; {max-pool: {kernel, stride, pad}}", PoolingKind.Max),
        SyntaxOf("average-pool", "the mean of every window; {average-pool: {kernel, stride, pad}}", PoolingKind.Average),
    ];

    /// <inheritdoc/>
    public override string Kind => Pooling == PoolingKind.Max ? "max-pool" : "average-pool";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = null,
        NotLipschitz = null,
        WhyNotElementwise = Pooling == PoolingKind.Max ? "a maximum of a window is neither" : null,
        WhyShifted = null,
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = 1,
        KeepsChannels = true,
        RemovesScale = false,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [("kernel", Kernel), ("stride", Stride), ("padding", Padding)];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below) => below[0];

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        if (Pooling == PoolingKind.Max) below[0]?.RequirePositive($"{walk.Place} takes maxima, and the scale is not positive");
        else if (Padding > 0) below[0]?.RequireNoShift($"the padding of {walk.Place} is zeros, not the shift");
        return below[0];
    }

    // The maximum of a window passes on the largest sum of its positions; a mean is a weight 1/k² on each.
    internal override double[] PathSums(PathWalk walk, double[][] below)
    {
        var (shape, a, share) = (walk.Input, below[0], Math.Pow(Kernel * Kernel, -walk.P));
        var z = new double[Shape.Count];
        for (var y = 0; y < Shape.Height; y++)
            for (var x = 0; x < Shape.Width; x++)
                for (var c = 0; c < shape.Channels; c++)
                {
                    double sum = 0, largest = 0;
                    for (var dy = 0; dy < Kernel; dy++)
                        for (var dx = 0; dx < Kernel; dx++)
                        {
                            int row = y * Stride + dy - Padding, column = x * Stride + dx - Padding;
                            if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;
                            var v = a[(row * shape.Width + column) * shape.Channels + c];
                            (sum, largest) = (sum + v, Math.Max(largest, v));
                        }
                    z[(y * Shape.Width + x) * shape.Channels + c] = Pooling == PoolingKind.Max ? largest : share * sum;
                }
        return z;
    }

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => new PoolingOperator<T>(
        new PoolingShape(site.Input.Height, site.Input.Width, site.Input.Channels, Kernel, Kernel, Stride, Padding),
        Pooling, site.Capacity, site.Source, site.Target, site.Team);

    private static NodeSyntax SyntaxOf(string word, string summary, PoolingKind kind) => new()
    {
        Word = word,
        Example = $"{{{word}: 2}}",
        Summary = summary,
        Settings =
        [
            new("kernel", SettingKind.Count) { Meaning = "the side of the window" },
            new("stride", SettingKind.Count) { Default = static given => given.Count("kernel") },
            new("pad", SettingKind.CountOrZero) { Default = static _ => 0 },
        ],
        Needs = $"window: {{{word}: 2}}",
        HasShortForm = true,
        Add = (builder, s) => _ = kind == PoolingKind.Max
            ? builder.MaxPool(s.Count("kernel"), s.Count("stride"), s.Count("pad"))
            : builder.AveragePool(s.Count("kernel"), s.Count("stride"), s.Count("pad")),
    };
}

/// <summary>The mean over all positions of every channel.</summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">A vector of the channels.</param>
internal sealed record GlobalAverageNode(IReadOnlyList<int> Sources, TensorShape Shape) : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    private static readonly NodeTraits s_traits = new()
    {
        WhyNotSequential = null,
        NotLipschitz = null,
        WhyNotElementwise = null,
        WhyShifted = null,
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = 1,
        KeepsChannels = true,
        RemovesScale = false,
    };

    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "global-average",
            Example = "global-average",
            Summary = "the mean over all positions of every channel",
            Add = static (builder, _) => builder.GlobalAverage(),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "global-average";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => s_traits;

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below) => below[0];

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below) => below[0];

    internal override double[] PathSums(PathWalk walk, double[][] below)
    {
        var (channels, a, share) = (walk.Input.Channels, below[0], Math.Pow(walk.Input.Positions, -walk.P));
        var z = new double[channels];
        for (var i = 0; i < a.Length; i++) z[i % channels] += share * a[i];
        return z;
    }

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => new PoolingOperator<T>(
        PoolingShape.Global(site.Input.Height, site.Input.Width, site.Input.Channels),
        PoolingKind.Average, site.Capacity, site.Source, site.Target, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>The maximum of every window.</summary>
    /// <param name="kernel">Rows and columns of a window.</param>
    /// <param name="stride">Distance of neighbouring windows; the kernel unless given.</param>
    /// <param name="padding">Positions around the image, at most half the kernel.</param>
    /// <exception cref="ArgumentException">The window does not fit into the padded image.</exception>
    public NetworkBuilder MaxPool(int kernel, int? stride = null, int padding = 0) => Pool(PoolingKind.Max, kernel, stride, padding);

    /// <summary>The mean of every window; padding counts as zeros.</summary>
    /// <inheritdoc cref="MaxPool"/>
    public NetworkBuilder AveragePool(int kernel, int? stride = null, int padding = 0) =>
        Pool(PoolingKind.Average, kernel, stride, padding);

    /// <summary>The mean over all positions of every channel.</summary>
    /// <exception cref="ArgumentException">The input has no positions: it is a vector.</exception>
    public NetworkBuilder GlobalAverage()
    {
        RequireImage("a global average looks at all pixels");
        return Add(new GlobalAverageNode([Last], TensorShape.Vector(Shape.Channels)));
    }

    private NetworkBuilder Pool(PoolingKind kind, int kernel, int? stride, int padding)
    {
        var (height, width) = WindowsOf("pooling", kernel, stride ?? kernel, padding);
        if (padding > kernel / 2)
            throw new ArgumentException($"pooling with kernel {kernel} takes a padding of at most {kernel / 2}; {padding} was given");
        return Add(new PoolingNode([Last], Shape with { Height = height, Width = width }, kind, kernel, stride ?? kernel, padding));
    }
}

/// <summary>
/// z = maximum or mean of every window (of the whole image, for a global average). A maximum sends δ to the place it came from, a mean
/// to all; both are linear for fixed places, so derivatives along a direction use the same places.
/// </summary>
internal sealed class PoolingOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Pooling<T> _kernel;
    private readonly AlignedBuffer<T>? _choice;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;

    public PoolingOperator(PoolingShape shape, PoolingKind kind, int capacity, Source<T> source, Slot<T> target, Team team)
    {
        (_source, _target) = (source, target);
        _kernel = new Pooling<T>(shape, team);
        if (kind == PoolingKind.Max) _choice = new AlignedBuffer<T>(checked(capacity * target.Count));
    }

    public void Forward(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_choice is null) _kernel.AverageForward(n, _source.Slot.Value(n), _target.Value(n));
        else _kernel.MaximumForward(n, _source.Slot.Value(n), _target.Value(n), Choice(n));
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_source.Slot.Moves) Back(n, _target.Delta(n), _source.Slot.Delta(n));
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_choice is null) _kernel.AverageForward(n, _source.Slot.ValueDot(n), _target.ValueDot(n));
        else _kernel.MaximumTangent(n, _source.Slot.ValueDot(n), Choice(n), _target.ValueDot(n));
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (_source.Slot.Moves) Back(n, _target.DeltaDot(n), _source.Slot.DeltaDot(n));
    }

    private void Back(int examples, ReadOnlySpan<T> delta, Span<T> below)
    {
        if (_choice is null) _kernel.AverageBackward(examples, delta, below, _source.Accumulate);
        else _kernel.MaximumBackward(examples, delta, Choice(examples), below, _source.Accumulate);
    }

    private Span<T> Choice(int examples) => _choice!.Span[..(examples * _target.Count)];
}
