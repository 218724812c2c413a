using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>a = σ(z), elementwise.</summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Activation">σ.</param>
internal sealed record ActivationNode(IReadOnlyList<int> Sources, TensorShape Shape, Activation Activation)
    : Node(Sources, Shape, NodeWindows.None), INodeKind
{
    /// <inheritdoc/>
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "relu",
            Example = "relu",
            Summary = "max(0, z)",
            Add = static (builder, _) => builder.Then(Activation.ReLU),
        },
        new()
        {
            Word = "leaky-relu",
            Example = "leaky-relu",
            Summary = "z for z > 0, else 0.01 z; {leaky-relu: a} for another slope",
            Settings = [new("slope", SettingKind.Number) { Default = static _ => 0.01 }],
            Add = static (builder, settings) => builder.Then(Activation.LeakyReLU(settings.Number("slope"))),
        },
        new()
        {
            Word = "power",
            Example = "{power: p}",
            Summary = "z^p, degree of homogeneity p",
            Settings = [new("exponent", SettingKind.Count)],
            Needs = "exponent: {power: 2}",
            Add = static (builder, settings) => builder.Then(Activation.Power(settings.Count("exponent"))),
        },
        new()
        {
            Word = "linear",
            Example = "linear",
            Summary = "nothing between two layers of weights: deep linear networks",
            Add = static (_, _) => { },
        },
    ];

    /// <inheritdoc/>
    public override string Kind => Activation.ToString();

    internal override Activation? Elementwise => Activation;

    internal override bool FitsChains => true;

    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = null,
        NotLipschitz = Activation.Degree != 1 || LargestSlope > 1 ? Activation.ToString() : null,
        WhyNotElementwise = null,
        WhyShifted = null,
        WhyNoPaths = Activation.Degree != 1 ? $"{Activation} units multiply them" : null,
        IsPiecewiseLinear = Activation.Degree == 1,
        UnitDegree = Activation.Degree,
        KeepsChannels = true,
        RemovesScale = false,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [("parameter", Activation.Parameter)];

    // In place only where the side of z can be seen from a.
    internal override SlotUse Slot =>
        Activation.Kind == ActivationKind.ReLU || (Activation.Kind == ActivationKind.LeakyReLU && Activation.Parameter >= 0)
            ? SlotUse.InPlace
            : SlotUse.Own;

    internal override bool KeepsOutput => Slot == SlotUse.InPlace;

    // 0 where it is no larger than 1.
    private double LargestSlope => Activation.Kind == ActivationKind.LeakyReLU && Math.Abs(Activation.Parameter) > 1
        ? Math.Abs(Activation.Parameter)
        : 0;

    internal override int? Degree(DegreeWalk walk, int?[] below) => below[0] * Activation.Degree;

    // σ(s z) = s^p σ(z) for s > 0.
    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below)
    {
        below[0]?.RequireNoShift($"{walk.Place} follows it, and σ(s z + t) is no multiple of σ(z)");
        below[0]?.RequirePositive($"{walk.Place} follows it, and the scale is not positive");
        return below[0] is { } owed ? owed with { Scale = [.. owed.Scale.Select(s => Math.Pow(s, Activation.Degree))] } : null;
    }

    internal override double[] PathSums(PathWalk walk, double[][] below) =>
        LargestSlope > 1 ? [.. below[0].Select(v => v * Math.Pow(LargestSlope, walk.P))] : below[0];

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) => Activation.Kind == ActivationKind.Power
        ? new PowerOperator<T>(Activation.Degree, site.Source, site.Target)
        : new RectifierOperator<T>(Activation, site.Source, site.Target, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>The nonlinearity after what stands here; the identity adds nothing.</summary>
    /// <exception cref="ArgumentException">There is no layer yet, or a nonlinearity stands here already.</exception>
    public NetworkBuilder Then(Activation activation)
    {
        if (Last == Node.NetworkInput) throw new ArgumentException($"'{activation}' stands before the first layer of weights");
        if (LastNode?.Elementwise is { } before)
            throw new ArgumentException($"'{activation}' follows '{before}' directly; a layer of weights must stand between them");
        return activation.Kind == ActivationKind.Identity ? this : Add(new ActivationNode([Last], Shape, activation));
    }
}

