using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// z = x + b, one number b_c per channel (per feature of a vector). The papers' networks have none (T3 §2): with b the network is not
/// homogeneous, f(cθ; x) ≠ c^K f(θ; x) for K &gt; 1, but where b belongs to the first layer.
/// </summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Windows">b, as β.</param>
internal sealed record BiasNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows)
    : Node(Sources, Shape, Windows), INodeKind
{
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "bias",
            Example = "bias",
            Summary = "adds a learned number per channel, 0 at the start; the network is not homogeneous then. network.bias: true puts one "
                + "after every layer of weights that no batch normalization follows",
            Add = static (builder, _) => builder.Bias(),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "bias";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = null,
        NotLipschitz = null,
        WhyNotElementwise = null,
        WhyShifted = "a bias adds b",
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = null,
        KeepsChannels = true,
        RemovesScale = false,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.InPlace;

    // b itself has degree 1 where all parameters are scaled, and 0 in a single W_k.
    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        if (below[0] is not { } degree || degree == walk.Affine) return below[0];
        if (walk.IsLeading) return Math.Max(degree, walk.Affine);
        walk.Because($"the bias of node {walk.Number} is added to a part of degree {degree}");
        return null;
    }

    // s x' + t + b = s (x' + b/s) + t: the folded network keeps b as it is where nothing is owed, and owes the difference otherwise.
    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        if (below[0] is not { } owed) return null;
        var b = Windows.Beta!.Value.Of(walk.Theta);
        var shift = new double[owed.Shift.Length];
        for (var c = 0; c < shift.Length; c++) shift[c] = owed.Shift[c] + (1 - owed.Scale[c]) * b[c];
        return owed with { Shift = shift };
    }

    // A path that begins at b does not begin at an input.
    internal override double[] PathSums(PathWalk walk, double[][] below) => below[0];

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) =>
        new BiasOperator<T>(Windows.Beta!.Value, Shape, site.Capacity, site.Source, site.Target, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>Adds a learned number to every channel, as most libraries do behind a layer of weights; 0 at the start.</summary>
    public NetworkBuilder Bias() => Add(new BiasNode([Last], Shape, new NodeWindows(Beta: AddParameters(Shape.Channels))));
}

/// <summary>z = x + b; δ_x = δ, db = Σ δ over examples and positions; ż = ẋ + ḃ; δ̇_x = δ̇, db˙ = Σ δ̇.</summary>
internal sealed class BiasOperator<T>(Window b, TensorShape shape, int capacity, Source<T> source, Slot<T> target, Team team)
    : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _positions = shape.Count / shape.Channels;
    private readonly ChannelMap<T> _map = new(shape.Channels, team);
    private readonly ChannelSums<T> _sums = new(shape.Channels, capacity * (shape.Count / shape.Channels), team);

    public void Forward(in Pass<T> pass) =>
        Add(pass.Examples, b.Of(pass.Theta), source.Slot.Value(pass.Examples), target.Value(pass.Examples));

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var delta = target.Delta(pass.Examples);
        PutGradient(pass, delta);
        if (source.Slot.Moves) PassOn(delta, source.Slot.Delta(pass.Examples));
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var result = target.ValueDot(pass.Examples);
        if (source.Slot.Moves) Add(pass.Examples, b.Of(pass.Direction), source.Slot.ValueDot(pass.Examples), result);
        else
        {
            var direction = b.Of(pass.Direction);
            for (var at = 0; at < result.Length; at += direction.Length) direction.CopyTo(result[at..]);
        }
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var deltaDot = target.DeltaDot(pass.Examples);
        PutGradient(pass, deltaDot);
        if (source.Slot.Moves) PassOn(deltaDot, source.Slot.DeltaDot(pass.Examples));
    }

    private void Add(int examples, ReadOnlySpan<T> constants, ReadOnlySpan<T> from, Span<T> to)
    {
        for (var c = 0; c < constants.Length; c++) _map.Set(c, 0, 1, double.CreateTruncating(constants[c]));
        _map.Run(examples * _positions, from, [], [], [], to, accumulate: false);
    }

    // In place it is there already.
    private void PassOn(ReadOnlySpan<T> delta, Span<T> below)
    {
        if (source.Slot == target) return;
        if (!source.Accumulate) delta.CopyTo(below);
        else
            for (var i = 0; i < delta.Length; i++) below[i] += delta[i];
    }

    private void PutGradient(in Pass<T> pass, ReadOnlySpan<T> delta)
    {
        if (pass.Gradient.IsEmpty) return;
        _sums.Sum(pass.Examples * _positions, delta);
        var to = b.Of(pass.Gradient);
        for (var c = 0; c < to.Length; c++) to[c] = T.CreateTruncating(_sums.Total[c]);
    }
}
