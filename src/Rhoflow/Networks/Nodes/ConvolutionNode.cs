using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// z = W_k ∗ a: at every position W_k, a matrix of maps × (Kernel · Kernel · channels) with columns in the order (y, x, channel),
/// times the patch there; outside the image a is 0.
/// </summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Positions and maps.</param>
/// <param name="Windows">Its layer.</param>
/// <param name="Kernel">Rows and columns of a patch.</param>
/// <param name="Stride">Distance of neighbouring patches.</param>
/// <param name="Padding">Zeros around the image.</param>
internal sealed record ConvolutionNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows, int Kernel, int Stride,
    int Padding)
    : Node(Sources, Shape, Windows), INodeKind
{
    private static readonly NodeTraits s_traits = new()
    {
        WhyNotSequential = null,
        NotLipschitz = null,
        WhyNotElementwise = null,
        WhyShifted = null,
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = null,
        KeepsChannels = true,
        RemovesScale = false,
    };

    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "conv",
            Example = "{conv: {maps, kernel: 3, stride: 1, pad}}",
            Summary = "maps of a convolution; pad is half the kernel unless given; {conv: 16} is 3 × 3",
            Settings =
            [
                new("maps", SettingKind.Count) { Meaning = "how many there are" },
                new("kernel", SettingKind.Count) { Default = static _ => 3 },
                new("stride", SettingKind.Count) { Default = static _ => 1 },
                new("pad", SettingKind.CountOrZero) { Default = static given => given.Count("kernel") / 2 },
            ],
            Needs = "maps: {conv: {maps: 16, kernel: 3, stride: 2, pad: 1}}",
            HasShortForm = true,
            Add = static (builder, s) => builder.Convolution(s.Count("maps"), s.Count("kernel"), s.Count("stride"), s.Count("pad")),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "conv";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => s_traits;

    internal override IReadOnlyList<(string Name, double Value)> Settings => [("kernel", Kernel), ("stride", Stride), ("padding", Padding)];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below) => below[0] + walk.OfLayer(Layer!.Value);

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        if (Padding > 0) below[0]?.RequireNoShift($"the padding of {walk.Place} is zeros, not the shift");
        walk.Absorb(Layer!.Value, below[0], walk.Input.Channels);
        return null;
    }

    internal override double[] PathSums(PathWalk walk, double[][] below)
    {
        var (layer, shape, a) = (walk.Network.Layers[Layer!.Value], walk.Input, below[0]);
        var w = layer.Of(walk.Powers);
        var z = new double[Shape.Count];
        for (var y = 0; y < Shape.Height; y++)
            for (var x = 0; x < Shape.Width; x++)
                for (var dy = 0; dy < Kernel; dy++)
                {
                    int row = y * Stride + dy - Padding, left = x * Stride - Padding;
                    if (row < 0 || row >= shape.Height) continue;
                    // The part of the patch's row that lies in the image is contiguous.
                    int from = Math.Max(0, -left), count = (Math.Min(Kernel, shape.Width - left) - from) * shape.Channels;
                    if (count <= 0) continue;
                    var pixels = a.AsSpan((row * shape.Width + left + from) * shape.Channels, count);
                    for (var map = 0; map < layer.Rows; map++)
                    {
                        var weights = w.Slice(map * layer.Columns + (dy * Kernel + from) * shape.Channels, count);
                        z[(y * Shape.Width + x) * layer.Rows + map] += Numerics.Vectors.Dot(weights, pixels);
                    }
                }
        return z;
    }

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => IsFiltered<T>(site.Layer) && site.EvaluatesOnly
        ? new FilteredConvolution<T>(site.Layer, site.Source, site.Target, site.Team)
        : new ConvolutionOperator<T>(site.Layer, site.Capacity, site.Source, site.Target, site.Team);

    /// <summary>Whether passes that evaluate only take Winograd's filtering for a layer: in float64 digits are worth more.</summary>
    internal static bool IsFiltered<T>(Layer layer) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) && layer.Geometry is { } shape && WinogradForward<T>.Fits(shape);
}