/// <summary>
/// a = z for z &gt; 0 and s z otherwise (ReLU: s = 0); δ_z = δ_a or s δ_a. May run in place when s ≥ 0, since then the sign of a tells
/// the side of z. The second derivative is 0 (T3 eq. 5), so derivatives along a direction pass through the same switch.
/// </summary>
internal sealed class RectifierOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkSize = 16384;

    private readonly T _slope;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;
    private readonly Chunks _forward, _vectorProduct, _jacobianProduct, _hessianProduct;
    private int _examples;

    public RectifierOperator(Activation activation, Source<T> source, Slot<T> target, Team team)
    {
        (_slope, _source, _target) =
            (activation.Kind == ActivationKind.ReLU ? T.Zero : T.CreateChecked(activation.Parameter), source, target);
        _forward = new Chunks(team, ChunkSize, (first, count, _) =>
            Rectify(Values(first, count), _target.Value(_examples).Slice(first, count)));
        _vectorProduct = new Chunks(team, ChunkSize, (first, count, _) =>
            Switch(Values(first, count), _target.Delta(_examples).Slice(first, count), _source.Slot.Delta(_examples).Slice(first, count),
                _source.Accumulate));
        _jacobianProduct = new Chunks(team, ChunkSize, (first, count, _) =>
            Switch(Values(first, count), _source.Slot.ValueDot(_examples).Slice(first, count),
                _target.ValueDot(_examples).Slice(first, count), false));
        _hessianProduct = new Chunks(team, ChunkSize, (first, count, _) =>
            Switch(Values(first, count), _target.DeltaDot(_examples).Slice(first, count),
                _source.Slot.DeltaDot(_examples).Slice(first, count), _source.Accumulate));
    }

    /// <summary>Whether s = 0.</summary>
    public bool IsRelu => _slope == T.Zero;

    public void Forward(in Pass<T> pass) => Run(_forward, pass);
    public void VectorJacobianProduct(in Pass<T> pass) => Run(_vectorProduct, pass);
    public void JacobianVectorProduct(in Pass<T> pass) => Run(_jacobianProduct, pass);
    public void HessianVectorProduct(in Pass<T> pass) => Run(_hessianProduct, pass);

    private void Run(Chunks chunks, in Pass<T> pass)
    {
        _examples = pass.Examples;
        chunks.Run(pass.Examples * _target.Count);
    }

    // z, or a where it runs in place: the signs are the same.
    private Span<T> Values(int first, int count) => _source.Slot.Value(_examples).Slice(first, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rectify(ReadOnlySpan<T> z, Span<T> a)
    {
        ref T z0 = ref MemoryMarshal.GetReference(z), a0 = ref MemoryMarshal.GetReference(a);
        var s = new Vector<T>(_slope);
        var isRelu = _slope == T.Zero;
        var i = 0;
        for (; i <= z.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var v = Vector.LoadUnsafe(ref z0, (nuint)i);
            var low = isRelu ? Vector<T>.Zero : s * v;
            Vector.ConditionalSelect(Vector.LessThanOrEqual(v, Vector<T>.Zero), low, v).StoreUnsafe(ref a0, (nuint)i);
        }
        for (; i < z.Length; i++) a[i] = z[i] <= T.Zero ? isRelu ? T.Zero : _slope * z[i] : z[i];
    }

    // result = [result +] σ'(z) u
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Switch(ReadOnlySpan<T> z, ReadOnlySpan<T> u, Span<T> result, bool accumulate)
    {
        ref T z0 = ref MemoryMarshal.GetReference(z), u0 = ref MemoryMarshal.GetReference(u), r0 = ref MemoryMarshal.GetReference(result);
        var s = new Vector<T>(_slope);
        var i = 0;
        for (; i <= z.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var v = Vector.LoadUnsafe(ref u0, (nuint)i);
            v = Vector.ConditionalSelect(Vector.GreaterThan(Vector.LoadUnsafe(ref z0, (nuint)i), Vector<T>.Zero), v, s * v);
            if (accumulate) v += Vector.LoadUnsafe(ref r0, (nuint)i);
            v.StoreUnsafe(ref r0, (nuint)i);
        }
        for (; i < z.Length; i++)
        {
            var v = z[i] > T.Zero ? u[i] : _slope * u[i];
            result[i] = accumulate ? result[i] + v : v;
        }
    }
}

/// <summary>
/// a = z^p; δ_z = p z^{p−1} δ_a; along a direction ȧ = p z^{p−1} ż and δ̇_z = p z^{p−1} δ̇_a + p(p−1) z^{p−2} ż δ_a.
/// </summary>
internal sealed class PowerOperator<T>(int p, Source<T> source, Slot<T> target) : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Forward(in Pass<T> pass)
    {
        var z = source.Slot.Value(pass.Examples);
        var a = target.Value(pass.Examples);
        for (var i = 0; i < z.Length; i++) a[i] = Power(z[i], p);
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        if (source.Slot.Moves) TimesSlope(pass, target.Delta(pass.Examples), source.Slot.Delta(pass.Examples), source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass) =>
        TimesSlope(pass, source.Slot.ValueDot(pass.Examples), target.ValueDot(pass.Examples), accumulate: false);

    public void HessianVectorProduct(in Pass<T> pass)
    {
        var n = pass.Examples;
        TimesSlope(pass, target.DeltaDot(n), source.Slot.DeltaDot(n), source.Accumulate);
        if (p == 1) return;
        Span<T> z = source.Slot.Value(n), zDot = source.Slot.ValueDot(n), delta = target.Delta(n), result = source.Slot.DeltaDot(n);
        var factor = T.CreateChecked(p * (p - 1));
        for (var i = 0; i < z.Length; i++) result[i] += factor * Power(z[i], p - 2) * zDot[i] * delta[i];
    }

    private void TimesSlope(in Pass<T> pass, ReadOnlySpan<T> u, Span<T> result, bool accumulate)
    {
        var z = source.Slot.Value(pass.Examples);
        var factor = T.CreateChecked(p);
        for (var i = 0; i < z.Length; i++)
        {
            var v = factor * Power(z[i], p - 1) * u[i];
            result[i] = accumulate ? result[i] + v : v;
        }
    }

    private static T Power(T z, int exponent)
    {
        var result = T.One;
        for (var i = 0; i < exponent; i++) result *= z;
        return result;
    }
}
