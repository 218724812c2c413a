using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// Its sources side by side: at every position the channels of the first, then those of the second (Huang et al. 2017; Szegedy et al.
/// 2015); of vectors one behind the other.
/// </summary>
/// <param name="Sources">The nodes that it puts beside each other; all have the same positions.</param>
/// <param name="Shape">Those positions, with the channels of all.</param>
/// <param name="Channels">Of every source.</param>
internal sealed record ConcatNode(IReadOnlyList<int> Sources, TensorShape Shape, IReadOnlyList<int> Channels)
    : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    private static readonly NodeTraits s_traits = new()
    {
        WhyNotSequential = "puts branches side by side",
        NotLipschitz = null,
        WhyNotElementwise = null,
        WhyShifted = null,
        WhyNoPaths = null,
        IsPiecewiseLinear = true,
        UnitDegree = null,
        KeepsChannels = false,
        RemovesScale = false,
    };

    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "concat",
            Example = "{concat: [ … ], beside: [ … ]}",
            Summary = "the channels of its input, or of what stands under beside, and then those of the branch",
            Needs = "branch: {concat: [ batch-norm, relu, {conv: 12} ]}",
            Branches = ["concat", "beside"],
            Join = static (builder, branches) => builder.Concat(branches[0] ?? (static _ => { }), branches[1]),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "concat";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => s_traits;

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        if (Array.TrueForAll(below, d => d == below[0])) return below[0];
        if (walk.IsLeading && Array.TrueForAll(below, static d => d is not null)) return below.Max();
        if (Array.TrueForAll(below, static d => d is not null))
            walk.Because($"node {walk.Number} puts parts of degree {string.Join(" and ", below)} side by side");
        return null;
    }

    // What is owed is owed channel by channel: each part keeps its own.
    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        if (Array.TrueForAll(below, static p => p is null)) return null;
        return new ChannelRescaling(
            [.. below.SelectMany((p, i) => p?.Scale ?? Enumerable.Repeat(1.0, Channels[i]))],
            [.. below.SelectMany((p, i) => p?.Shift ?? new double[Channels[i]])],
            [.. below.OfType<ChannelRescaling>().SelectMany(static p => p.Norms).Distinct()]);
    }

    internal override double[] PathSums(PathWalk walk, double[][] below)
    {
        var z = new double[Shape.Count];
        for (int i = 0, begin = 0; i < below.Length; begin += Channels[i++])
            for (var position = 0; position < Shape.Positions; position++)
                below[i].AsSpan(position * Channels[i], Channels[i]).CopyTo(z.AsSpan(position * Shape.Channels + begin));
        return z;
    }

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) =>
        new ConcatOperator<T>(site.Sources, Channels, Shape, site.Target);
}

public sealed partial class NetworkBuilder
{
    /// <summary>The channels of a and then those of branch(a), or of beside(a) and branch(a); of vectors their numbers.</summary>
    /// <param name="branch">Adds the nodes of the branch.</param>
    /// <param name="beside">Adds those of what comes first; null: none, the input itself comes first.</param>
    /// <exception cref="ArgumentException">The two sides have different rows or columns, or the branch is empty.</exception>
    public NetworkBuilder Concat(Action<NetworkBuilder> branch, Action<NetworkBuilder>? beside = null)
    {
        ArgumentNullException.ThrowIfNull(branch);
        NetworkBuilder first = Branch(), second = Branch();
        beside?.Invoke(first);
        branch(second);
        if (second.Last == Last) throw new ArgumentException("the branch of a concat needs at least one layer");
        return Beside([first.Last, second.Last]);
    }

    /// <summary>The outputs of some nodes side by side.</summary>
    /// <exception cref="ArgumentException">They have different rows or columns.</exception>
    internal NetworkBuilder Beside(IReadOnlyList<int> nodes)
    {
        TensorShape[] shapes = [.. nodes.Select(n => At(n).Shape)];
        if (Array.Exists(shapes, s => (s.Height, s.Width) != (shapes[0].Height, shapes[0].Width)))
            throw new ArgumentException($"{string.Join(" and ", shapes)} cannot stand side by side: their rows and columns must agree");
        var shape = shapes[0] with { Channels = shapes.Aggregate(0, static (sum, s) => checked(sum + s.Channels)) };
        return Add(new ConcatNode([.. nodes], shape, [.. shapes.Select(static s => s.Channels)]));
    }
}

/// <summary>z = (a_1, a_2, …) at every position: δ_{a_i} is its part of δ_z, and so for all derivatives.</summary>
internal sealed class ConcatOperator<T>(Source<T>[] sources, IReadOnlyList<int> channels, TensorShape shape, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass)
    {
        var n = pass.Examples;
        for (int i = 0, begin = 0; i < sources.Length; begin += channels[i++])
            Join(sources[i].Slot.Value(n), target.Value(n), channels[i], begin);
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        for (int i = 0, begin = 0; i < sources.Length; begin += channels[i++])
            if (sources[i].Slot.Moves) Part(target.Delta(n), sources[i].Slot.Delta(n), channels[i], begin, sources[i].Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var dot = target.ValueDot(n);
        for (int i = 0, begin = 0; i < sources.Length; begin += channels[i++])
            if (sources[i].Slot.Moves) Join(sources[i].Slot.ValueDot(n), dot, channels[i], begin);
            else
                for (var at = begin; at < dot.Length; at += shape.Channels) dot.Slice(at, channels[i]).Clear();
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        for (int i = 0, begin = 0; i < sources.Length; begin += channels[i++])
            if (sources[i].Slot.Moves) Part(target.DeltaDot(n), sources[i].Slot.DeltaDot(n), channels[i], begin, sources[i].Accumulate);
    }

    private void Join(ReadOnlySpan<T> from, Span<T> to, int count, int begin)
    {
        for (int at = 0, into = begin; at < from.Length; at += count, into += shape.Channels) from.Slice(at, count).CopyTo(to[into..]);
    }

    private void Part(ReadOnlySpan<T> from, Span<T> to, int count, int begin, bool accumulate)
    {
        for (int at = begin, into = 0; into < to.Length; at += shape.Channels, into += count)
        {
            var part = from.Slice(at, count);
            var below = to.Slice(into, count);
            if (accumulate) TensorPrimitives.Add(below, part, below);
            else part.CopyTo(below);
        }
    }
}