public sealed partial class NetworkBuilder
{
    /// <summary><paramref name="maps"/> maps of a <paramref name="kernel"/> × <paramref name="kernel"/> convolution.</summary>
    /// <param name="maps">At least 1.</param>
    /// <param name="kernel">Rows and columns of a patch.</param>
    /// <param name="stride">Distance of neighbouring patches.</param>
    /// <param name="padding">Zeros around the image.</param>
    /// <exception cref="ArgumentException">The kernel does not fit into the padded image.</exception>
    public NetworkBuilder Convolution(int maps, int kernel, int stride = 1, int padding = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maps, 1);
        var (height, width) = WindowsOf("convolution", kernel, stride, padding);
        _ = checked(kernel * kernel * Shape.Channels);
        var geometry = new ConvolutionShape(Shape.Height, Shape.Width, Shape.Channels, maps, kernel, kernel, stride, padding);
        var layer = AddLayer(LayerKind.Convolution, maps, checked(kernel * kernel * Shape.Channels), geometry);
        return Add(new ConvolutionNode([Last], new TensorShape(height, width, maps), new NodeWindows(layer), kernel, stride, padding));
    }
}

/// <summary>z = W ∗ a, δ_a = Wᵀ ∗ δ_z, dW = δ_z ⋆ a: bilinear, so derivatives along a direction are the same three passes.</summary>
internal sealed class ConvolutionOperator<T> : IOperator<T>, IFusing<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Layer _layer;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;
    private readonly Convolution<T> _kernel;

    // The kernel keeps the padded input of its last forward pass; this tells whether that was a.
    private bool _holdsValue;

    public ConvolutionOperator(Layer layer, int capacity, Source<T> source, Slot<T> target, Team team)
    {
        (_layer, _source, _target) = (layer, source, target);
        _kernel = new Convolution<T>(layer.Geometry!, capacity, team);
    }

    public OutputFusion<T> After { get; } = new();

    public void Forward(in Pass<T> pass)
    {
        _kernel.Forward(pass.Examples, _source.Slot.Value(pass.Examples), Window(pass.Theta), _target.Value(pass.Examples),
            after: After.Of(pass), sameWeights: pass.SameTheta);
        After.Finish(pass);
        _holdsValue = true;
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var delta = _target.Delta(n);
        if (!pass.Gradient.IsEmpty) _kernel.BackwardWeights(n, _source.Slot.Value(n), delta, Window(pass.Gradient), sameInput: _holdsValue);
        if (_source.Slot.Moves) _kernel.BackwardData(n, delta, Window(pass.Theta), _source.Slot.Delta(n), _source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var zDot = _target.ValueDot(n);
        if (_source.Slot.Moves) _kernel.Forward(n, _source.Slot.ValueDot(n), Window(pass.Theta), zDot);
        _kernel.Forward(n, _source.Slot.Value(n), Window(pass.Direction), zDot, accumulate: _source.Slot.Moves);
        _holdsValue = true;
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        Span<T> delta = _target.Delta(n), deltaDot = _target.DeltaDot(n);
        _kernel.BackwardWeights(n, _source.Slot.Value(n), deltaDot, Window(pass.Gradient), sameInput: _holdsValue);
        if (!_source.Slot.Moves) return;
        _kernel.BackwardWeights(n, _source.Slot.ValueDot(n), delta, Window(pass.Gradient), accumulate: true);
        _holdsValue = false;
        _kernel.BackwardData(n, deltaDot, Window(pass.Theta), _source.Slot.DeltaDot(n), _source.Accumulate);
        _kernel.BackwardData(n, delta, Window(pass.Direction), _source.Slot.DeltaDot(n), accumulate: true);
    }

    private ReadOnlySpan<T> Window(ReadOnlySpan<T> theta) => theta.Slice(_layer.Offset, _layer.Count);
    private Span<T> Window(Span<T> theta) => theta.Slice(_layer.Offset, _layer.Count);
}

/// <summary>z = W ∗ a with fewer multiplications, where no derivatives are taken.</summary>
internal sealed class FilteredConvolution<T>(Layer layer, Source<T> source, Slot<T> target, Team team) : IOperator<T>, IFusing<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly WinogradForward<T> _kernel = new(layer.Geometry!, team);

    public OutputFusion<T> After { get; } = new();

    public void Forward(in Pass<T> pass)
    {
        _kernel.Run(pass.Examples, source.Slot.Value(pass.Examples), pass.Theta.Slice(layer.Offset, layer.Count),
            target.Value(pass.Examples), After.Of(pass), pass.SameTheta);
        After.Finish(pass);
    }

    public void VectorJacobianProduct(in Pass<T> pass) => throw Refusal();

    public void JacobianVectorProduct(in Pass<T> pass) => throw Refusal();

    public void HessianVectorProduct(in Pass<T> pass) => throw Refusal();

    private static InvalidOperationException Refusal() => new("a convolution that is evaluated only has no derivatives");
}
