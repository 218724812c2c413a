using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>The sum of its sources: a residual connection.</summary>
/// <param name="Sources">The nodes that it adds.</param>
/// <param name="Shape">Their common shape.</param>
internal sealed record SumNode(IReadOnlyList<int> Sources, TensorShape Shape) : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    private static readonly NodeTraits s_traits = new()
    {
        WhyNotSequential = "adds branches",
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
            Word = "residual",
            Example = "{residual: [ … ], shortcut: [ … ]}",
            Summary = "the branch plus its input, or plus the shortcut",
            Needs = "branch: {residual: [ {conv: 16}, batch-norm, relu, {conv: 16} ]}",
            Branches = ["residual", "shortcut"],
            Join = static (builder, branches) => builder.Residual(branches[0] ?? (static _ => { }), branches[1]),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "residual";

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
            walk.Because($"the residual sum of node {walk.Number} adds parts of degree {string.Join(" and ", below)}");
        return null;
    }

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        if (Array.TrueForAll(below, static p => p is null)) return null;
        int[] norms = [.. below.OfType<ChannelRescaling>().SelectMany(static p => p.Norms).Distinct()];
        var channels = below.OfType<ChannelRescaling>().First().Scale.Length;
        var scales = below.Select(p => p?.Scale ?? [.. Enumerable.Repeat(1.0, channels)]).ToArray();
        if (!Array.TrueForAll(scales, s => s.AsSpan().SequenceEqual(scales[0])))
            throw new FoldingException(norms, $"{walk.Place} adds it to something with another scale");
        var shift = new double[channels];
        foreach (var part in below.OfType<ChannelRescaling>())
            for (var c = 0; c < channels; c++) shift[c] += part.Shift[c];
        return new ChannelRescaling(scales[0], shift, norms);
    }

    internal override double[] PathSums(PathWalk walk, double[][] below)
    {
        var z = new double[Shape.Count];
        foreach (var sums in below) Vectors.Add(1, sums, z);
        return z;
    }

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => new SumOperator<T>(site.Sources, site.Target, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>branch(a) + a, or branch(a) + shortcut(a).</summary>
    /// <param name="branch">Adds the nodes of the branch.</param>
    /// <param name="shortcut">Adds those of the shortcut; null: none, the input itself is added.</param>
    /// <exception cref="ArgumentException">The two sides have different shapes, or the branch is empty.</exception>
    public NetworkBuilder Residual(Action<NetworkBuilder> branch, Action<NetworkBuilder>? shortcut = null)
    {
        NetworkBuilder left = Branch(), right = Branch();
        branch(left);
        shortcut?.Invoke(right);
        if (left.Last == Last) throw new ArgumentException("the branch of a residual connection needs at least one layer");
        if (left.Shape != right.Shape)
        {
            throw new ArgumentException(
                $"the branch of a residual connection gives {left.Shape}, but {(shortcut is null ? "its input is" : "its shortcut gives")} "
                + $"{right.Shape}; both must agree (a 1×1 convolution as shortcut changes channels and stride)");
        }
        return Add(new SumNode([left.Last, right.Last], left.Shape));
    }

    /// <summary>What stands here plus the output of another node.</summary>
    /// <exception cref="ArgumentException">They have different shapes.</exception>
    internal NetworkBuilder Plus(int node) => At(node).Shape == Shape ? Add(new SumNode([Last, node], Shape))
        : throw new ArgumentException($"{Shape} and {At(node).Shape} cannot be added");
}

/// <summary>z = Σ a_i: δ_z goes to every source.</summary>
internal sealed class SumOperator<T> : IOperator<T>, IFusing<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkSize = 4096;

    private readonly Source<T>[] _sources;
    private readonly Slot<T> _target;
    private readonly Chunks _forward;
    private int _examples;
    private Epilogue<T> _after;

    public SumOperator(Source<T>[] sources, Slot<T> target, Team team)
    {
        (_sources, _target) = (sources, target);
        _forward = new Chunks(team, ChunkSize, ForwardChunk);
    }

    public OutputFusion<T> After { get; } = new();

    public void Forward(in Pass<T> pass)
    {
        // Channels are not seen here: a rectifier is all that it takes over.
        (_examples, _after) = (pass.Examples, After.Of(pass));
        _forward.Run(pass.Examples * _target.Count);
    }

    private unsafe void ForwardChunk(int first, int count, int chunk)
    {
        var z = Part(_target, first, count);
        if (_sources.Length == 1) Part(_sources[0].Slot, first, count).CopyTo(z);
        else TensorPrimitives.Add(Part(_sources[0].Slot, first, count), Part(_sources[1].Slot, first, count), z);
        for (var i = 2; i < _sources.Length; i++) TensorPrimitives.Add(z, Part(_sources[i].Slot, first, count), z);
        if (_after.IsEmpty) return;
        fixed (T* y = z) _after.Apply(y, 1, count);
    }

    private Span<T> Part(Slot<T> slot, int first, int count) => slot.Value(_examples).Slice(first, count);

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        foreach (var source in _sources)
            if (source.Slot.Moves) Put(_target.Delta(n), source.Slot.Delta(n), source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var written = false;
        foreach (var source in _sources)
        {
            if (!source.Slot.Moves) continue;
            Put(source.Slot.ValueDot(n), _target.ValueDot(n), written);
            written = true;
        }
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        foreach (var source in _sources)
            if (source.Slot.Moves) Put(_target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
    }

    private static void Put(ReadOnlySpan<T> from, Span<T> to, bool accumulate)
    {
        if (accumulate) TensorPrimitives.Add(to, from, to);
        else from.CopyTo(to);
    }
}
