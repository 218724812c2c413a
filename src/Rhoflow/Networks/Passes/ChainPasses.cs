using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace Rhoflow.Networks;

/// <summary>
/// The passes of a chain W_K σ(… σ(W_1 x)) on one set of inputs, in float64: what flows follow, with ReLUs that can be frozen on their
/// side.
/// After the first use of each pass nothing is allocated. Not thread-safe; use one instance per thread.
/// </summary>
/// <remarks>
/// Inside, examples are columns, padded from N to <see cref="Stride"/>: activations of layer k are rows_k × Stride. For small chains this
/// is
/// faster than <see cref="GraphPasses{T}"/>, which takes any network.
/// </remarks>
public sealed class ChainPasses : INetworkPasses<double>
{
    private readonly Network _network;
    private readonly Layer[] _layers;
    private readonly Activation[] _sigma;  // σ after every layer
    private readonly bool _isSingle;       // one output: columns of examples are rows
    private readonly double[] _x;          // d × stride: the inputs, one example per column
    private readonly double[][] _z;        // z_k = W_k a_{k−1}
    private readonly double[][] _a;        // a_k = σ(z_k); the same array as z_k where σ is the identity
    private readonly double[][] _slope;    // σ'(z_k); empty where σ is the identity
    private readonly double[][] _delta;    // ∂(Σ c_n f_n)/∂z_k
    private readonly double[] _f, _fDot;   // f and ḟ as N × C where C > 1; empty otherwise
    private double[][]? _zDot, _aDot, _deltaDot;

    /// <param name="network">The network.</param>
    /// <param name="x">Inputs, row-major N × d.</param>
    /// <param name="examples">N.</param>
    /// <exception cref="ArgumentException">The network is no chain, or the inputs are not N examples.</exception>
    public ChainPasses(Network network, ReadOnlySpan<double> x, int examples)
    {
        if (network.WhyNotAChain is { } why)
            throw new ArgumentException($"flows follow chains of dense and diagonal layers with activations; here {why}", nameof(network));
        if (x.Length != examples * network.Inputs)
            throw new ArgumentException($"the network takes {network.Inputs} inputs; the data have {(double)x.Length / examples}",
                nameof(x));
        (_network, _layers, _sigma, _isSingle) = (network, [.. network.Layers], [.. network.Activations], network.Outputs == 1);
        Examples = examples;
        Stride = DenseKernels.Stride(examples);
        _x = new double[network.Inputs * Stride];
        for (var n = 0; n < examples; n++)
            for (var i = 0; i < network.Inputs; i++)
                _x[i * Stride + n] = x[n * network.Inputs + i];
        _z = Workspace();
        _a = [.. network.Layers.Select((l, k) => IsLinear(k) ? _z[k] : new double[l.Rows * Stride])];
        _slope = [.. network.Layers.Select((l, k) => IsLinear(k) ? [] : new double[l.Rows * Stride])];
        _delta = Workspace();
        (_f, _fDot) = network.Outputs == 1 ? ([], []) : (new double[examples * network.Outputs], new double[examples * network.Outputs]);
    }

    /// <inheritdoc/>
    public Network Network => _network;

    /// <summary>N.</summary>
    public int Examples { get; }

    /// <summary>N rounded up to the vector width: the distance between two features in the activations.</summary>
    public int Stride { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> Outputs => _isSingle ? _z[^1].AsSpan(0, Examples) : _f;

    /// <summary>z_k at [i·Stride + n] after <see cref="Forward"/>, for kinks.</summary>
    public ReadOnlySpan<double> PreActivations(int layer) => _z[layer];

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<double> theta)
    {
        var input = _x;
        for (var k = 0; k < _z.Length; k++)
        {
            var layer = _layers[k];
            Apply(layer, layer.Of(theta), input, _z[k], accumulate: false);
            if (!IsLinear(k))
            {
                if (FrozenPattern && _sigma[k].HasKink) ApplyFrozen(k);
                else _sigma[k].Apply(_z[k], _a[k], _slope[k]);
            }
            input = _a[k];
        }
        if (!_isSingle) ToRows(_z[^1], _f);
    }

    /// <summary>
    /// While set, ReLUs keep the slopes they had at the last free <see cref="Forward"/>, so that f continues smoothly beyond a kink:
    /// an integrator then locates the kink to rounding instead of being stopped by it.
    /// </summary>
    public bool FrozenPattern { get; set; }

