using System.Numerics;
using Rhoflow.Kernels;
using Rhoflow.Numerics;

namespace Rhoflow.Networks;

/// <summary>
/// y = γ ∘ x̂ + β with x̂ = (x − μ)/√(σ² + ε), μ and σ² the mean and the variance over the features of one example (over all positions and
/// channels of an image), γ and β one number per feature where they are wanted (Ba, Kiros, Hinton 2016). Without batch statistics, so that
/// training and evaluation are the same function. The norms of the layers below are no factors of f: degree 0, up to ε.
/// </summary>
/// <param name="Sources">The node that it reads.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Windows">γ and β, as far as they are learned.</param>
/// <param name="Epsilon">ε ≥ 0. The network is invariant to the scale of the weights below only for ε = 0.</param>
internal sealed record LayerNormNode(IReadOnlyList<int> Sources, TensorShape Shape, NodeWindows Windows, double Epsilon)
    : Node(Sources, Shape, Windows), INodeKind
{
    public static IReadOnlyList<NodeSyntax> Syntax { get; } =
    [
        new()
        {
            Word = "layer-norm",
            Example = "layer-norm",
            Summary = "(x − μ)/√(σ² + ε) over the features of one example; {layer-norm: {gamma: true, beta: true, epsilon: 1e-5}} "
                + "learns γ and β",
            Settings =
            [
                new("gamma", SettingKind.Flag) { Default = static _ => 0 },
                new("beta", SettingKind.Flag) { Default = static _ => 0 },
                new("epsilon", SettingKind.NonNegative) { Default = static _ => 1e-5 },
            ],
            Add = static (builder, s) => builder.LayerNorm(s.Flag("gamma"), s.Flag("beta"), s.Number("epsilon")),
        },
    ];

    /// <inheritdoc/>
    public override string Kind => "layer-norm";

    internal override Activation? Elementwise => null;

    internal override bool FitsChains => false;

    internal override NodeTraits Traits => new()
    {
        WhyNotSequential = null,
        NotLipschitz = "layer normalization",
        WhyNotElementwise = "layer normalization divides every example by its own spread",
        WhyShifted = Windows.Beta is null ? null : "layer normalization adds β",
        WhyNoPaths = "layer normalization divides them by their spread",
        IsPiecewiseLinear = false,
        UnitDegree = null,
        KeepsChannels = true,
        RemovesScale = true,
    };

    internal override IReadOnlyList<(string Name, double Value)> Settings => [("epsilon", Epsilon)];

    internal override SlotUse Slot => SlotUse.Own;

    // x̂ does not change when x is scaled, as long as ε is nothing beside σ².
    internal override int? Degree(DegreeWalk walk, int?[] below)
    {
        if (below[0] is not { } degree) return null;
        if (degree != 0 && Epsilon > 0)
        {
            walk.Because($"the layer normalization of node {walk.Number} has ε = {Epsilon}: "
                + "invariant to the scale of the weights below only as far as ε is small beside the variances");
        }
        if (Windows.Gamma is not null || Windows.Beta is null || walk.Affine == 0
            || walk.IsLeading) return Windows.HasParameters ? walk.Affine : 0;
        walk.Because($"the layer normalization of node {walk.Number} adds β to a part of degree 0");
        return null;
    }

    internal override ChannelRescaling? Fold(FoldingWalk walk, ChannelRescaling?[] below) =>
        below[0]?.Stop($"{walk.Place} after it normalizes over the channels, which mixes their scales");

    internal override double[] PathSums(PathWalk walk, double[][] below) => throw new InvalidOperationException(Traits.WhyNoPaths);

    internal override IOperator<T> MakeOperator<T>(OperatorSite<T> site) =>
        new LayerNormOperator<T>(this, site.Capacity, site.Source, site.Target, site.Team);
}

public sealed partial class NetworkBuilder
{
    /// <summary>Normalizes every example over its features (Ba, Kiros, Hinton 2016).</summary>
    /// <param name="gamma">Whether a factor γ per feature is learned.</param>
    /// <param name="beta">Whether a shift β per feature is learned; a bias, which bounds for networks without biases do not allow.</param>
    /// <param name="epsilon">ε ≥ 0 in √(σ² + ε).</param>
    /// <exception cref="ArgumentException">ε is out of range, or there is a single feature.</exception>
    public NetworkBuilder LayerNorm(bool gamma = false, bool beta = false, double epsilon = 1e-5)
    {
        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
            throw new ArgumentException($"layer normalization needs a finite ε ≥ 0; {epsilon} was given");
        if (Shape.Count < 2)
            throw new ArgumentException("layer normalization needs at least 2 features; a single one becomes 0 whatever it is");
        var windows = new NodeWindows(Gamma: gamma ? AddParameters(Shape.Count) : null, Beta: beta ? AddParameters(Shape.Count) : null);
        return Add(new LayerNormNode([Last], Shape, windows, epsilon));
    }
}

