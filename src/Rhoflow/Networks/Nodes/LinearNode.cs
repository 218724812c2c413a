using System.Numerics;
using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>z = W_k a, with W_k a full or a diagonal matrix; an image is read as the vector of its numbers (y, x, channel).</summary>
/// <inheritdoc cref="Node" path="/param"/>
internal sealed record LinearNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows)
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

    /// <summary>A full matrix in configs.</summary>
    public static NodeSyntax Dense { get; } = new()
    {
        Word = "dense",
        Example = "{dense: n}",
        Summary = "W_k with n rows (outputs), no bias; data.transforms: [constant-input] gives the first layer one",
        Settings = [new("width", SettingKind.Count)],
        Needs = "width: {dense: 20}",
        Add = static (builder, settings) => builder.Dense(settings.Count("width")),
    };

    /// <summary>A diagonal matrix in configs.</summary>
    public static NodeSyntax Diagonal { get; } = new()
    {
        Word = "diagonal",
        Example = "diagonal",
        Summary = "one weight per coordinate (SQ H.3)",
        Add = static (builder, _) => builder.Diagonal(),
    };

    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } = [Dense, Diagonal];

    /// <inheritdoc/>
    public override string Kind => "dense";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => true;

    internal override NodeTraits Traits => s_traits;

    internal override IReadOnlyList<(string Name, double Value)> Settings => [];

    internal override SlotUse Slot => SlotUse.Own;

    internal override int? Degree(DegreeWalk walk, int?[] below) => below[0] + walk.OfLayer(Layer!.Value);

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        walk.Absorb(Layer!.Value, below[0], below[0]?.Scale.Length ?? 1);
        return null;
    }

    internal override double[] PathSums(PathWalk walk, double[][] below)
    {
        var layer = walk.Network.Layers[Layer!.Value];
        var a = below[0];
        var w = layer.Of(walk.Powers);
        var z = new double[layer.Rows];
        for (var i = 0; i < z.Length; i++)
            z[i] = layer.Kind == LayerKind.Diagonal ? w[i] * a[i] : Vectors.Dot(w.Slice(i * layer.Columns, layer.Columns), a);
        return z;
    }

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => site.Layer is { Kind: LayerKind.Diagonal } diagonal
        ? new DiagonalOperator<T>(diagonal, site.Source, site.Target)
        : new LinearOperator<T>(site.Layer, site.Source, site.Target, site.ReadsInput, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>A full matrix with <paramref name="outputs"/> rows; an image is read as one vector.</summary>
    public NetworkBuilder Dense(int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var layer = AddLayer(LayerKind.Dense, outputs, Shape.Count);
        return Add(new LinearNode([Last], TensorShape.Vector(outputs), new NodeWindows(layer)));
    }

    /// <summary>One weight per coordinate.</summary>
    /// <exception cref="ArgumentException">The input is an image.</exception>
    public NetworkBuilder Diagonal()
    {
        if (!Shape.IsVector)
            throw new ArgumentException($"a diagonal layer stands after a vector; here is an image of {Shape}: flatten it first");
        var layer = AddLayer(LayerKind.Diagonal, Shape.Channels, Shape.Channels);
        return Add(new LinearNode([Last], Shape, new NodeWindows(layer)));
    }
}

