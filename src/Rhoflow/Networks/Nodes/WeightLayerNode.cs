using System.Numerics;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>A <see cref="WeightLayer"/> as a node.</summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its output.</param>
/// <param name="Windows">Its layer.</param>
/// <param name="Own">What it does.</param>
internal sealed record WeightLayerNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows, WeightLayer Own)
    : Node(Sources, Shape, Windows), INodeKind
{
    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax => [.. WeightLayerKind.All.Select(static kind => kind.Syntax)];

    /// <inheritdoc/>
    public override string Kind => Own.Kind.Name;

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    // Its matrix is not known to be that of the map a ↦ z, so what is proved of such matrices is not said of it.
    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = null,
        NotLipschitz = $"'{Kind}', a layer of another assembly,",
        WhyNotElementwise = $"'{Kind}' is a layer of another assembly",
        WhyShifted = null,
        WhyNoPaths = $"what '{Kind}', a layer of another assembly, does with its weights is its own",
        IsPiecewiseLinear = Own.IsPiecewiseLinear,
        UnitDegree = null,
        KeepsChannels = false,
        RemovesScale = false,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override (int OfWeights, int OfInput) LayerDegrees => (Own.WeightDegree ?? 1, Own.InputDegree ?? 1);

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        if (below[0] is not { } degree) return null;
        var own = walk.OfLayer(Layer!.Value);
        if (degree != 0 && Own.InputDegree is null) return None("what it reads");
        if (own != 0 && Own.WeightDegree is null) return None("its weights");
        return degree * (Own.InputDegree ?? 0) + own * (Own.WeightDegree ?? 0);

        int? None(string what)
        {
            walk.Because($"{Kind} (node {walk.Number}) is not homogeneous in {what}");
            return null;
        }
    }

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below) =>
        below[0]?.Stop($"{walk.Place} follows it, a layer of another assembly");

    internal override double[] PathSums(PathWalk walk, double[][] below) => throw new InvalidOperationException(Traits.WhyNoPaths);

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) =>
        new WeightLayerOperator<T>(Own, site.Layer, site.Source, site.Target);
}

public sealed partial class NetworkBuilder
{
    /// <summary>A layer of weights of another assembly.</summary>
    /// <param name="create">The layer after examples of the shape that they have here.</param>
    /// <exception cref="ArgumentException">It does not fit, or contradicts itself: a sentence says in what.</exception>
    public NetworkBuilder Then(Func<TensorShape, WeightLayer> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        var own = create(Shape);
        WeightLayerCheck.Require(own, Shape);
        return Add(new WeightLayerNode([Last], own.Output, new NodeWindows(AddLayer(LayerKind.Own, own.Rows, own.Columns)), own));
    }
}

/// <summary>The passes of a <see cref="WeightLayer"/>: example by example, in their order.</summary>
internal sealed class WeightLayerOperator<T>(WeightLayer own, Layer layer, Source<T> source, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _inputs = source.Slot.Count, _outputs = target.Count;

    // ȧ = 0 and an unread δ_a where the source does not depend on θ.
    private readonly T[] _still = source.Slot.Moves ? [] : new T[source.Slot.Count];
    private readonly T[] _unread = source.Slot.Moves ? [] : new T[source.Slot.Count];
    private T[] _noGradient = [];

    public void Forward(in Pass<T> pass)
    {
        var n = pass.Examples;
        var z = target.Value(n);
        z.Clear();
        for (var i = 0; i < n; i++) own.Forward(Weights(pass.Theta), Input(source.Slot.Value(n), i), Output(z, i));
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var gradient = Gradient(pass.Gradient);
        var below = source.Slot.Moves ? Below(source.Slot.Delta(n)) : default;
        for (var i = 0; i < n; i++)
            own.VectorJacobianProduct(Weights(pass.Theta), Input(source.Slot.Value(n), i), Output(target.Delta(n), i),
                BelowOf(below, i), gradient);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var zDot = target.ValueDot(n);
        zDot.Clear();
        for (var i = 0; i < n; i++)
            own.JacobianVectorProduct(Weights(pass.Theta), Input(source.Slot.Value(n), i), Weights(pass.Direction), Dot(n, i),
                Output(zDot, i));
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var gradient = Gradient(pass.Gradient);
        var below = source.Slot.Moves ? Below(source.Slot.DeltaDot(n)) : default;
        for (var i = 0; i < n; i++)
        {
            var a = Input(source.Slot.Value(n), i);
            own.VectorJacobianProduct(Weights(pass.Theta), a, Output(target.DeltaDot(n), i), BelowOf(below, i), gradient);
            own.SecondDerivative(Weights(pass.Theta), a, Weights(pass.Direction), Dot(n, i), Output(target.Delta(n), i),
                BelowOf(below, i), gradient);
        }
    }

    private ReadOnlySpan<T> Weights(ReadOnlySpan<T> theta) => theta.Slice(layer.Offset, layer.Count);

    private ReadOnlySpan<T> Input(ReadOnlySpan<T> rows, int i) => rows.Slice(i * _inputs, _inputs);

    private Span<T> Output(Span<T> rows, int i) => rows.Slice(i * _outputs, _outputs);

    private ReadOnlySpan<T> Dot(int n, int i) => source.Slot.Moves ? Input(source.Slot.ValueDot(n), i) : _still;

    // Cleared, unless another reader of the source has written to it before.
    private Span<T> Below(Span<T> delta)
    {
        if (!source.Accumulate) delta.Clear();
        return delta;
    }

    private Span<T> BelowOf(Span<T> below, int i) => source.Slot.Moves ? below.Slice(i * _inputs, _inputs) : _unread;

    private Span<T> Gradient(Span<T> all)
    {
        if (all.IsEmpty) return _noGradient = _noGradient.Length > 0 ? _noGradient : new T[layer.Count];
        var gradient = all.Slice(layer.Offset, layer.Count);
        gradient.Clear();
        return gradient;
    }
}