    /// <summary>Units that slide along their kink under a frozen pattern: they pass on exactly 0, not what z has drifted by.</summary>
    internal List<Kink> Sliding { get; } = [];

    /// <summary>σ'(z_k) at [i·Stride + n]; empty for linear layers. The pattern of a ReLU network lives here.</summary>
    internal Span<double> Slopes(int layer) => _slope[layer];

    /// <summary>ż_k at [i·Stride + n] after <see cref="JacobianVectorProduct"/>.</summary>
    internal ReadOnlySpan<double> PreActivationsDot(int layer) => _zDot![layer];

    /// <inheritdoc/>
    public void VectorJacobianProduct(ReadOnlySpan<double> theta, ReadOnlySpan<double> weights, Span<double> gradient)
    {
        BackwardDeltas(theta, weights);
        for (var k = 0; k < _z.Length; k++)
            Gradient(_layers[k], _delta[k], Input(k), _layers[k].Of(gradient), accumulate: false);
    }

    /// <summary>gradients (row-major N × P) ← ∂f_{output}(x_n)/∂θ, one row per example.</summary>
    public void PerExample(ReadOnlySpan<double> theta, Span<double> gradients, int output = 0)
    {
        Span<double> weights = new double[_network.Outputs * Examples];
        for (var n = 0; n < Examples; n++) weights[n * _network.Outputs + output] = 1;
        BackwardDeltas(theta, weights);
        var p = _network.ParameterCount;
        for (var k = 0; k < _z.Length; k++)
        {
            var layer = _layers[k];
            double[] delta = _delta[k], input = Input(k);
            for (var n = 0; n < Examples; n++)
            {
                var g = layer.Of(gradients.Slice(n * p, p));
                for (var i = 0; i < layer.Rows; i++)
                {
                    if (layer.Kind == LayerKind.Diagonal) g[i] = delta[i * Stride + n] * input[i * Stride + n];
                    else for (var j = 0; j < layer.Columns; j++) g[i * layer.Columns + j] = delta[i * Stride + n] * input[j * Stride + n];
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<double> JacobianVectorProduct(ReadOnlySpan<double> theta, ReadOnlySpan<double> direction)
    {
        _zDot ??= Workspace();
        _aDot ??= [.. _network.Layers.Select((l, k) => IsLinear(k) ? _zDot[k] : new double[l.Rows * Stride])];
        for (var k = 0; k < _z.Length; k++)
        {
            var layer = _layers[k];
            Apply(layer, layer.Of(direction), Input(k), _zDot[k], accumulate: false);
            if (k > 0) Apply(layer, layer.Of(theta), _aDot[k - 1], _zDot[k], accumulate: true);
            if (!IsLinear(k)) TensorPrimitives.Multiply(_slope[k], _zDot[k], _aDot[k]);
        }
        if (_isSingle) return _zDot[^1].AsSpan(0, Examples);
        ToRows(_zDot[^1], _fDot);
        return _fDot;
    }

    /// <inheritdoc/>
    public void HessianVectorProduct(ReadOnlySpan<double> theta, ReadOnlySpan<double> direction,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> weightsDot, Span<double> result)
    {
        _deltaDot ??= Workspace();
        BackwardDeltas(theta, weights);
        ToColumns(weightsDot, _deltaDot[^1]);
        for (var k = _z.Length - 1; k > 0; k--)
        {
            var layer = _layers[k];
            var target = _deltaDot[k - 1];
            ApplyTransposed(layer, layer.Of(direction), _delta[k], target, accumulate: false);
            ApplyTransposed(layer, layer.Of(theta), _deltaDot[k], target, accumulate: true);
            if (IsLinear(k - 1)) continue;
            TensorPrimitives.Multiply(target, _slope[k - 1], target);
            if (_sigma[k - 1].Degree > 1) AddSecondDerivative(k, layer.Of(theta), _sigma[k - 1], target);
        }
        for (var k = 0; k < _z.Length; k++)
        {
            var layer = _layers[k];
            Gradient(layer, _deltaDot[k], Input(k), layer.Of(result), accumulate: false);
            if (k > 0) Gradient(layer, _delta[k], _aDot![k - 1], layer.Of(result), accumulate: true);
        }
    }

    // δ̇_{k−1} += (W_kᵀ δ_k) ∘ σ''(z_{k−1}) ∘ ż_{k−1}
    private void AddSecondDerivative(int k, ReadOnlySpan<double> w, Activation sigma, double[] target)
    {
        var back = new double[target.Length];
        ApplyTransposed(_layers[k], w, _delta[k], back, accumulate: false);
        for (var i = 0; i < back.Length; i++) target[i] += back[i] * sigma.Second(_z[k - 1][i]) * _zDot![k - 1][i];
    }

    private void BackwardDeltas(ReadOnlySpan<double> theta, ReadOnlySpan<double> weights)
    {
        ToColumns(weights, _delta[^1]);
        for (var k = _z.Length - 1; k > 0; k--)
        {
            var layer = _layers[k];
            ApplyTransposed(layer, layer.Of(theta), _delta[k], _delta[k - 1], accumulate: false);
            if (!IsLinear(k - 1)) TensorPrimitives.Multiply(_delta[k - 1], _slope[k - 1], _delta[k - 1]);
        }
    }

    private void ApplyFrozen(int k)
    {
        TensorPrimitives.Multiply(_slope[k], _z[k], _a[k]);
        foreach (var kink in Sliding)
            if (kink.Layer == k + 1) _a[k][kink.Unit * Stride + kink.Example] = 0;
    }

    private void Apply(Layer layer, ReadOnlySpan<double> w, double[] input, double[] output, bool accumulate)
    {
        if (layer.Kind == LayerKind.Dense)
            DenseKernels.Multiply(w, layer.Columns, 1, layer.Rows, layer.Columns, input, output, Stride, accumulate);
        else ApplyDiagonal(w, input, output, accumulate);
    }

    private void ApplyTransposed(Layer layer, ReadOnlySpan<double> w, double[] delta, double[] below, bool accumulate)
    {
        if (layer.Kind == LayerKind.Dense)
            DenseKernels.Multiply(w, 1, layer.Columns, layer.Columns, layer.Rows, delta, below, Stride, accumulate);
        else ApplyDiagonal(w, delta, below, accumulate);
    }

    private void ApplyDiagonal(ReadOnlySpan<double> w, double[] input, double[] output, bool accumulate)
    {
        for (var i = 0; i < w.Length; i++)
        {
            var row = output.AsSpan(i * Stride, Stride);
            if (accumulate) TensorPrimitives.MultiplyAdd(input.AsSpan(i * Stride, Stride), w[i], row, row);
            else TensorPrimitives.Multiply(input.AsSpan(i * Stride, Stride), w[i], row);
        }
    }

    private void Gradient(Layer layer, double[] delta, double[] input, Span<double> g, bool accumulate)
    {
        if (layer.Kind == LayerKind.Dense)
        {
            DenseKernels.Outer(delta, layer.Rows, input, layer.Columns, Stride, g, accumulate);
            return;
        }
        for (var i = 0; i < layer.Rows; i++)
        {
            var value = TensorPrimitives.Dot<double>(delta.AsSpan(i * Stride, Stride), input.AsSpan(i * Stride, Stride));
            g[i] = accumulate ? g[i] + value : value;
        }
    }

    private double[] Input(int k) => k == 0 ? _x : _a[k - 1];

    // N × C from columns of examples, and back; the padding of columns stays 0.
    private void ToRows(double[] columns, double[] rows)
    {
        var outputs = _network.Outputs;
        for (var c = 0; c < outputs; c++)
            for (var n = 0; n < Examples; n++) rows[n * outputs + c] = columns[c * Stride + n];
    }

    private void ToColumns(ReadOnlySpan<double> rows, double[] columns)
    {
        if (_isSingle && rows.Length == Examples)
        {
            rows.CopyTo(columns);
            return;
        }
        var outputs = _network.Outputs;
        if (rows.Length != Examples * outputs) ThrowForWeights(rows);
        for (var c = 0; c < outputs; c++)
            for (var n = 0; n < Examples; n++) columns[c * Stride + n] = rows[n * outputs + c];
    }

    // Apart: a message built in ToColumns would enlarge a frame that every right-hand side of a small flow pays for.
    [DoesNotReturn]
    private void ThrowForWeights(ReadOnlySpan<double> rows) => throw new ArgumentException(
        $"{Examples} examples with {_network.Outputs} outputs need {Examples * _network.Outputs} weights; {rows.Length} were given",
        nameof(rows));

    private double[][] Workspace() => [.. _network.Layers.Select(l => new double[l.Rows * Stride])];

    private bool IsLinear(int layer) => _sigma[layer].Kind == ActivationKind.Identity;
}
