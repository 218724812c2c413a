using Rhoflow.Kernels;
using Rhoflow.Networks;

namespace Rhoflow.Measures.Margins;

/// <summary>f and ∂f/∂x of a few examples at a time, in float64; no derivative by the weights is taken on the way.</summary>
internal sealed class InputGradients
{
    // Of the activations of examples that go together, and of their derivatives.
    private const long Part = 1L << 28;
    private const int LargestBlock = 256;

    private readonly double[] _statistics;
    private readonly GraphPasses<double> _passes;
    private readonly Minibatch<double> _batch;

    /// <param name="network">The network.</param>
    /// <param name="statistics">Running means and variances of batch normalization; empty without it.</param>
    /// <param name="team">Who works; used by nobody else meanwhile.</param>
    public InputGradients(Network network, ReadOnlySpan<double> statistics, Team team)
    {
        _statistics = statistics.ToArray();
        var bytes = 2L * sizeof(double) * (network.Inputs + network.Nodes.Sum(static n => (long)n.Shape.Count));
        Capacity = (int)Math.Clamp(Part / bytes, 1, LargestBlock);
        _passes = new GraphPasses<double>(network, Capacity, team, movesInput: true);
        _batch = new Minibatch<double>(network.Input, Capacity, shared: false, team);
    }

    /// <summary>The most examples at a time.</summary>
    public int Capacity { get; }

    /// <summary>f, n × C numbers that stay until the next call.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="x">n examples, at most <see cref="Capacity"/>, row-major.</param>
    public ReadOnlySpan<double> Outputs(ReadOnlySpan<double> theta, ReadOnlySpan<double> x)
    {
        _batch.GatherRange(x, [], 0, x.Length / _passes.Network.Inputs);
        _passes.Forward(theta, _batch, NormalizeBy.Running, _statistics);
        return _passes.Outputs;
    }

    /// <summary>Σ_c weights_c ∂f_c(x)/∂x of the examples of the last outputs, n × d numbers that stay until the next call.</summary>
    /// <param name="theta">The same θ.</param>
    /// <param name="weights">n × C.</param>
    public ReadOnlySpan<double> At(ReadOnlySpan<double> theta, ReadOnlySpan<double> weights) => _passes.InputGradients(theta, weights);
}