/// <summary>Z = A Wᵀ (N × rows), δ_A = δ_Z W, dW = δ_Zᵀ A. A first layer on a shared minibatch reads it packed: the same bits.</summary>
/// <param name="readsInput">Whether the source is the network's input.</param>
internal sealed class LinearOperator<T>(Layer layer, Source<T> source, Slot<T> target, bool readsInput, Team team) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass) =>
        Product(pass, Window(pass.Theta), source.Slot.Value(pass.Examples), target.Value(pass.Examples), readsInput, accumulate: false);

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        var delta = target.Delta(n);
        if (!pass.Gradient.IsEmpty) WeightGradient(pass, delta, source.Slot.Value(n), readsInput, accumulate: false);
        if (source.Slot.Moves) Back(n, delta, Window(pass.Theta), source.Slot.Delta(n), source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        Product(pass, Window(pass.Direction), source.Slot.Value(n), target.ValueDot(n), readsInput, accumulate: false);
        if (source.Slot.Moves)
            Product(pass, Window(pass.Theta), source.Slot.ValueDot(n), target.ValueDot(n), packed: false, accumulate: true);
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        WeightGradient(pass, target.DeltaDot(n), source.Slot.Value(n), readsInput, accumulate: false);
        if (!source.Slot.Moves) return;
        WeightGradient(pass, target.Delta(n), source.Slot.ValueDot(n), packed: false, accumulate: true);
        Back(n, target.DeltaDot(n), Window(pass.Theta), source.Slot.DeltaDot(n), source.Accumulate);
        Back(n, target.Delta(n), Window(pass.Direction), source.Slot.DeltaDot(n), accumulate: true);
    }

    private ReadOnlySpan<T> Window(ReadOnlySpan<T> theta) => theta.Slice(layer.Offset, layer.Count);

    private void Product(in Pass<T> pass, ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z, bool packed, bool accumulate)
    {
        if (packed && pass.Inputs.PackedTransposed is { } columns)
            Gemm.MultiplyPacked(layer.Rows, w, layer.Columns, aTransposed: false, columns, z, layer.Rows, cTransposed: true, accumulate,
                team);
        else
            Gemm.Multiply(GemmForm.NT, pass.Examples, layer.Rows, layer.Columns, a, layer.Columns, w, layer.Columns, z, layer.Rows,
                accumulate, team);
    }

    private void WeightGradient(in Pass<T> pass, ReadOnlySpan<T> delta, ReadOnlySpan<T> a, bool packed, bool accumulate)
    {
        var dw = pass.Gradient.Slice(layer.Offset, layer.Count);
        if (packed && pass.Inputs.Packed is { } rows)
            Gemm.MultiplyPacked(layer.Rows, delta, layer.Rows, aTransposed: true, rows, dw, layer.Columns, cTransposed: false, accumulate,
                team);
        else
            Gemm.Multiply(GemmForm.TN, layer.Rows, layer.Columns, pass.Examples, delta, layer.Rows, a, layer.Columns, dw, layer.Columns,
                accumulate, team);
    }

    private void Back(int examples, ReadOnlySpan<T> delta, ReadOnlySpan<T> w, Span<T> below, bool accumulate) =>
        Gemm.Multiply(GemmForm.NN, examples, layer.Columns, layer.Rows, delta, layer.Rows, w, layer.Columns, below, layer.Columns,
            accumulate, team);
}

/// <summary>z_i = w_i a_i, δ_a = w ∘ δ_z, dw_i = Σ_n δ_z a.</summary>
internal sealed class DiagonalOperator<T>(Layer layer, Source<T> source, Slot<T> target) : IOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass) =>
        Times(Window(pass.Theta), source.Slot.Value(pass.Examples), target.Value(pass.Examples), accumulate: false);

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        if (!pass.Gradient.IsEmpty) WeightGradient(pass, target.Delta(n), source.Slot.Value(n), accumulate: false);
        if (source.Slot.Moves) Times(Window(pass.Theta), target.Delta(n), source.Slot.Delta(n), source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        Times(Window(pass.Direction), source.Slot.Value(n), target.ValueDot(n), accumulate: false);
        if (source.Slot.Moves) Times(Window(pass.Theta), source.Slot.ValueDot(n), target.ValueDot(n), accumulate: true);
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        WeightGradient(pass, target.DeltaDot(n), source.Slot.Value(n), accumulate: false);
        if (!source.Slot.Moves) return;
        WeightGradient(pass, target.Delta(n), source.Slot.ValueDot(n), accumulate: true);
        Times(Window(pass.Theta), target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
        Times(Window(pass.Direction), target.Delta(n), source.Slot.DeltaDot(n), accumulate: true);
    }

    private ReadOnlySpan<T> Window(ReadOnlySpan<T> theta) => theta.Slice(layer.Offset, layer.Count);

    private static void Times(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> result, bool accumulate)
    {
        for (var at = 0; at < a.Length; at += w.Length)
        {
            var row = result.Slice(at, w.Length);
            if (accumulate) TensorPrimitives.MultiplyAdd(a.Slice(at, w.Length), w, row, row);
            else TensorPrimitives.Multiply(a.Slice(at, w.Length), w, row);
        }
    }

    private void WeightGradient(in Pass<T> pass, ReadOnlySpan<T> delta, ReadOnlySpan<T> a, bool accumulate)
    {
        var dw = pass.Gradient.Slice(layer.Offset, layer.Count);
        if (!accumulate) dw.Clear();
        for (var at = 0; at < a.Length; at += dw.Length)
            TensorPrimitives.MultiplyAdd(delta.Slice(at, dw.Length), a.Slice(at, dw.Length), dw, dw);
    }
}