/// <summary>
/// y = γ x̂ + β with x̂ = r (x − μ), r = 1/√(σ² + ε), one example after another; x̂ = 0 where σ² + ε = 0. With ⟨·⟩ the mean over the
/// features of one example and δ̂ = γ δ:
/// <code>
/// δ_x = r (δ̂ − ⟨δ̂⟩ − x̂ ⟨δ̂ x̂⟩)      dγ = Σ_n δ x̂      dβ = Σ_n δ
/// x̂˙ = r (ẋ − ⟨ẋ⟩ − x̂ ⟨x̂ ẋ⟩)        ṙ = −r² ⟨x̂ ẋ⟩
/// δ̇_x = (ṙ/r) δ_x + r (δ̂˙ − ⟨δ̂˙⟩ − x̂˙ ⟨δ̂ x̂⟩ − x̂ (⟨δ̂˙ x̂⟩ + ⟨δ̂ x̂˙⟩))      dγ˙ = Σ_n δ̇ x̂ + δ x̂˙
/// </code>
/// Computed in float64, the variance and products from centred values; sums over examples run in their order, whatever the threads.
/// </summary>
internal sealed class LayerNormOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkSize = 8192;

    private readonly LayerNormNode _node;
    private readonly int _features;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;
    private readonly Chunks _forward, _vectorProduct, _jacobianProduct, _hessianProduct;
    private readonly double[] _mu, _r, _meanDot, _along;                  // per example: μ, r, ⟨ẋ⟩, ⟨x̂ ẋ⟩
    private readonly double[] _gamma, _beta, _gammaDot, _betaDot, _sum;   // per feature
    private int _examples;

    public LayerNormOperator(LayerNormNode node, int capacity, Source<T> source, Slot<T> target, Team team)
    {
        (_node, _source, _target, _features) = (node, source, target, node.Shape.Count);
        (_mu, _r, _meanDot, _along) = (new double[capacity], new double[capacity], new double[capacity], new double[capacity]);
        (_gamma, _beta, _gammaDot, _betaDot) = (new double[_features], new double[_features], new double[_features], new double[_features]);
        _sum = new double[_features];
        _gamma.AsSpan().Fill(1);
        var rows = Math.Max(1, ChunkSize / _features);
        _forward = new Chunks(team, rows, (first, count, _) =>
        {
            for (var n = first; n < first + count; n++) ForwardRow(n);
        });
        _vectorProduct = new Chunks(team, rows, (first, count, _) =>
        {
            for (var n = first; n < first + count; n++) VectorRow(n);
        });
        _jacobianProduct = new Chunks(team, rows, (first, count, _) =>
        {
            for (var n = first; n < first + count; n++) JacobianRow(n);
        });
        _hessianProduct = new Chunks(team, rows, (first, count, _) =>
        {
            for (var n = first; n < first + count; n++) HessianRow(n);
        });
    }

    public void Forward(in Pass<T> pass)
    {
        Read(_node.Windows.Gamma, pass.Theta, _gamma);
        Read(_node.Windows.Beta, pass.Theta, _beta);
        Run(_forward, pass);
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        _examples = pass.Examples;
        if (!pass.Gradient.IsEmpty) PutGradient(pass, _target.Delta(pass.Examples), second: false);
        if (_source.Slot.Moves) Run(_vectorProduct, pass);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        Read(_node.Windows.Gamma, pass.Direction, _gammaDot);
        Read(_node.Windows.Beta, pass.Direction, _betaDot);
        Run(_jacobianProduct, pass);
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        _examples = pass.Examples;
        PutGradient(pass, _target.DeltaDot(pass.Examples), second: true);
        if (_source.Slot.Moves) Run(_hessianProduct, pass);
    }

    private void Run(Chunks chunks, in Pass<T> pass)
    {
        _examples = pass.Examples;
        chunks.Run(pass.Examples);
    }

    private void ForwardRow(int n)
    {
        Span<T> x = Row(_source.Slot.Value(_examples), n), y = Row(_target.Value(_examples), n);
        double sum = 0, squares = 0;
        for (var i = 0; i < x.Length; i++) sum += Number(x[i]);
        var mu = sum / x.Length;
        for (var i = 0; i < x.Length; i++) squares += (Number(x[i]) - mu) * (Number(x[i]) - mu);
        var denominator = squares / x.Length + _node.Epsilon;
        var r = denominator > 0 ? 1 / Math.Sqrt(denominator) : 0;
        for (var i = 0; i < x.Length; i++) y[i] = T.CreateTruncating(_gamma[i] * r * (Number(x[i]) - mu) + _beta[i]);
        (_mu[n], _r[n]) = (mu, r);
    }

    private void VectorRow(int n)
    {
        Span<T> x = Row(_source.Slot.Value(_examples), n), delta = Row(_target.Delta(_examples), n);
        var below = Row(_source.Slot.Delta(_examples), n);
        var (mu, r) = (_mu[n], _r[n]);
        double mean = 0, product = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var d = _gamma[i] * Number(delta[i]);
            mean += d;
            product += d * r * (Number(x[i]) - mu);
        }
        (mean, product) = (mean / x.Length, product / x.Length);
        for (var i = 0; i < x.Length; i++)
            Put(ref below[i], r * (_gamma[i] * Number(delta[i]) - mean - r * (Number(x[i]) - mu) * product));
    }

    private void JacobianRow(int n)
    {
        Span<T> x = Row(_source.Slot.Value(_examples), n), yDot = Row(_target.ValueDot(_examples), n);
        var (mu, r, moves) = (_mu[n], _r[n], _source.Slot.Moves);
        var xDot = moves ? Row(_source.Slot.ValueDot(_examples), n) : [];
        double mean = 0, along = 0;
        for (var i = 0; i < xDot.Length; i++) mean += Number(xDot[i]);
        mean /= x.Length;
        for (var i = 0; i < xDot.Length; i++) along += r * (Number(x[i]) - mu) * (Number(xDot[i]) - mean);
        along /= x.Length;
        for (var i = 0; i < x.Length; i++)
        {
            var hat = r * (Number(x[i]) - mu);
            var hatDot = moves ? r * (Number(xDot[i]) - mean - hat * along) : 0;
            yDot[i] = T.CreateTruncating(_gammaDot[i] * hat + _gamma[i] * hatDot + _betaDot[i]);
        }
        (_meanDot[n], _along[n]) = (mean, along);
    }

    private void HessianRow(int n)
    {
        Span<T> x = Row(_source.Slot.Value(_examples), n), xDot = Row(_source.Slot.ValueDot(_examples), n);
        Span<T> delta = Row(_target.Delta(_examples), n), deltaDot = Row(_target.DeltaDot(_examples), n);
        var below = Row(_source.Slot.DeltaDot(_examples), n);
        var (mu, r, meanDot, along) = (_mu[n], _r[n], _meanDot[n], _along[n]);
        double mean = 0, product = 0, second = 0, secondProduct = 0, turned = 0;      // ⟨δ̂⟩, ⟨δ̂ x̂⟩, ⟨δ̂˙⟩, ⟨δ̂˙ x̂⟩, ⟨δ̂ x̂˙⟩
        for (var i = 0; i < x.Length; i++)
        {
            var hat = r * (Number(x[i]) - mu);
            double d = _gamma[i] * Number(delta[i]), dDot = _gammaDot[i] * Number(delta[i]) + _gamma[i] * Number(deltaDot[i]);
            mean += d;
            product += d * hat;
            second += dDot;
            secondProduct += dDot * hat;
            turned += d * r * (Number(xDot[i]) - meanDot - hat * along);
        }
        (mean, product, second, secondProduct, turned) =
            (mean / x.Length, product / x.Length, second / x.Length, secondProduct / x.Length, turned / x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            double hat = r * (Number(x[i]) - mu), hatDot = r * (Number(xDot[i]) - meanDot - hat * along);
            double d = _gamma[i] * Number(delta[i]), dDot = _gammaDot[i] * Number(delta[i]) + _gamma[i] * Number(deltaDot[i]);
            var inner = d - mean - hat * product;
            Put(ref below[i], r * (dDot - second - hatDot * product - hat * (secondProduct + turned)) - r * r * along * inner);
        }
    }

    // Σ_n δ x̂ and Σ_n δ, or their derivatives Σ_n δ̇ x̂ + δ x̂˙ and Σ_n δ̇.
    private void PutGradient(in Pass<T> pass, ReadOnlySpan<T> delta, bool second)
    {
        if (_node.Windows.Gamma is { } gamma)
        {
            Array.Clear(_sum);
            var x = _source.Slot.Value(_examples);
            var moves = second && _source.Slot.Moves;
            ReadOnlySpan<T> xDot = moves ? _source.Slot.ValueDot(_examples) : [], first = moves ? _target.Delta(_examples) : [];
            for (var n = 0; n < _examples; n++)
            {
                for (int i = 0, at = n * _features; i < _features; i++, at++)
                {
                    var hat = _r[n] * (Number(x[at]) - _mu[n]);
                    _sum[i] += Number(delta[at]) * hat;
                    if (moves) _sum[i] += Number(first[at]) * _r[n] * (Number(xDot[at]) - _meanDot[n] - hat * _along[n]);
                }
            }
            Write(_sum, gamma.Of(pass.Gradient));
        }
        if (_node.Windows.Beta is { } beta)
        {
            Array.Clear(_sum);
            for (var n = 0; n < _examples; n++)
                for (var i = 0; i < _features; i++) _sum[i] += Number(delta[n * _features + i]);
            Write(_sum, beta.Of(pass.Gradient));
        }
    }

    private void Put(ref T target, double value) => target = T.CreateTruncating(_source.Accumulate ? Number(target) + value : value);

    private Span<T> Row(Span<T> rows, int n) => rows.Slice(n * _features, _features);

    private static void Read(Window? window, ReadOnlySpan<T> theta, double[] to)
    {
        if (window is not { } at) return;
        for (var i = 0; i < to.Length; i++) to[i] = Number(theta[at.Offset + i]);
    }

    private static void Write(double[] from, Span<T> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = T.CreateTruncating(from[i]);
    }

    private static double Number(T value) => double.CreateTruncating(value);
}
