using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// The passes of any network on minibatches, in float32 or float64: node by node, by its operators. Activations are N rows of H·W·C,
/// channel
/// fastest. Results are the same bits for any number of threads. Nothing is allocated but at construction and at the first use of each
/// pass.
/// Not thread-safe; use one instance per thread, with a team of its own.
/// </summary>
/// <remarks>For the small chains of flows, <see cref="ChainPasses"/> is faster.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class GraphPasses<T> : INetworkPasses<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Wiring<T> _wiring;
    private readonly Team _team;
    private readonly bool _evaluatesOnly;
    private Minibatch<T>? _inputs;
    private Minibatch<T>? _block;
    private NormalizeBy _by;
    private int _examples;
    private double[]? _running, _statistics;
    private bool _hasDeltas, _hasDots, _hasJacobianProduct, _knowsDeltas;

    /// <param name="network">What runs.</param>
    /// <param name="capacity">The most examples of a minibatch.</param>
    /// <param name="team">Who works; used by nobody else at the same time.</param>
    public GraphPasses(Network network, int capacity, Team team)
        : this(network, capacity, team, movesInput: false)
    {
    }

    /// <param name="movesInput">Whether <see cref="InputGradients"/> are taken: their memory.</param>
    /// <param name="evaluatesOnly">
    /// Whether outputs are all that is asked for. Float32 convolutions then take fewer multiplications where that is faster
    /// (<see cref="WinogradForward{T}"/>): outputs differ from those of other passes in the last digits.
    /// </param>
    internal GraphPasses(Network network, int capacity, Team team, bool movesInput, bool evaluatesOnly = false)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"networks compute with float or double, not with {typeof(T).Name}");
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (Network, Capacity, _team, _evaluatesOnly) = (network, capacity, team, evaluatesOnly);
        _wiring = new Wiring<T>(network, capacity, team, movesInput, evaluatesOnly);
    }

    /// <inheritdoc/>
    public Network Network { get; }

    /// <inheritdoc/>
    public int Examples => _examples;

    /// <summary>The most examples of a minibatch.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<T> Outputs => _wiring.Output.Value(_examples);

    /// <summary>The network on a whole data set, as one minibatch.</summary>
    /// <param name="network">What runs.</param>
    /// <param name="inputs">Row-major N × d.</param>
    /// <param name="team">Who works.</param>
    /// <param name="by">What batch normalization normalizes by.</param>
    /// <param name="statistics">Running means and variances; null for networks without batch normalization.</param>
    public static GraphPasses<T> Of(
        Network network, ReadOnlySpan<T> inputs, Team team, NormalizeBy by = NormalizeBy.Batch, double[]? statistics = null)
    {
        var examples = inputs.Length / network.Inputs;
        var batch = new Minibatch<T>(network.Input, examples, shared: false, team);
        batch.GatherRange(inputs, [], 0, examples);
        var passes = new GraphPasses<T>(network, examples, team);
        passes.Load(batch, by, statistics);
        return passes;
    }

    /// <summary>What the given node (from 0) gave in the last forward pass, N rows of its shape.</summary>
    /// <exception cref="ArgumentException">There is no such node, or the activation after it has overwritten it.</exception>
    public ReadOnlySpan<T> Output(int node)
    {
        if ((uint)node >= (uint)Network.Nodes.Count)
            throw new ArgumentException($"node {node} is asked for; this network has nodes 0 to {Network.Nodes.Count - 1}");
        if (_wiring.OverwrittenBy[node] is { } by)
            throw new ArgumentException($"the output of node {node + 1} ({Network.Nodes[node]}) is not kept: node {by + 1} "
                + $"({Network.Nodes[by]}) runs in place over it");
        return _wiring[node].Value(_examples);
    }

    /// <summary>The examples that <see cref="Forward(ReadOnlySpan{T})"/> runs on.</summary>
    /// <param name="inputs">The examples.</param>
    /// <param name="by">What batch normalization normalizes by.</param>
    /// <param name="statistics">Running means and variances, read or updated as <paramref name="by"/> says; null: none.</param>
    public void Load(Minibatch<T> inputs, NormalizeBy by = NormalizeBy.Batch, double[]? statistics = null) =>
        (_inputs, _examples, _by, _statistics) = (inputs, inputs.Count, by, statistics);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No examples have been given.</exception>
    public void Forward(ReadOnlySpan<T> theta) =>
        Forward(theta, _inputs ?? throw new InvalidOperationException($"there are no examples yet: {nameof(Load)} gives them"), _by,
            _statistics);

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
    public void Forward(
        ReadOnlySpan<T> theta, Minibatch<T> inputs, NormalizeBy by = NormalizeBy.Batch, Span<double> statistics = default) =>
        Forward(theta, inputs, by, statistics, sameTheta: false);

    /// <param name="sameTheta">
    /// Whether θ is that of the pass before, where these passes give outputs alone: what was made of it is used again.
    /// </param>
    internal void Forward(ReadOnlySpan<T> theta, Minibatch<T> inputs, NormalizeBy by, Span<double> statistics, bool sameTheta)
    {
        CheckParameters(nameof(theta), theta.Length);
        if (inputs.Shape.Count != Network.Inputs)
            throw new ArgumentException($"the network takes {Network.Input}; the examples of the minibatch are {inputs.Shape}");
        if (inputs.Count < 1 || inputs.Count > Capacity)
            throw new ArgumentException($"there is room for 1 to {Capacity} examples; the minibatch holds {inputs.Count}");
        if (statistics.Length != Network.StatisticsCount && (by == NormalizeBy.Running || !statistics.IsEmpty))
            throw new ArgumentException(
                $"the network has {Network.StatisticsCount} running statistics of batch normalization; {statistics.Length} were given");
        (_inputs, _examples, _by, _hasJacobianProduct, _knowsDeltas) = (inputs, inputs.Count, by, false, false);
        _wiring.Input.LendValue(inputs.Buffer);
        var pass = new Pass<T>
        {
            Examples = _examples,
            Theta = theta,
            By = by,
            Statistics = statistics,
            Inputs = inputs,
            SameTheta = sameTheta && _evaluatesOnly,
        };
        foreach (var node in _wiring.Operators)
        {
            _team.Cancellation.Look();
            node?.Forward(pass);
        }
    }

    /// <summary>
    /// The means and variances that batch normalization went by in the last forward pass: by <see cref="NormalizeBy.Batch"/> those of the
    /// minibatch. A network that is evaluated by them gives these outputs.
    /// </summary>
    internal double[] StatisticsUsed()
    {
        NeedForward();
        var statistics = new double[Network.StatisticsCount];
        foreach (var node in _wiring.Operators)
            if (node is BatchNormOperator<T> norm) norm.CopyStatistics(statistics);
        return statistics;
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
        if (inputs.Length % d != 0)
            throw new ArgumentException(
                $"the network takes {Network.Input}, {d} numbers; {inputs.Length} input numbers are not whole examples");
        if (outputs.Length != examples * Network.Outputs)
            throw new ArgumentException($"{examples} examples of a network with {Network.Outputs} outputs give "
                + $"{examples * Network.Outputs} numbers; there is room for {outputs.Length}");
        _block ??= new Minibatch<T>(Network.Input, Capacity, shared: false, _team);
        Span<double> running = _running ??= new double[Network.StatisticsCount];
        if (statistics.Length != running.Length)
            throw new ArgumentException(
                $"the network has {running.Length} running statistics of batch normalization; {statistics.Length} were given");
        statistics.CopyTo(running);
        for (var first = 0; first < examples; first += Capacity)
        {
            var count = Math.Min(Capacity, examples - first);
            _block.GatherRange(inputs, [], first, count);
            Forward(theta, _block, NormalizeBy.Running, running);
            Outputs.CopyTo(outputs[(first * Network.Outputs)..]);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Through the minibatch's statistics too.</remarks>
    public void VectorJacobianProduct(ReadOnlySpan<T> theta, ReadOnlySpan<T> weights, Span<T> gradient)
    {
        CheckParameters(nameof(theta), theta.Length);
        CheckParameters(nameof(gradient), gradient.Length);
        CheckOutputs(nameof(weights), weights.Length);
        NeedDeltas();
        Back(new Pass<T> { Examples = _examples, Theta = theta, Gradient = gradient, By = _by, Inputs = _inputs! }, weights);
    }

    /// <summary>
    /// Σ_c weights_nc ∂f_c(x_n)/∂x_n of every example of the last forward pass, N × d, valid until the next call; no derivative by θ is
    /// taken. By the minibatch's own statistics it is that of Σ_n Σ_c weights_nc f_c(x_n).
    /// </summary>
    /// <exception cref="InvalidOperationException">These passes were made without.</exception>
    internal ReadOnlySpan<T> InputGradients(ReadOnlySpan<T> theta, ReadOnlySpan<T> weights)
    {
        if (!_wiring.Input.Moves) throw new InvalidOperationException("these passes were made without derivatives by the input");
        CheckParameters(nameof(theta), theta.Length);
        CheckOutputs(nameof(weights), weights.Length);
        NeedDeltas();
        Back(new Pass<T> { Examples = _examples, Theta = theta, By = _by, Inputs = _inputs! }, weights);
        return _wiring.Input.Delta(_examples);
    }

    private void Back(in Pass<T> pass, ReadOnlySpan<T> weights)
    {
        weights.CopyTo(_wiring.Output.Delta(_examples));
        for (var i = _wiring.Operators.Length - 1; i >= 0; i--)
        {
            _team.Cancellation.Look();
            if (_wiring[i].Moves) _wiring.Operators[i]?.VectorJacobianProduct(pass);
        }
        _knowsDeltas = true;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> JacobianVectorProduct(ReadOnlySpan<T> theta, ReadOnlySpan<T> direction)
    {
        CheckParameters(nameof(theta), theta.Length);
        CheckParameters(nameof(direction), direction.Length);
        NeedForward();
        if (!_hasDots) _wiring.MakeDots();
        (_hasDots, _hasJacobianProduct) = (true, true);
        var pass = new Pass<T> { Examples = _examples, Theta = theta, Direction = direction, By = _by, Inputs = _inputs! };
        for (var i = 0; i < _wiring.Operators.Length; i++)
        {
            _team.Cancellation.Look();
            if (_wiring[i].Moves) _wiring.Operators[i]?.JacobianVectorProduct(pass);
        }
        return _wiring.Output.ValueDot(_examples);
    }

    /// <inheritdoc/>
    public void HessianVectorProduct(
        ReadOnlySpan<T> theta, ReadOnlySpan<T> direction, ReadOnlySpan<T> weights, ReadOnlySpan<T> weightsDot, Span<T> result)
    {
        CheckParameters(nameof(theta), theta.Length);
        CheckParameters(nameof(direction), direction.Length);
        CheckParameters(nameof(result), result.Length);
        CheckOutputs(nameof(weights), weights.Length);
        CheckOutputs(nameof(weightsDot), weightsDot.Length);
        if (!_hasJacobianProduct)
            throw new InvalidOperationException(
                $"{nameof(HessianVectorProduct)} comes after {nameof(JacobianVectorProduct)} with the same direction");
        NeedDeltas();
        // Several products at one point share their δs.
        var knowsDeltas = _knowsDeltas && weights.SequenceEqual(_wiring.Output.Delta(_examples));
        if (!knowsDeltas) weights.CopyTo(_wiring.Output.Delta(_examples));
        weightsDot.CopyTo(_wiring.Output.DeltaDot(_examples));
        var pass = new Pass<T>
        {
            Examples = _examples,
            Theta = theta,
            Direction = direction,
            Gradient = result,
            By = _by,
            Inputs = _inputs!
        };
        var deltas = new Pass<T> { Examples = _examples, Theta = theta, By = _by, Inputs = _inputs! };
        for (var i = _wiring.Operators.Length - 1; i >= 0; i--)
        {
            if (!_wiring[i].Moves) continue;
            _team.Cancellation.Look();
            _wiring.Operators[i]?.HessianVectorProduct(pass);
            if (!knowsDeltas) _wiring.Operators[i]?.VectorJacobianProduct(deltas);
        }
        _knowsDeltas = true;
    }

    private void NeedForward()
    {
        if (_evaluatesOnly) throw new InvalidOperationException("these passes were made for outputs alone");
        if (_inputs is null || _examples == 0) throw new InvalidOperationException($"derivatives are taken after {nameof(Forward)}");
    }

    private void NeedDeltas()
    {
        NeedForward();
        if (!_hasDeltas) _wiring.MakeDeltas();
        _hasDeltas = true;
    }

    private void CheckParameters(string what, int length)
    {
        if (length != Network.ParameterCount)
            throw new ArgumentException($"the network has {Network.ParameterCount} parameters; {length} were given as {what}", what);
    }

    private void CheckOutputs(string what, int length)
    {
        var needed = _examples * Network.Outputs;
        if (length != needed)
            throw new ArgumentException(
                $"{_examples} examples with {Network.Outputs} outputs need {needed} numbers as {what}; {length} were given", what);
    }
}
