using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// One network with room for some examples: forward, backward and their derivatives along a direction, in float32 or float64. Activations
/// are N rows of H·W·C, channel fastest. Results are the same bits for any number of threads. Nothing is allocated but at construction and
/// at the first use of each pass. Not safe for two threads at once; make one for each replica, with a team of its own.
/// </summary>
/// <remarks>For the small chains of flows, <see cref="Evaluation"/> is faster.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class Propagation<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Wiring<T> _wiring;
    private readonly Team _team;
    private Minibatch<T>? _inputs;
    private Minibatch<T>? _block;
    private NormalizeBy _by;
    private int _examples;
    private double[]? _running;
    private bool _hasDeltas, _hasDots, _isTangent, _isBackward;

    /// <param name="network">What runs.</param>
    /// <param name="capacity">The most examples of a minibatch.</param>
    /// <param name="team">Who works; used by nobody else at the same time.</param>
    public Propagation(Network network, int capacity, Team team)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw new NotSupportedException($"networks compute with float or double, not with {typeof(T).Name}");
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (Network, Capacity, _team) = (network, capacity, team);
        _wiring = new Wiring<T>(network, capacity, team);
    }

    public Network Network { get; }

    /// <summary>The most examples of a minibatch.</summary>
    public int Capacity { get; }

    /// <summary>f of the last <see cref="Forward"/>, N × C.</summary>
    public ReadOnlySpan<T> Outputs => _wiring.Output.Value(_examples);

    /// <summary>What the given node (from 0) gave in the last <see cref="Forward"/>, N rows of its shape.</summary>
    /// <exception cref="ArgumentException">There is no such node, or the activation behind it has overwritten it.</exception>
    public ReadOnlySpan<T> Output(int node)
    {
        if ((uint)node >= (uint)Network.Nodes.Count) throw new ArgumentException($"node {node} is asked for; this network has nodes 0 to {Network.Nodes.Count - 1}");
        if (_wiring.OverwrittenBy[node] is { } by)
            throw new ArgumentException($"the output of node {node + 1} ({Network.Nodes[node]}) is not kept: node {by + 1} ({Network.Nodes[by]}) runs in place over it");
        return _wiring[node].Value(_examples);
    }

    /// <summary>Computes f(θ; x_n) for the minibatch; the result is <see cref="Outputs"/>.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="inputs">The examples; they must stay as they are until the derivatives are taken.</param>
    /// <param name="by">What batch normalization normalizes by.</param>
    /// <param name="statistics">
    /// The running means and variances (<see cref="Network.StatisticsCount"/>): read by <see cref="NormalizeBy.Running"/>, updated by
    /// <see cref="NormalizeBy.Batch"/> unless empty. Empty for networks without batch normalization.
    /// </param>
    /// <exception cref="ArgumentException">Something does not fit the network; the message says what.</exception>
    /// <exception cref="InvalidOperationException">Batch normalization has a single number to take the variance of.</exception>
    public void Forward(ReadOnlySpan<T> theta, Minibatch<T> inputs, NormalizeBy by = NormalizeBy.Batch, Span<double> statistics = default)
    {
        CheckParameters(nameof(theta), theta.Length);
        if (inputs.Shape.Count != Network.Inputs)
            throw new ArgumentException($"the network takes {Network.Input}; the examples of the minibatch are {inputs.Shape}");
        if (inputs.Count < 1 || inputs.Count > Capacity)
            throw new ArgumentException($"there is room for 1 to {Capacity} examples; the minibatch holds {inputs.Count}");
        if (statistics.Length != Network.StatisticsCount && (by == NormalizeBy.Running || !statistics.IsEmpty))
            throw new ArgumentException($"the network has {Network.StatisticsCount} running statistics of batch normalization; {statistics.Length} were given");
        (_inputs, _examples, _by, _isTangent, _isBackward) = (inputs, inputs.Count, by, false, false);
        _wiring.Input.LendValue(inputs.Buffer);
        var pass = new Pass<T> { Examples = _examples, Theta = theta, By = by, Statistics = statistics, Inputs = inputs };
        foreach (var node in _wiring.Operators) node?.Forward(pass);
    }

    /// <summary>
    /// f for any number of examples, by running statistics, <see cref="Capacity"/> examples at a time.
    /// </summary>
    /// <param name="inputs">Row-major N × d.</param>
    /// <param name="statistics">Running means and variances; empty for networks without batch normalization.</param>
    /// <param name="outputs">Receives N × C.</param>
    public void Evaluate(ReadOnlySpan<T> theta, ReadOnlySpan<T> inputs, ReadOnlySpan<double> statistics, Span<T> outputs)
    {
        int d = Network.Inputs, examples = inputs.Length / d;
        if (inputs.Length % d != 0) throw new ArgumentException($"the network takes {Network.Input}, {d} numbers; {inputs.Length} input numbers are not whole examples");
        if (outputs.Length != examples * Network.Outputs)
            throw new ArgumentException($"{examples} examples of a network with {Network.Outputs} outputs give {examples * Network.Outputs} numbers; there is room for {outputs.Length}");
        _block ??= new Minibatch<T>(Network.Input, Capacity, shared: false, _team);
        Span<double> running = _running ??= new double[Network.StatisticsCount];
        if (statistics.Length != running.Length)
            throw new ArgumentException($"the network has {running.Length} running statistics of batch normalization; {statistics.Length} were given");
        statistics.CopyTo(running);
        for (var first = 0; first < examples; first += Capacity)
        {
            var count = Math.Min(Capacity, examples - first);
            _block.GatherRange(inputs, [], first, count);
            Forward(theta, _block, NormalizeBy.Running, running);
            Outputs.CopyTo(outputs[(first * Network.Outputs)..]);
        }
    }

    /// <summary>gradient ← Σ_n Σ_c weights_nc ∂f_c(x_n)/∂θ at the θ of the last <see cref="Forward"/>, through the minibatch's statistics too.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="weights">N × C.</param>
    /// <param name="gradient">Overwritten; as long as θ.</param>
    public void Backward(ReadOnlySpan<T> theta, ReadOnlySpan<T> weights, Span<T> gradient)
    {
        CheckParameters(nameof(theta), theta.Length);
        CheckParameters(nameof(gradient), gradient.Length);
        CheckOutputs(nameof(weights), weights.Length);
        NeedDeltas();
        weights.CopyTo(_wiring.Output.Delta(_examples));
        var pass = new Pass<T> { Examples = _examples, Theta = theta, Gradient = gradient, By = _by, Inputs = _inputs! };
        for (var i = _wiring.Operators.Length - 1; i >= 0; i--)
            if (_wiring[i].Moves) _wiring.Operators[i]?.Backward(pass);
        _isBackward = true;
    }

    /// <summary>ḟ (N × C): the derivative of the outputs along θ̇ = <paramref name="direction"/>, after <see cref="Forward"/>.</summary>
    public ReadOnlySpan<T> Tangent(ReadOnlySpan<T> theta, ReadOnlySpan<T> direction)
    {
        CheckParameters(nameof(theta), theta.Length);
        CheckParameters(nameof(direction), direction.Length);
        NeedForward();
        if (!_hasDots) _wiring.MakeDots();
        (_hasDots, _isTangent) = (true, true);
        var pass = new Pass<T> { Examples = _examples, Theta = theta, Direction = direction, By = _by, Inputs = _inputs! };
        for (var i = 0; i < _wiring.Operators.Length; i++)
            if (_wiring[i].Moves) _wiring.Operators[i]?.Tangent(pass);
        return _wiring.Output.ValueDot(_examples);
    }

    /// <summary>
    /// The derivative of <see cref="Backward"/> along the direction of the last <see cref="Tangent"/> (forward over reverse), where the
    /// output weights c themselves move with ċ: result ← Σ ċ ∂f/∂θ + Σ c (∂²f/∂θ²) θ̇. Exact, 0 for a ReLU's own second derivative.
    /// </summary>
    /// <param name="theta">θ.</param>
    /// <param name="direction">θ̇, that of the last <see cref="Tangent"/>.</param>
    /// <param name="weights">c, N × C.</param>
    /// <param name="weightsDot">ċ, N × C.</param>
    /// <param name="result">Overwritten; as long as θ.</param>
    public void BackwardTangent(
        ReadOnlySpan<T> theta, ReadOnlySpan<T> direction, ReadOnlySpan<T> weights, ReadOnlySpan<T> weightsDot, Span<T> result)
    {
        CheckParameters(nameof(theta), theta.Length);
        CheckParameters(nameof(direction), direction.Length);
        CheckParameters(nameof(result), result.Length);
        CheckOutputs(nameof(weights), weights.Length);
        CheckOutputs(nameof(weightsDot), weightsDot.Length);
        if (!_isTangent) throw new InvalidOperationException($"{nameof(BackwardTangent)} comes after {nameof(Tangent)} with the same direction");
        NeedDeltas();
        // Several products at one point share their δs.
        var knowsDeltas = _isBackward && weights.SequenceEqual(_wiring.Output.Delta(_examples));
        if (!knowsDeltas) weights.CopyTo(_wiring.Output.Delta(_examples));
        weightsDot.CopyTo(_wiring.Output.DeltaDot(_examples));
        var pass = new Pass<T> { Examples = _examples, Theta = theta, Direction = direction, Gradient = result, By = _by, Inputs = _inputs! };
        var deltas = new Pass<T> { Examples = _examples, Theta = theta, By = _by, Inputs = _inputs! };
        for (var i = _wiring.Operators.Length - 1; i >= 0; i--)
        {
            if (!_wiring[i].Moves) continue;
            _wiring.Operators[i]?.BackwardTangent(pass);
            if (!knowsDeltas) _wiring.Operators[i]?.Backward(deltas);
        }
        _isBackward = true;
    }

    private void NeedForward()
    {
        if (_inputs is null) throw new InvalidOperationException($"derivatives are taken after {nameof(Forward)}");
    }

    private void NeedDeltas()
    {
        NeedForward();
        if (!_hasDeltas) _wiring.MakeDeltas();
        _hasDeltas = true;
    }

    private void CheckParameters(string what, int length)
    {
        if (length != Network.ParameterCount) throw new ArgumentException($"the network has {Network.ParameterCount} parameters; {length} were given as {what}", what);
    }

    private void CheckOutputs(string what, int length)
    {
        var needed = _examples * Network.Outputs;
        if (length != needed) throw new ArgumentException($"{_examples} examples with {Network.Outputs} outputs need {needed} numbers as {what}; {length} were given", what);
    }
}
